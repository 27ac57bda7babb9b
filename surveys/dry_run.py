"""Try the release before anybody has answered: head-counts and an expected response rate in, reports in words out.

The same planner as at the release, on expected answers per unit. It shows what the tree and the report groups lead to;
the real release rests on what is handed in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisation import invitees, report_groups
from organisation.freezing import campaign_tree
from organisation.models import Campaign, CampaignUnit
from organisation.templatetags.dates import dk_number
from surveys import planner
from surveys.facts import GROUP_WEIGHT
from surveys.models import Wave

CAP = Decimal("0.10")


@dataclass
class Line:
    """One unit of the trial: what is expected in and below it, and where its answers would be read."""

    unit: CampaignUnit
    key: int
    parent: int | None
    expected: int
    own: bool
    above: str = ""  # the name of the unit above
    read_in: str = ""
    left_out: int = 0
    left_out_goes_to: str = ""
    below_own: int = 0  # units below with a report of their own
    below_without: int = 0

    @property
    def words(self) -> str:
        """What happens to this unit's answers, as one would say it."""
        name, expected = self.unit.name, self.expected
        if self.own:
            text = ngettext(
                "%(name)s får sin egen rapport med omkring %(n)s besvarelse.",
                "%(name)s får sin egen rapport med omkring %(n)s besvarelser.",
                expected,
            ) % {"name": name, "n": dk_number(expected)}
            if self.left_out:
                text += " " + ngettext(
                    "%(n)s besvarelse fra en lille enhed under den indgår først i rapporten for %(where)s.",
                    "%(n)s besvarelser fra små enheder under den indgår først i rapporten for %(where)s.",
                    self.left_out,
                ) % {"n": dk_number(self.left_out), "where": self.left_out_goes_to}
            return text
        if not self.read_in:
            return _("%(name)s får ingen rapport: Der ventes for få besvarelser i hele kommunen.") % {"name": name}
        if not expected:
            return _("%(name)s får ingen rapport: Der ventes ingen besvarelser.") % {"name": name}
        where = {"name": name, "where": self.read_in, "n": dk_number(expected)}
        if not self.unit.own_report:
            return _("%(name)s er med i samlerapporten %(where)s og får ikke sin egen.") % where
        if expected < planner.FLOOR:
            return (
                ngettext(
                    "%(name)s får ikke sin egen rapport: Der ventes kun %(n)s besvarelse, "
                    "som indgår i rapporten for %(where)s.",
                    "%(name)s får ikke sin egen rapport: Der ventes kun %(n)s besvarelser, "
                    "som indgår i rapporten for %(where)s.",
                    expected,
                )
                % where
            )
        return (
            _(
                "%(name)s får ikke sin egen rapport: Ellers kunne man regne en for lille gruppe ved siden af ud. "
                "De omkring %(n)s besvarelser indgår i rapporten for %(where)s."
            )
            % where
        )


@dataclass
class DryRun:
    """The whole trial. `lines` in the organisation's own order, without units where nobody is invited."""

    rate: int
    frozen: bool
    invited: int
    expected: int
    lines: list[Line] = field(default_factory=list)

    @property
    def own(self) -> list[Line]:
        return [line for line in self.lines if line.own]

    @property
    def rolled_up(self) -> list[Line]:
        return [line for line in self.lines if not line.own]

    @property
    def people_with_own(self) -> int:
        """Invited people placed directly on a unit that has a report of its own."""
        return sum(line.unit.placed for line in self.lines if line.own)

    def under(self, key: int | None) -> list[Line]:
        """The line of a unit (None: the top) and its children: one parent's at a time."""
        return [line for line in self.lines if line.parent == key]


def dry_run(campaign: Campaign, *, rate: int) -> DryRun:
    """Plan a release with `rate` percent of the invited answering in every unit.

    From the snapshot where there is one, else from today's organisation and the rules as they stand.
    """
    units = _units(campaign)
    expected = {key: _share(unit.placed, rate) for key, unit, _parent in units}
    if not units or not any(expected.values()):
        return DryRun(rate, campaign.frozen_at is not None, sum(unit.placed for _k, unit, _p in units), 0)
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).first()
    groups = {parent for _key, unit, parent in units if not unit.own_report}
    weights = wave.level_weights if wave else {}
    planned = planner.plan(
        planner.Town(
            units=[
                planner.Unit(
                    id=str(key),
                    parent=None if parent is None else str(parent),
                    employees=unit.placed,
                    respondents=expected[key],
                    weight=(GROUP_WEIGHT if key in groups else 1) * float(weights.get(unit.level_kind, 1)),
                    own_report=unit.own_report,
                )
                for key, unit, parent in units
            ],
            items=[],
            cap=float(wave.left_out_cap if wave else CAP),
        )
    )
    return DryRun(
        rate=rate,
        frozen=campaign.frozen_at is not None,
        invited=sum(unit.placed for _key, unit, _parent in units),
        expected=sum(expected.values()),
        lines=_lines(units, expected, planned),
    )


def _share(placed: int, rate: int) -> int:
    return int((Decimal(placed * rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _units(campaign: Campaign) -> list[tuple[int, CampaignUnit, int | None]]:
    """(unit id, row, id of the unit above), parents first. A tree with several tops has no common report."""
    if campaign.frozen_at is not None:
        rows = list(CampaignUnit.objects.filter(campaign=campaign).order_by("position"))
    else:
        units = invitees.active_units()
        placed = invitees.invitees_of(campaign, units).placed()
        rows = list(campaign_tree(campaign, units, placed, report_groups.levels_planned(campaign, units)).values())
    return [(row.path[-1], row, row.path[-2] if len(row.path) > 1 else None) for row in rows]


def _lines(
    units: list[tuple[int, CampaignUnit, int | None]], expected: dict[int, int], planned: planner.Facts
) -> list[Line]:
    below, without, answers = Counter[int](), Counter[int](), Counter(expected)
    shown = {int(group): fact for group, fact in planned.structure.items()}
    names = {key: unit.name for key, unit, _parent in units}
    for key, unit, parent in reversed(units):
        if parent is not None:
            answers[parent] += answers[key]
            below[parent] += below[key] + (key in shown and unit.invited > 0)
            without[parent] += without[key] + (key not in shown and unit.invited > 0)
    left_out = {key: set(fact.minus) for key, fact in shown.items() if fact.minus}
    lines = []
    for key, unit, parent in units:
        if not unit.invited:
            continue
        fact = shown.get(key)
        line = Line(unit, key, parent, answers[key], fact is not None, below_own=below[key], below_without=without[key])
        above = unit.path[:-1] if fact is None or fact.left_out else []
        takers = (at for at in reversed(above) if at in shown and not _leaves_out(left_out, at, unit, fact))
        reading = next(takers, None)
        if fact is None:
            line.read_in = names[reading] if reading is not None else ""
        elif fact.left_out:
            line.left_out = fact.left_out
            line.left_out_goes_to = names[reading] if reading is not None else ""
        line.above = names[parent] if parent is not None else ""
        lines.append(line)
    return lines


def _leaves_out(left_out: dict[int, set[str]], report: int, unit: CampaignUnit, fact: planner.Fact | None) -> bool:
    """Does the report leave this unit's answers out, or (for a shown unit) what the unit itself leaves out?"""
    minus = left_out.get(report)
    if not minus:
        return False
    if fact is not None:
        return bool(minus & set(fact.minus))
    return bool(minus & {str(pk) for pk in unit.path} or f"{unit.path[-1]}#" in minus)
