"""Who may see which report, board and release. Need-to-know only: the five-answer promise never rests on access.

Reports (domain.md 2.3, anonymity.md 3.6). A right to a unit's report brings the levels above it along, as benchmark.

- Leader, AMR and TR: the units their trio covers and what lies below a unit they hold the role on. All three see the
  same page at the same minute; nobody is a leader «more».
- ArbejdspladsMED: the workplace and its enheder. AfdelingsMED and KommuneMED: their own level and the aggregates down
  to the workplaces, never single enheder.
- HR: everything released. Employees: their own unit and the levels above, once the trio has shown it or HR's date
  for that (the deadline for handleplaner where none is set) has passed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from organisation import access, clock
from organisation.campaigns import milestone
from organisation.models import (
    Campaign,
    CampaignUnit,
    Level,
    Milestone,
    Person,
    Role,
    Unit,
    WorkEnvironmentGroup,
)
from organisation.report_groups import groups_behind
from surveys.models import (
    Finding,
    FindingMove,
    KeyHolder,
    KeyRequest,
    PhysicalReport,
    Questionnaire,
    Release,
    ReportShare,
    Wave,
)
from surveys.models.physical import Severity

AGGREGATES = (Level.Kind.MUNICIPALITY, Level.Kind.DEPARTMENT, Level.Kind.AREA, Level.Kind.WORKPLACE)


@dataclass
class ReportScope:
    """What a person's roles open. `whole`: units with everything below; `aggregates`: down to workplaces only;
    `single`: units of a trio; `above`: ids of ancestors; `own`: paths of the units where the person is employed;
    `guest`: units whose meeting the person leads."""

    everything: bool = False
    whole: set[int] = field(default_factory=set)
    aggregates: set[int] = field(default_factory=set)
    single: set[int] = field(default_factory=set)
    above: set[int] = field(default_factory=set)
    guest: set[int] = field(default_factory=set)
    own: list[list[int]] = field(default_factory=list)

    def by_role(self) -> Q:
        """The condition on CampaignUnit for what roles open (not what is shared with the staff)."""
        if self.everything:
            return Q()
        wanted = Q(unit_id__in=self.single | self.above | self.guest)
        if self.whole:
            wanted |= Q(path__overlap=sorted(self.whole))
        if self.aggregates:
            wanted |= Q(path__overlap=sorted(self.aggregates), level_kind__in=AGGREGATES)
        return wanted


def report_scope(person: Any) -> ReportScope:
    """Four queries at most, whatever the number of roles and units."""
    scope = ReportScope()
    if not isinstance(person, Person):
        return scope
    roles = access.roles_of(person)
    scope.everything = any(role.kind == Role.Kind.HR for role in roles)
    group_ids: set[int] = set()
    for role in roles:
        if role.kind in Role.TRIO_KINDS and role.unit is not None:
            scope.whole.add(role.unit.pk)
            scope.above.update(role.unit.path)
            if role.unit.work_environment_group_id:
                group_ids.add(role.unit.work_environment_group_id)
        elif role.kind in Role.COMMITTEE_KINDS and role.committee is not None:
            unit = role.committee.unit
            wide = unit.level.kind in (Level.Kind.MUNICIPALITY, Level.Kind.DEPARTMENT, Level.Kind.AREA)
            (scope.aggregates if wide else scope.whole).add(unit.pk)
            scope.above.update(unit.path)
    if group_ids:
        for pk, path in Unit.objects.filter(work_environment_group__in=group_ids).values_list("pk", "path"):
            scope.single.add(pk)
            scope.above.update(path)
    scope.guest.update(access.facilitated_units(person))
    scope.own = list(access.own_units(person).values_list("path", flat=True))
    _through_groups(scope)
    return scope


def _through_groups(scope: ReportScope) -> None:
    """A unit in a report group has its figures there: whoever may open the unit's report may open the group's."""
    behind = groups_behind(scope.above | scope.single | {pk for path in scope.own for pk in path})
    if not behind:
        return
    for pk in scope.above | scope.single:
        scope.above |= behind.get(pk, set())
    scope.own = [[step for pk in path for step in (*sorted(behind.get(pk, ())), pk)] for path in scope.own]


def released(campaign: Campaign | None) -> Release | None:
    """The campaign's released report set, or None. The newest release of the main wave."""
    if campaign is None:
        return None
    return (
        Release.objects.filter(wave__campaign=campaign, wave__kind=Wave.Kind.MAIN, state=Release.State.RELEASED)
        .select_related("wave__campaign", "wave__questionnaire")
        .order_by("-number")
        .first()
    )


