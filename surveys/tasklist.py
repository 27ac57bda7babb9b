"""What the survey asks of each person, for «Mine opgaver»."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisation import access, clock
from organisation.models import CampaignUnit, Person, PlacementException, Role
from organisation.tasklist import Task
from surveys import pulses, questionnaire_approval, stuck, trustees
from surveys.access import in_municipality_committee
from surveys.campaigns import campaigns
from surveys.models import Finding, KeyRequest, Release, SealedShare, Wave


def tasks_of(person: Person | Any) -> list[Task]:
    """Answering (for everybody, whether they have or not), approving, reading the report, sorting the board."""
    waves = campaigns().waves.values()
    tasks = [task for wave in waves for task in _tasks_in(person, wave)]
    return tasks + _board_tasks(person) + _property_tasks(person) + _pulse_tasks(person)


def _tasks_in(person: Person | Any, wave: Wave) -> list[Task]:
    tasks = _key_tasks(person, wave)
    if wave.state == Wave.State.OPEN:
        closes = timezone.localtime(wave.closes_at)
        tasks.append(
            Task(
                title=_("Svar på trivselsmålingen"),
                url=reverse("surveys:answer_start"),
                action=_("Svar med din kode"),
                when=closes.date(),
                more=_("Målingen er åben til %(date)s. Har du svaret, kan du svare igen; så gælder det sidste.")
                % {"date": dateformat.format(closes, "j. F")},
            )
        )
        if access.is_hr(person):
            tasks += _wrong_unit_tasks(wave)
    if wave.state == Wave.State.PLANNED and (access.is_hr(person) or in_municipality_committee(person)):
        tasks += _questionnaire_tasks(wave, hr=access.is_hr(person))
    if access.is_hr(person) and stuck.words_of(wave):
        tasks.append(
            Task(
                title=_("Målingen kunne ikke tælles op"),
                url=reverse("surveys:release_list"),
                action=_("Se, hvad I skal gøre"),
                when=clock.today(),
                more=_("Svarene ligger stadig forseglet. Intet er slettet."),
            )
        )
    # A new edition that waits takes nobody's task with the reports that are out.
    for release in Release.objects.filter(wave=wave).select_related("wave").order_by("number"):
        tasks += _release_tasks(person, release)
    return tasks


def _key_tasks(person: Person | Any, wave: Wave) -> list[Task]:
    """For a key holder: the part that a worker waits for. For HR: what the key still lacks before opening."""
    tasks = []
    if access.holds(person, [Role.Kind.KEY_HOLDER]):
        waiting = KeyRequest.objects.filter(wave=wave, state=KeyRequest.State.ASKED, wave__key_holders__person=person)
        given = SealedShare.objects.filter(request__in=waiting, holder__person=person, problem="")
        tasks += [
            Task(
                title=_("Giv din del af nøglen"),
                url=reverse("surveys:share_hand_in", args=[request.uuid]),
                action=_("Skriv din del"),
                when=clock.today(),
                more=request.get_purpose_display(),
            )
            for request in waiting.exclude(pk__in=given.values("request"))
        ]
    if wave.state == Wave.State.PLANNED and access.is_hr(person):
        missing = next((check for check in trustees.checklist(wave) if not check.done), None)
        if missing is not None:
            tasks.append(
                Task(
                    title=_("Gør nøglen til svarene klar"),
                    url=reverse("surveys:key_holders"),
                    action=_("Se, hvad der mangler"),
                    when=timezone.localdate(wave.opens_at),
                    more=_("Målingen kan ikke åbne, før tre nøgleholdere har lavet og prøvet nøglen."),
                )
            )
    return tasks


def _property_tasks(person: Person | Any) -> list[Task]:
    """For Kommunale Ejendomme: the cases that wait for a reply, the oldest within a fortnight."""
    if not access.is_property(person):
        return []
    waiting = Finding.objects.filter(state=Finding.State.PROPERTY).annotate(
        sent=Max("moves__at", filter=Q(moves__state=Finding.State.PROPERTY))
    )
    found = waiting.aggregate(n=Count("pk"), oldest=Min("sent"))
    if not found["n"]:
        return []
    return [
        Task(
            title=ngettext("Svar på %(n)s sag fra en trio", "Svar på %(n)s sager fra trioerne", found["n"])
            % {"n": found["n"]},
            url=reverse("surveys:property_queue"),
            action=_("Se sagerne"),
            when=max(clock.today(), timezone.localdate(found["oldest"]) + timedelta(days=14)),
            more=_("Trioen skal have et svar inden 14 dage."),
        )
    ]


def _pulse_tasks(person: Person | Any) -> list[Task]:
    """Short surveys: answer while one is open that asks the person, approve, and read it for the first two weeks."""
    tasks = []
    asking = Q(state=Wave.State.OPEN, tickets__placement__person=person)
    counted = Q(state=Wave.State.OPENED, closes_at__gte=clock.now() - timedelta(days=15))
    waves = Wave.objects.filter(asking | counted, kind=Wave.Kind.PULSE).distinct()
    for wave in waves.select_related("questionnaire").prefetch_related("releases__approvals"):
        title, closes = pulses.title_of(wave), timezone.localtime(wave.closes_at).date()
        release = next(iter(wave.releases.all()), None)
        if wave.state == Wave.State.OPEN:
            tasks.append(
                Task(
                    title=_("Svar på en kort måling: %(title)s") % {"title": title},
                    url=reverse("surveys:answer_start"),
                    action=_("Svar med din kode"),
                    when=closes,
                    more=_("Det tager et minut, og alt er anonymt."),
                )
            )
        elif release is not None and release.state == Release.State.RELEASED:
            if access.holds(person, (*Role.TRIO_KINDS, *Role.COMMITTEE_KINDS, Role.Kind.HR)) and (
                pulses.units_read_by(wave, person).exists()
            ):
                tasks.append(
                    Task(
                        title=_("Se svarene på den korte måling: %(title)s") % {"title": title},
                        url=reverse("surveys:pulse_detail", args=[wave.uuid]),
                        action=_("Se tallene"),
                        when=closes + timedelta(days=15),
                    )
                )
        elif release is not None:
            tasks += _release_tasks(person, release)
    return tasks


def _wrong_unit_tasks(wave: Wave) -> list[Task]:
    """For HR: employees who wrote that they stand in the wrong unit. Before they answer, so it is for today."""
    asked = PlacementException.objects.filter(campaign=wave.campaign_id, state=PlacementException.State.ASKED).count()
    if not asked:
        return []
    return [
        Task(
            title=ngettext("Afgør, hvor %(n)s medarbejder tæller", "Afgør, hvor %(n)s medarbejdere tæller", asked)
            % {"n": asked},
            url=reverse("surveys:placement_exceptions"),
            action=_("Se henvendelserne"),
            when=clock.today(),
            more=_("De har skrevet, at det ikke er deres enhed."),
        )
    ]


def _questionnaire_tasks(wave: Wave, *, hr: bool) -> list[Task]:
    """The questionnaire to come is not approved yet or cannot be asked: for HR, and to read for KommuneMED."""
    if clock.now() < wave.opens_at - questionnaire_approval.TOLD_FROM:
        return []
    questionnaire = wave.questionnaire
    name = "surveys:questionnaire_edit" if hr else "surveys:questionnaire_print"
    url = reverse(name, args=[questionnaire.key, questionnaire.version])
    when = timezone.localdate(wave.opens_at) - timedelta(days=1)
    if hr:
        sentence = questionnaire_approval.wants(wave)
        task = Task(_("Gør spørgeskemaet klar"), url, _("Se, hvad der mangler"), when=when, more=sentence)
        return [task] if sentence else []
    if questionnaire_approval.standing_of(questionnaire).approved:
        return []
    return [
        Task(
            title=_("Læs spørgeskemaet, før I godkender det i KommuneMED"),
            url=url,
            action=_("Læs spørgeskemaet"),
            when=when,
            more=_("Udvalget aftaler indholdet, før der måles."),
        )
    ]


def _release_tasks(person: Person | Any, release: Release) -> list[Task]:
    tasks = []
    may_approve = access.holds(person, [Role.Kind.HR, Role.Kind.DPO])
    waiting = release.state == Release.State.WAITING
    if waiting and may_approve and not release.approvals.filter(person=person).exists():
        tasks.append(
            Task(
                title=_("Godkend frigivelsen af rapporterne")
                if release.number == 1
                else _("Godkend den nye udgave af rapporterne"),
                url=reverse("surveys:release_detail", args=[release.uuid]),
                action=_("Se tjeklisten"),
                when=timezone.localdate(release.due_at),
                more=_("Der skal to forskellige personer til."),
            )
        )
    if release.state == Release.State.RELEASED and release.released_at:
        tasks += _trio_tasks(person, release)
    return tasks


def _read_by(release: Release) -> date:
    assert release.released_at is not None
    return timezone.localdate(release.released_at) + timedelta(days=14)


def _trio_tasks(person: Person | Any, release: Release) -> list[Task]:
    """For the trio: the reports of its units for the first two weeks."""
    read_by = _read_by(release)
    if clock.today() > read_by:
        return []
    units = CampaignUnit.objects.filter(
        campaign=release.wave.campaign, unit__work_environment_group__in=access.groups_of(person)
    ).order_by("position")
    return [
        Task(
            title=_("Gå rapporten for %(unit)s igennem sammen") % {"unit": unit.name},
            url=reverse("surveys:report_detail", args=[unit.uuid]),
            action=_("Åbn rapporten"),
            when=read_by,
            more=_("Leder, AMR og TR ser den samme side."),
        )
        for unit in units
    ]


def _board_tasks(person: Person | Any) -> list[Task]:
    """For the trio: new findings of every campaign until they are assessed, once the reports are out."""
    released = Release.objects.filter(
        wave__campaign=OuterRef("campaign"), wave__kind=Wave.Kind.MAIN, state=Release.State.RELEASED
    )
    new = (
        Finding.objects.filter(
            Exists(released), state=Finding.State.NEW, unit__unit__work_environment_group__in=access.groups_of(person)
        )
        .values_list("unit__unit__work_environment_group__uuid")
        .annotate(n=Count("pk", distinct=True), out=Max("campaign__waves__releases__released_at"))
    )
    return [
        Task(
            title=ngettext("Vurdér %(n)s ny fysisk melding", "Vurdér %(n)s nye fysiske meldinger", n) % {"n": n},
            url=reverse("surveys:board", args=[group]),
            action=_("Åbn tavlen"),
            when=max(clock.today(), timezone.localdate(out) + timedelta(days=14)),
            more=_("Det, der kan løses straks, skal ikke vente på dialogen."),
        )
        for group, n, out in new
    ]
