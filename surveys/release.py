"""From facts to released reports: who approves, when it happens, and what those waiting are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisation import access, clock
from organisation.audit import audit
from organisation.campaigns import milestone
from organisation.models import Campaign, CampaignUnit, Milestone, Person, Role
from organisation.notices import Draft, queue
from surveys import facts, questionnaires
from surveys.models import Release, ReleaseApproval, ReportShare, Wave

APPROVALS = 2
APPROVERS = (Role.Kind.HR, Role.Kind.DPO)


class CannotRelease(Exception):
    """The step is not possible now; the message tells the user why."""


def due_moment(wave: Wave) -> datetime:
    """When the reports open: the campaign's date for the survey, the next morning for a short one."""
    if wave.kind == Wave.Kind.MAIN:
        reports = milestone(wave.campaign, Milestone.Key.REPORTS)
        if reports is not None:
            return reports.starts_moment
    morning = timezone.localdate(wave.closes_at) + timedelta(days=1)
    return datetime.combine(morning, time(8), timezone.get_default_timezone())


def is_intact(release: Release) -> bool:
    """Are the stored facts those that were audited? Kept for a few minutes: the check list is looked at more often."""
    key = f"release-intact:{release.pk}:{release.facts.count()}"
    return bool(cache.get_or_set(key, lambda: facts.hash_of(release) == release.facts_sha256, 300))


def may_approve(person: Person) -> bool:
    return access.holds(person, APPROVERS)


@transaction.atomic
def release_approve(release: Release, *, by: Person) -> Release:
    """One of the two approvals. The second makes the release ready for its minute. Once per person."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if not may_approve(by):
        raise CannotRelease(_("Kun HR og databeskyttelsesrådgiveren kan godkende."))
    if release.state not in (Release.State.WAITING, Release.State.APPROVED):
        raise CannotRelease(_("Frigivelsen kan ikke længere godkendes."))
    if not release.audit_green or facts.hash_of(release) != release.facts_sha256:
        raise CannotRelease(_("Efterprøvningen er ikke grøn. Rapporterne kan ikke godkendes."))
    if release.approvals.filter(person=by).exists():
        raise CannotRelease(_("Du har allerede godkendt. En anden skal godkende også."))
    ReleaseApproval.objects.create(release=release, person=by, at=clock.now())
    audit("release_approved", release, actor=by, facts=release.facts_sha256)
    if release.approvals.count() >= APPROVALS:
        release.state = Release.State.APPROVED
        release.save(update_fields=["state"])
    return release


@transaction.atomic
def release_unapprove(release: Release, *, by: Person) -> Release:
    """Take one's own approval back, until the release."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.state not in (Release.State.WAITING, Release.State.APPROVED):
        raise CannotRelease(_("Rapporterne er frigivet. Godkendelsen kan ikke trækkes tilbage."))
    if release.approvals.filter(person=by).delete()[0]:
        audit("release_unapproved", release, actor=by)
    if release.approvals.count() < APPROVALS and release.state == Release.State.APPROVED:
        release.state = Release.State.WAITING
        release.save(update_fields=["state"])
    return release


def releases_publish_due() -> int:
    """Release what is approved and due. Returns how many; run again it does nothing."""
    done = 0
    for release in Release.objects.filter(state=Release.State.APPROVED, due_at__lte=clock.now()).select_related("wave"):
        with transaction.atomic():
            locked = Release.objects.select_for_update().get(pk=release.pk)
            ready = (
                locked.state == Release.State.APPROVED
                and locked.audit_green
                and locked.approvals.count() >= APPROVALS
                and locked.facts.exists()
                and facts.hash_of(locked) == locked.facts_sha256
            )
            if not ready:
                continue
            if locked.number > 1:
                _take_over(locked)
            locked.state = Release.State.RELEASED
            locked.released_at = clock.now()
            locked.save(update_fields=["state", "released_at"])
            audit("released", locked, actor=None, facts=locked.facts_sha256)
            if locked.wave.kind == Wave.Kind.MAIN and locked.number == 1:
                _tell_trios(locked)
            done += 1
    return done


def _take_over(new: Release) -> None:
    """What happens when a later release opens: the one before is replaced, and what a trio has shown stays shown."""
    earlier = Release.objects.filter(wave=new.wave_id, number__lt=new.number)
    shown = {share.unit_id: share for share in ReportShare.objects.filter(release__in=earlier).order_by("at")}
    ReportShare.objects.bulk_create(
        [ReportShare(release=new, unit_id=unit, by_id=share.by_id, at=share.at) for unit, share in shown.items()],
        ignore_conflicts=True,
    )
    earlier.filter(state__in=[Release.State.RELEASED, Release.State.WAITING, Release.State.APPROVED]).update(
        state=Release.State.REPLACED
    )


