"""Who is invited and where each person counts: HR's rules as data, told with a count each.

Each employment is tried against the rules in a fixed order and falls at the first that it does not meet. One envelope
per person: of the employments that remain, the one with most hours counts, then the one that began first. A person
with no employment left is left out by the rule at which the main employment fell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organisation.access import active_on_today
from organisation.audit import audit
from organisation.models import Campaign, Employment, Person, Role, Unit

INACTIVE, TOO_LATE, LEAVE, HOURS, TITLE = "inactive", "too_late", "leave", "hours", "title"
RULES = (INACTIVE, TOO_LATE, LEAVE, HOURS, TITLE)


@dataclass(frozen=True)
class Job:
    """An employment of today, as the rules see it."""

    pk: int
    person: int
    unit: int
    hours: Decimal
    starts: date
    leave: str
    title: str
    is_active: bool


@dataclass
class Invitees:
    """The outcome of the rules. `places`: person -> (employment, unit); `left_out`: people by rule."""

    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    on_leave: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    one_level_up: int = 0
    two_jobs: int = 0

    @property
    def employed(self) -> int:
        return len(self.places) + sum(self.left_out.values())

    def placed(self) -> Counter[int]:
        """How many people count directly in each unit."""
        return Counter(unit for _employment, unit in self.places.values())


def refused_by(campaign: Campaign, job: Job) -> str:
    """The first rule that keeps this employment from being invited; empty when none does."""
    if not job.is_active:
        return INACTIVE
    if campaign.employed_by and job.starts > campaign.employed_by:
        return TOO_LATE
    if job.leave and job.leave not in campaign.invited_leave:
        return LEAVE
    if campaign.least_hours is not None and job.hours < campaign.least_hours:
        return HOURS
    if job.title in campaign.left_out_titles:
        return TITLE
    return ""


def invitees_of(campaign: Campaign, units: Mapping[int, Unit] | None = None) -> Invitees:
    """Apply the campaign's rules to everybody employed today. Three queries, whatever the size of the municipality."""
    units = active_units() if units is None else units
    leads = leaders_of_today()
    found = Invitees()
    for jobs in _jobs_by_person(units):
        main = jobs[0]
        found.titles[main.title] += 1
        if main.leave:
            found.on_leave[main.leave] += 1
        admitted = next((job for job in jobs if not refused_by(campaign, job)), None)
        if admitted is None:
            found.left_out[refused_by(campaign, main)] += 1
            continue
        found.two_jobs += len(jobs) > 1
        unit = admitted.unit
        if campaign.leaders_one_level_up:
            unit = above_own(unit, leads[main.person], units)
            found.one_level_up += unit != admitted.unit
        found.places[main.person] = (admitted.pk, unit)
    return found


def active_units() -> dict[int, Unit]:
    return {unit.pk: unit for unit in Unit.objects.filter(active_on_today()).select_related("level")}


def leaders_of_today() -> defaultdict[int, set[int]]:
    """person -> the units they lead today. A deputy leads for a while and counts where they work."""
    leads: defaultdict[int, set[int]] = defaultdict(set)
    for person, unit in Role.objects.filter(active_on_today(), kind=Role.Kind.LEADER, is_deputy=False).values_list(
        "person_id", "unit_id"
    ):
        leads[person].add(unit or 0)
    return leads


def above_own(unit: int, leads: set[int], units: Mapping[int, Unit]) -> int:
    """Up past every unit that the person leads: the head of a workplace is not placed in it either."""
    while unit in leads and (parent := units[unit].parent_id) in units:
        assert parent is not None
        unit = parent
    return unit


def _jobs_by_person(units: Mapping[int, Unit]) -> Iterable[list[Job]]:
    """Everybody's employments of today in living units, the main one first."""
    rows = (
        Employment.objects.filter(active_on_today())
        .order_by("person_id", "-hours", "starts", "pk")
        .values_list("pk", "person_id", "unit_id", "hours", "starts", "leave", "title", "person__is_active")
    )
    jobs: list[Job] = []
    for row in rows.iterator(5000):
        if row[2] not in units:
            continue
        job = Job(*row)
        if jobs and jobs[0].person != job.person:
            yield jobs
            jobs = []
        jobs.append(job)
    if jobs:
        yield jobs


@transaction.atomic
def rules_set(
    *,
    campaign: Campaign,
    employed_by: date | None,
    least_hours: Decimal | None,
    invited_leave: list[str],
    left_out_titles: list[str],
    leaders_one_level_up: bool,
    by: Person,
) -> Campaign:
    """Set who is invited. ValidationError once the organisation is frozen: then the roll is a promise."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.frozen_at is not None:
        raise ValidationError(_("Organisationen er frosset. Reglerne kan ikke ændres længere."))
    before = _rules(campaign)
    campaign.employed_by = employed_by
    campaign.least_hours = least_hours
    campaign.invited_leave = invited_leave
    campaign.left_out_titles = left_out_titles
    campaign.leaders_one_level_up = leaders_one_level_up
    campaign.full_clean(exclude=["year", "name"])
    campaign.save()
    audit(
        "invitation_rules_changed",
        campaign,
        actor=by,
        fields=sorted(name for name, value in _rules(campaign).items() if before[name] != value),
    )
    return campaign


def _rules(campaign: Campaign) -> dict[str, object]:
    names = ("employed_by", "least_hours", "invited_leave", "left_out_titles", "leaders_one_level_up")
    return {name: getattr(campaign, name) for name in names}
