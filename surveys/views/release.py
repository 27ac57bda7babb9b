"""HR's release pages: what is ready, what waits, two approvals, and the printable audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organisation import clock
from organisation.access import is_hr, require
from organisation.models import Person
from organisation.templatetags.dates import dk_moment
from surveys import access, audit_sheet, release, release_checks, rereleases, stuck
from surveys.models import Release, Wave
from surveys.views.release_files import work_of

State = Release.State


@login_required
@never_cache
@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    access.release_reader(request.user)
    releases = list(Release.objects.select_related("wave__campaign").exclude(wave__kind=Wave.Kind.IMPORTED))
    waves = Wave.objects.exclude(kind=Wave.Kind.IMPORTED).exclude(pk__in=[made.wave_id for made in releases])
    return render(
        request,
        "surveys/release_list.html",
        {
            "releases": sorted(releases, key=lambda made: (made.wave.closes_at, made.number), reverse=True),
            "waves": [
                {"wave": wave, "waits": _waits_for(wave), "stuck": stuck.words_of(wave)}
                for wave in waves.select_related("campaign")
            ],
            "may_again": is_hr(request.user),
        },
    )


@login_required
@require_POST
def wave_count_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """HR has had it put right, why a closed survey could not be counted: try at the next round."""
    person = access.release_reader(request.user)
    wave = get_object_or_404(Wave.objects.exclude(kind=Wave.Kind.IMPORTED), uuid=uuid)
    require(is_hr(person))
    stuck.try_again(wave, by=person)
    messages.success(request, _("Der prøves igen inden for et par minutter."))
    return redirect("surveys:release_list")


def _waits_for(wave: Wave) -> str:
    """What has to happen before a wave has anything to release."""
    if wave.state == Wave.State.PLANNED:
        return _("Åbner %(when)s.") % {"when": dk_moment(wave.opens_at)}
    if wave.state == Wave.State.OPEN:
        return _("Åben til %(when)s. Der findes ingen resultater før da, heller ikke foreløbige.") % {
            "when": dk_moment(wave.closes_at)
        }
    if wave.key_mode == Wave.KeyMode.TRUSTEES:
        return _("Lukket. Kuverterne kan først åbnes, når to af de tre nøgleholdere har givet deres del af nøglen.")
    return _("Lukket. Kuverterne åbnes og tælles op om få minutter.")


@login_required
@never_cache
def release_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    made = access.release_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    if request.method == "POST":
        return _act(request, made, person)
    approvals = list(made.approvals.select_related("person").order_by("at"))
    intact = release.is_intact(made)
    later = (
        made.wave.releases.filter(number__gt=made.number)
        .exclude(state=State.WITHDRAWN, released_at=None)
        .order_by("-number")
        .first()
    )
    return render(
        request,
        "surveys/release_detail.html",
        {
            "release": made,
            "wave": made.wave,
            "lead": _lead(made, len(approvals)),
            "steps": _steps(made, len(approvals)),
            "coverage": release.coverage_of(made),
            "files": work_of(made),
            "intact": intact,
            "approvals": approvals,
            "needed": range(release.APPROVALS - len(approvals)),
            "may_approve": made.state in (State.WAITING, State.APPROVED)
            and made.audit_green
            and intact
            and not any(approval.person_id == person.pk for approval in approvals)
            and len(approvals) < release.APPROVALS,
            "may_unapprove": made.state in (State.WAITING, State.APPROVED),
            "may_discard": made.number > 1 and made.state in (State.WAITING, State.APPROVED) and is_hr(person),
            "late": clock.now() >= made.due_at,
            "may_withdraw": made.state == State.RELEASED and is_hr(person),
            "hr": is_hr(person),
            "me": person.pk,
            "may_again": is_hr(person) and made.released_at is not None and not later,
            "later": later,
            "ready": release_checks.checks_of(made) if made.number == 1 else [],
            "fingerprint": " ".join(made.facts_sha256[at : at + 4] for at in range(0, 16, 4)),
        },
    )


def _act(request: HttpRequest, made: Release, person: Person) -> HttpResponse:
    deed = request.POST.get("deed", "")
    try:
        if deed == "approve":
            release.release_approve(made, by=person)
            messages.success(request, _("Du har godkendt frigivelsen."))
        elif deed == "unapprove":
            release.release_unapprove(made, by=person)
            messages.success(request, _("Din godkendelse er trukket tilbage."))
        elif deed == "discard":
            rereleases.edition_discard(made, by=person)
            messages.success(request, _("Den nye udgave er kasseret. Rapporterne er, som de var."))
        elif deed == "withdraw":
            require(is_hr(person))
            release.release_withdraw(made, by=person, reason=request.POST.get("reason", ""))
            messages.success(request, _("Rapporterne er trukket tilbage og kan ikke længere ses."))
    except release.CannotRelease as error:
        messages.error(request, str(error))
    return redirect("surveys:release_detail", made.uuid)


def _lead(made: Release, approvals: int) -> str:
    if made.state == State.RELEASED:
        return _("Rapporterne blev frigivet %(when)s.") % {"when": dk_moment(made.released_at)}
    if made.state == State.WITHDRAWN and made.released_at is None and made.number > 1:
        return _("Udgaven blev kasseret, før den blev frigivet.")
    if made.state == State.WITHDRAWN:
        return _("Rapporterne er trukket tilbage.")
    if made.state == State.REPLACED:
        return _("Denne udgave er afløst af en nyere.")
    when = dk_moment(made.due_at)
    missing = release.APPROVALS - approvals
    if made.number > 1:
        return _("Den nye udgave åbner, når to har godkendt.") + (" " + _lacking(missing) if missing > 0 else "")
    if missing <= 0:
        return _("Rapporterne åbner %(when)s.") % {"when": when}
    if clock.now() >= made.due_at:
        return _("Forsinket: rapporterne skulle være åbnet %(when)s.") % {"when": when} + " " + _lacking(missing)
    return _("Rapporterne åbner %(when)s.") % {"when": when} + " " + _lacking(missing)


def _lacking(missing: int) -> str:
    return ngettext("I mangler én godkendelse.", "I mangler to godkendelser.", missing)


def _steps(made: Release, approvals: int) -> list[dict[str, Any]]:
    approved = approvals >= release.APPROVALS
    out = made.released_at is not None
    wave = made.wave
    destroyed = wave.state == Wave.State.OPENED
    return [
        {"label": _("Lukket"), "detail": dk_moment(wave.closes_at), "state": "done"},
        {"label": _("Åbnet og talt op"),
         "detail": _("kuverter og nøgler er slettet") if destroyed else _("sletning i gang"),
         "state": "done" if destroyed else "now"},
        {"label": _("Planlagt"), "detail": _("hvad der må vises"), "state": "done"},
        {"label": _("Efterprøvet"), "detail": _("ingen huller") if made.audit_green else _("ikke grøn"),
         "state": "done" if made.audit_green else "now"},
        {"label": _("Godkendes"), "detail": _("%(n)d af 2") % {"n": min(2, approvals)},
         "state": "done" if approved else "now"},
        {"label": _("Frigives"),
         "detail": dk_moment(made.released_at or made.due_at) if made.number == 1 or out else _("når to har godkendt"),
         "state": "done" if out else "now" if approved else ""},
    ]  # fmt: skip


@login_required
@never_cache
@require_safe
def release_audit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The audit's result on one sheet of paper, for the committee."""
    made = access.release_for(request.user, uuid)
    return render(
        request,
        "surveys/release_audit.html",
        {
            "release": made,
            "lead": audit_sheet.audit_lead(made),
            "title": audit_sheet.audit_title(made),
            "rows": audit_sheet.audit_rows(made),
            "parts": audit_sheet.fingerprint_parts(made),
            "path": [{"label": _("Frigivelse"), "url": reverse("surveys:release_detail", args=[made.uuid])}],
        },
    )


@login_required
@never_cache
@require_safe
def release_audit_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    made = access.release_for(request.user, uuid)
    name = f"efterproevning-{made.wave.campaign.year}-{made.number}.pdf"
    return HttpResponse(
        audit_sheet.audit_paper(made),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