def staff_date(campaign: Campaign) -> Milestone | None:
    """When staff see their report at the latest: HR's own date for it, else the deadline for handleplaner."""
    return milestone(campaign, Milestone.Key.STAFF_REPORTS) or milestone(campaign, Milestone.Key.PLAN_DEADLINE)


def sharing_is_over(campaign: Campaign) -> bool:
    """After that date every report is open to the staff it is about, whether its trio has shown it or not."""
    latest = staff_date(campaign)
    return latest is not None and clock.now() >= latest.starts_moment


def _shared_with(scope: ReportScope, release: Release) -> Q:
    """What employees see: a shared report opens itself and the levels above to those who work under it."""
    campaign = release.wave.campaign
    if sharing_is_over(campaign):
        return Q(unit_id__in={pk for path in scope.own for pk in path})
    mine = {pk for path in scope.own for pk in path}
    shared = set(
        ReportShare.objects.filter(release=release, unit__unit__in=mine).values_list("unit__unit_id", flat=True)
    )
    opened: set[int] = set()
    for path in scope.own:
        depth = max((place for place, pk in enumerate(path) if pk in shared), default=-1)
        opened.update(path[: depth + 1])
    return Q(unit_id__in=opened)


def reports_visible_to(person: Any, release: Release | None) -> QuerySet[CampaignUnit]:
    """The units of the release whose page the person may open. Empty before the release."""
    if release is None or not isinstance(person, Person):
        return CampaignUnit.objects.none()
    scope = report_scope(person)
    return CampaignUnit.objects.filter(
        scope.by_role() if scope.everything else scope.by_role() | _shared_with(scope, release),
        campaign=release.wave.campaign_id,
    )


def report_unit_for(person: Any, uuid: UUID) -> tuple[CampaignUnit, Release]:
    """The unit of a report and its release; 404 before the release and for those it is not for."""
    release = (
        Release.objects.filter(
            wave__campaign__units__uuid=uuid, wave__kind=Wave.Kind.MAIN, state=Release.State.RELEASED
        )
        .select_related("wave__campaign", "wave__questionnaire")
        .order_by("-number")
        .first()
    )
    unit = get_object_or_404(reports_visible_to(person, release), uuid=uuid)
    assert release is not None
    return unit, release


@dataclass(frozen=True)
class Reader:
    """What a reader may do on one unit's report page besides reading it."""

    trio: bool
    hr: bool
    sees_below: bool  # there are units directly below that the person's roles open

    @property
    def sees_advice(self) -> bool:
        """Advice about low psychological safety: the trio and HR."""
        return self.trio or self.hr


def reader_of(person: Any, unit: CampaignUnit) -> Reader:
    """Is the person in the trio of this very unit (or leader, AMR or TR of it), or HR?

    A leader above reads the report, but neither shows it over the heads of its trio nor gets the trio's advice.
    """
    scope = report_scope(person)
    held = {role.unit_id for role in access.roles_of(person) if role.kind in Role.TRIO_KINDS}
    return Reader(
        trio=unit.unit_id in scope.single | held,
        hr=scope.everything,
        sees_below=CampaignUnit.objects.filter(scope.by_role(), parent=unit).exists(),
    )


# ---------------------------------------------------------------- release


def release_reader(person: Any) -> Person:
    """HR and the data protection officer see the release's check list; 404 for everybody else."""
    if not access.holds(person, [Role.Kind.HR, Role.Kind.DPO]):
        raise Http404
    assert isinstance(person, Person)
    return person


def release_for(person: Any, uuid: UUID) -> Release:
    release_reader(person)
    return get_object_or_404(Release.objects.select_related("wave__campaign"), uuid=uuid)


# ---------------------------------------------------------------- the key


def key_request_for(person: Any, uuid: UUID) -> tuple[KeyRequest, KeyHolder]:
    """What a worker asks the wave's holders for, and which of them the reader is; 404 for everybody else, HR too."""
    if not access.holds(person, [Role.Kind.KEY_HOLDER]):
        raise Http404
    asked = get_object_or_404(KeyRequest.objects.select_related("wave__campaign"), uuid=uuid)
    return asked, get_object_or_404(KeyHolder.objects.select_related("person"), wave=asked.wave_id, person=person)


# ---------------------------------------------------------------- the questionnaire


