"""One unit's report: all on page and paper is a function of its facts, those above it, and approved links back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from organisation.models import CampaignUnit, Level
from organisation.structure import earlier_units
from organisation.templatetags.dates import percent
from surveys import report_care
from surveys import report_figures as figures
from surveys.facts import ANSWERED
from surveys.models import Comparability, Fact, Finding, Release, Wave
from surveys.questionnaires import form_for

LOW_SAFETY = 50  # points; or ten below the municipality: then the trio gets advice, not a grade
LOW_SAFETY_DISTANCE = 10


@dataclass(frozen=True)
class Rate:
    """Who has answered, from the fact of the section count; never from a live count."""

    percent: str
    invited: int
    above: tuple[tuple[str, str], ...]  # name, percent
    leaves_out: bool


@dataclass(frozen=True)
class PhysicalLine:
    """How many findings of one kind, whatever the number: this part was never anonymous."""

    label: str
    findings: int
    danger: int


@dataclass(frozen=True)
class Report:
    unit: CampaignUnit
    release: Release
    year: int
    path: tuple[CampaignUnit, ...]
    nearest: CampaignUnit | None  # where the answers count, when the unit has no report of its own
    parent_name: str
    rate: Rate | None = None
    keep: tuple[figures.Point, ...] = ()
    talk: tuple[figures.Point, ...] = ()
    rows: tuple[figures.Row, ...] = ()
    topics: tuple[figures.TopicSection, ...] = ()
    care: report_care.CareSection | None = None
    sick: report_care.CareSection | None = None
    physical: tuple[PhysicalLine, ...] = ()
    low_safety: bool = False
    earlier_year: int | None = None

    @property
    def has_own(self) -> bool:
        return self.rate is not None

    @property
    def title(self) -> str:
        return _("Rapport for %(unit)s %(year)s") % {"unit": self.unit.name, "year": self.year}

    @property
    def names(self) -> dict[str, str]:
        """Column heads of the table from 0 to 100."""
        whole = self.unit.level_kind != Level.Kind.MUNICIPALITY
        return {
            "own": self.unit.name,
            "workplace": self.parent_name,
            "whole": _("Kommunen") if whole else "",
            "previous": f"{self.unit.name} {self.earlier_year}" if self.earlier_year else "",
            "previous_short": str(self.earlier_year or ""),
        }


def report_of(unit: CampaignUnit, release: Release) -> Report:
    """Build the report. Eight statements at most, whatever the size of the municipality."""
    line = list(
        CampaignUnit.objects.filter(campaign=unit.campaign_id, unit_id__in=unit.path).order_by("position")
    )  # from the municipality down to the unit itself
    with_report = set(
        Fact.objects.filter(release=release, item=ANSWERED, unit__in=line, n__gt=0).values_list("unit_id", flat=True)
    )
    above = [step for step in line if step.pk != unit.pk]
    year = release.wave.campaign.year
    if unit.pk not in with_report:
        nearest = next((step for step in reversed(above) if step.pk in with_report), None)
        return Report(unit, release, year, tuple(above), nearest, "")
    root = above[0] if above else None
    parent = next((step for step in reversed(above) if step.pk in with_report and step is not root), None)
    facts = facts_of(release, [step.pk for step in (unit, parent, root) if step is not None])
    earlier, earlier_year = _earlier_of(unit, release)
    source = figures.Sources(
        form=form_for(release.wave.questionnaire_id),
        own=facts.get(unit.pk, {}),
        parent=facts.get(parent.pk, {}) if parent else {},
        whole=facts.get(root.pk, {}) if root else {},
        earlier=earlier,
        earlier_year=earlier_year,
    )
    keep, talk = figures.keep_and_talk(source)
    care = report_care.care_sections(
        source, leaders_told=unit.level_kind in (Level.Kind.MUNICIPALITY, Level.Kind.DEPARTMENT)
    )
    where = above[-1].name if above else ""
    return Report(
        unit=unit,
        release=release,
        year=year,
        path=tuple(above),
        nearest=None,
        parent_name=parent.name if parent else "",
        rate=_rate(unit, parent, root, facts),
        keep=tuple(keep),
        talk=tuple(talk),
        rows=tuple(figures.topic_rows(source)),
        topics=tuple(
            figures.topic_sections(
                source,
                where_instead=_("Svarene tæller med højere oppe, fx i rapporten for %(name)s.") % {"name": where}
                if where
                else "",
            )
        ),
        care=care.get("ka"),
        sick=care.get("sf"),
        physical=tuple(_physical(unit)),
        low_safety=_low_safety(source),
        earlier_year=earlier_year if earlier else None,
    )


def facts_of(release: Release, units: Iterable[int]) -> dict[int, dict[str, figures.Shown]]:
    """The shown facts of some units, by unit and item."""
    found: dict[int, dict[str, figures.Shown]] = {}
    rows = Fact.objects.filter(release=release, unit__in=units, n__isnull=False)
    for unit, item, n, dist, minus in rows.values_list("unit_id", "item", "n", "dist", "minus"):
        found.setdefault(unit, {})[item] = figures.Shown(n=n or 0, dist=tuple(dist or ()), minus=tuple(minus))
    return found


def _earlier_of(unit: CampaignUnit, release: Release) -> tuple[dict[str, figures.Shown], int | None]:
    """Figures of an imported measurement that HR has approved to set beside today's, by today's item."""
    links = dict(
        Comparability.objects.filter(
            questionnaire=release.wave.questionnaire_id,
            kind__in=[Comparability.Kind.ITEM, Comparability.Kind.FULL],
        )
        .exclude(approved_by="")
        .values_list("earlier_key", "key")
    )
    if not links:
        return {}, None
    before = earlier_units(unit.unit_id)
    if not before:
        return {}, None  # a new unit or a successor: HR says that nothing may be set beside it
    rows = (
        Fact.objects.filter(
            release__wave__kind=Wave.Kind.IMPORTED,
            release__state=Release.State.RELEASED,
            unit__unit__in=before,
            item__in=links,
            n__isnull=False,
            mean__isnull=False,
        )
        .order_by("release__wave__closes_at", "unit__unit_id")
        .values_list("release__wave__closes_at__year", "item", "n", "mean")
    )
    parts: dict[tuple[int, str], list[tuple[int, Decimal]]] = {}
    for closed, item, n, mean in rows:
        parts.setdefault((closed, item), []).append((n or 0, Decimal(mean or 0)))
    found, year = {}, None
    for (closed, item), figure in parts.items():
        total = sum(n for n, _mean in figure)
        # Merged units are summed, and only when every one of them had the figure.
        if len(figure) == len(before) and total:
            mean = sum((n * mean for n, mean in figure), Decimal()) / total
            found[links[item]] = figures.Shown(n=total, mean=mean.quantize(Decimal("0.01")))
            year = closed
    return found, year


def _rate(
    unit: CampaignUnit,
    parent: CampaignUnit | None,
    root: CampaignUnit | None,
    facts: dict[int, dict[str, figures.Shown]],
) -> Rate:
    parts = _parts(facts, [unit, *([parent] if parent else []), *([root] if root else [])])

    def share(of: CampaignUnit) -> str:
        shown = facts[of.pk][ANSWERED]
        return percent(100 * shown.n / figures.invited_counted(of.invited, shown.minus, parts))

    above = [(step.name, share(step)) for step in (parent,) if step is not None]
    if root is not None and ANSWERED in facts.get(root.pk, {}):
        above.append((_("kommunen"), share(root)))
    return Rate(
        percent=share(unit),
        invited=unit.invited,
        above=tuple(above),
        leaves_out=bool(facts[unit.pk][ANSWERED].minus),
    )


def _parts(facts: dict[int, dict[str, figures.Shown]], units: Iterable[CampaignUnit]) -> dict[str, int]:
    """How many were invited in each part that a section count leaves out: «id» with everybody below, «id#» direct."""
    named = {part for unit in units for part in facts.get(unit.pk, {}).get(ANSWERED, figures.Shown(0)).minus}
    if not named:
        return {}
    rows: dict[str, Any] = {
        str(row.pk): row for row in CampaignUnit.objects.filter(pk__in={int(part.rstrip("#")) for part in named})
    }
    return {
        part: rows[part.rstrip("#")].placed if part.endswith("#") else rows[part].invited
        for part in named
        if part.rstrip("#") in rows
    }


def _physical(unit: CampaignUnit) -> list[PhysicalLine]:
    rows = (
        Finding.objects.filter(campaign=unit.campaign_id, unit__path__contains=[unit.unit_id])
        .exclude(state=Finding.State.DUPLICATE)
        .values("item__text", "item__order")
        .annotate(n=Count("pk"), danger=Count("pk", filter=Q(severity="danger")))
        .order_by("item__order")
    )
    return [PhysicalLine(figures.words(row["item__text"]), row["n"], row["danger"]) for row in rows]


def _low_safety(source: figures.Sources) -> bool:
    own = figures.scores_of(source.form, source.own).get("ps")
    whole = figures.scores_of(source.form, source.whole).get("ps")
    if own is None:
        return False
    return own < LOW_SAFETY or (whole is not None and own <= whole - LOW_SAFETY_DISTANCE)