def _tell_trios(release: Release) -> None:
    """Leader, AMR and TR hear it at the same minute. The message carries no result."""
    members = Person.objects.filter(
        pk__in=Role.objects.filter(
            access.active_on_today(), kind__in=Role.TRIO_KINDS, unit__work_environment_group__isnull=False
        ).values("person_id"),
        is_active=True,
    )
    address = settings.BASE_URL.rstrip("/") + reverse("surveys:report_list")
    queue(
        Draft(
            key=f"report-ready:{release.pk}:{person.pk}",
            person=person,
            kind="report_ready",
            subject=_("Jeres rapport er klar"),
            body=_("Leder, AMR og TR har fået rapporten på samme tid. Læs den sammen, før I holder dialogen: %(url)s")
            % {"url": address},
        )
        for person in members
    )


@transaction.atomic
def release_withdraw(release: Release, *, by: Person, reason: str) -> Release:
    """Close the reports again. The facts stay: what was seen is known, and the auditor keeps counting it."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if not access.is_hr(by):
        raise CannotRelease(_("Kun HR kan trække rapporterne tilbage."))
    if release.state != Release.State.RELEASED:
        raise CannotRelease(_("Kun frigivne rapporter kan trækkes tilbage."))
    if not reason.strip():
        raise CannotRelease(_("Skriv, hvorfor rapporterne trækkes tilbage."))
    release.state = Release.State.WITHDRAWN
    release.withdrawn_reason = reason.strip()
    release.save(update_fields=["state", "withdrawn_reason"])
    audit("release_withdrawn", release, actor=by)
    return release


# ---------------------------------------------------------------- what is told


@dataclass(frozen=True)
class Delay:
    """Why the reports are not there yet, for those who wait. `late` once the promised minute has passed."""

    due_at: datetime | None
    late: bool
    reason: str
    withdrawn: bool = False


def delay_of(campaign: Campaign) -> Delay | None:
    """What to tell somebody who waits for reports; None once they are out."""
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).select_related("campaign").first()
    if wave is None:
        return Delay(None, False, _("Målingen er ikke planlagt endnu."))
    if wave.releases.filter(state=Release.State.RELEASED).exists():
        return None
    discarded = Q(number__gt=1, state=Release.State.WITHDRAWN, released_at=None)
    release = wave.releases.exclude(discarded).order_by("-number").first()
    due_at = release.due_at if release else due_moment(wave)
    late = clock.now() >= due_at
    if release is not None and release.state == Release.State.WITHDRAWN:
        return Delay(None, True, _("HR giver besked, når der er nyt."), withdrawn=True)
    if wave.state in (Wave.State.PLANNED, Wave.State.OPEN):
        return Delay(
            due_at, late, _("Målingen er ikke lukket endnu. Der findes ingen resultater, heller ikke foreløbige.")
        )
    if release is None and wave.problem:
        words = _(
            "Besvarelserne kunne ikke tælles op endnu. De ligger stadig forseglet, og HR er i gang med at løse det."
        )
        return Delay(due_at, late, words)
    if release is None and wave.key_mode == Wave.KeyMode.TRUSTEES:
        words = _("Svarene kan først tælles op, når to af de tre nøgleholdere har givet deres del af nøglen.")
        return Delay(due_at, late, words)
    if release is None:
        return Delay(due_at, late, _("Besvarelserne er endnu ikke talt op."))
    missing = APPROVALS - release.approvals.count()
    if missing > 0:
        return Delay(
            due_at,
            late,
            ngettext(
                "Der mangler en godkendelse, før rapporterne kan frigives.",
                "Der mangler to godkendelser, før rapporterne kan frigives.",
                missing,
            ),
        )
    return Delay(due_at, late, _("Rapporterne er talt op og godkendt."))


@dataclass(frozen=True)
class Coverage:
    """How much is shown and hidden, in totals for the whole municipality only. No figure, no unit, no reason."""

    units_with: int
    units_without: int
    figures: int
    figures_hidden: int
    withdrawn: int = 0  # shown by the first release and not any more


def coverage_of(release: Release) -> Coverage:
    """Four totals. An item that is shown for the whole municipality only is not counted as hidden below."""
    units = CampaignUnit.objects.filter(campaign=release.wave.campaign_id, invited__gt=0).count()
    form = questionnaires.form_for(release.wave.questionnaire_id)
    ids = [item.key for item in questionnaires.fact_items(form) if item.on_its_own and not item.whole_only]
    with_report, shown = _shown(release, ids)
    # What an edition withdrew is not hidden for anonymity's sake: that is counted on the first release.
    first = release if release.number == 1 else release.wave.releases.filter(number=1).first() or release
    first_reports, first_shown = (with_report, shown) if first == release else _shown(first, ids)
    hidden = max(0, first_reports * len(ids) - first_shown)
    return Coverage(with_report, max(0, units - with_report), shown, hidden, first_shown - shown)


def _shown(release: Release, ids: list[str]) -> tuple[int, int]:
    """How many reports, and how many single figures of these items, a release shows."""
    shown = release.facts.filter(n__isnull=False)
    return shown.filter(item=facts.ANSWERED).count(), shown.filter(item__in=ids).count()