def questionnaire_for(person: Any, key: str, version: int) -> tuple[Person, Questionnaire]:
    """A version in HR's editor; 404 for everybody else."""
    hr = access.require_hr(person)
    return hr, get_object_or_404(Questionnaire.objects.select_related("copied_from"), key=key, version=version)


def in_municipality_committee(person: Any) -> bool:
    """A member of KommuneMED, which agrees on the questionnaire."""
    return any(
        role.committee is not None and role.committee.unit.level.kind == Level.Kind.MUNICIPALITY
        for role in access.roles_of(person)
        if role.kind in Role.COMMITTEE_KINDS
    )


def questionnaire_to_read(person: Any, key: str, version: int) -> Questionnaire:
    """A version to read, before and after its approval: HR and the members of KommuneMED. 404 for everybody else."""
    if not in_municipality_committee(person) and not access.is_hr(person):
        raise Http404
    return get_object_or_404(Questionnaire, key=key, version=version)


# ---------------------------------------------------------------- the physical board


@dataclass(frozen=True)
class Board:
    """A trio's board as one person sees it: `full` with names and moves, else to read and without names."""

    group: WorkEnvironmentGroup
    full: bool


def board_for(person: Any, uuid: UUID) -> Board:
    """The trio's own board; to read for HR and the workplace's MED committee. 404 for everybody else."""
    if not isinstance(person, Person):
        raise Http404
    group = get_object_or_404(WorkEnvironmentGroup.objects.select_related("workplace"), uuid=uuid)
    if access.is_member(person, group):
        return Board(group, full=True)
    if access.is_hr(person) or _in_committee_of(person, group):
        return Board(group, full=False)
    raise Http404


def _in_committee_of(person: Person, group: WorkEnvironmentGroup) -> bool:
    return any(
        role.committee is not None and role.committee.unit_id == group.workplace_id
        for role in access.roles_of(person)
        if role.kind in Role.COMMITTEE_KINDS
    )


def findings_of(group: WorkEnvironmentGroup) -> QuerySet[Finding]:
    """The findings that may be seen now, of every campaign: they open with the reports, the dangerous at once."""
    out = Release.objects.filter(
        wave__campaign=OuterRef("campaign"), wave__kind=Wave.Kind.MAIN, state=Release.State.RELEASED
    )
    return Finding.objects.filter(Exists(out) | Q(severity=Severity.DANGER), unit__unit__work_environment_group=group)


def finding_for(person: Any, uuid: UUID) -> tuple[Finding, Board]:
    """One finding through its board; 404 where the board is not for the person or the finding not out yet."""
    finding = get_object_or_404(
        Finding.objects.select_related(
            "unit__unit__work_environment_group", "campaign", "item", "building", "room", "same_as"
        ),
        pk=uuid,
    )
    group = finding.unit.unit.work_environment_group
    if group is None:
        raise Http404
    board = board_for(person, group.uuid)
    if not findings_of(group).filter(pk=finding.pk).exists():
        raise Http404
    return finding, board


def photo_for(person: Any, uuid: UUID) -> PhysicalReport:
    """The photo of one report: the same gate as the finding it belongs to, and Kommunale Ejendomme once it is sent."""
    report = get_object_or_404(PhysicalReport.objects.select_related("photo"), pk=uuid, photo__isnull=False)
    if access.is_property(person) and sent_to_property().filter(pk=report.finding_id).exists():
        return report
    finding_for(person, report.finding_id)
    return report


def sent_to_property() -> QuerySet[Finding]:
    """Findings that were forwarded to Kommunale Ejendomme and are still there or were answered by them."""
    sent = FindingMove.objects.filter(finding=OuterRef("pk"), state=Finding.State.PROPERTY)
    return Finding.objects.filter(Exists(sent))


def property_reader(person: Any) -> Person:
    """Kommunale Ejendomme's own pages; 404 for everybody else."""
    if not access.is_property(person):
        raise Http404
    assert isinstance(person, Person)
    return person


# ---------------------------------------------------------------- response rates


def rate_units_for(person: Any, campaign: Campaign) -> QuerySet[CampaignUnit]:
    """Whose nightly percentage a person sees: the scope of their reports by role; nobody by being employed alone."""
    scope = report_scope(person)
    if not isinstance(person, Person) or not (scope.everything or scope.whole or scope.aggregates):
        raise Http404
    return CampaignUnit.objects.filter(scope.by_role(), campaign=campaign)
