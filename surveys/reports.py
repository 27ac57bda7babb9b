"""One unit's report: all on page and paper is a function of its facts, those above it, and approved links back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from organisation.models import CampaignUnit, Level
from organisation.templatetags.dates import percent
from surveys import report_care, report_three
from surveys import report_figures as figures
from surveys.earlier_figures import earlier_figures
from surveys.facts import ANSWERED
from surveys.models import Comparability, Fact, Finding, Indicator, Release
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
class IndicatorLine:
    """A strategic indicator and the figures of the topics that it rests on; it has none of its own."""

    name: str
    topics: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Report:
    unit: CampaignUnit
    release: Release
    year: int
    path: tuple[CampaignUnit, ...]
    nearest: CampaignUnit | None  # where the answers count, when the unit has no report of its own
    levels: tuple[str, ...] = ()  # the levels that figures are set beside, from the nearest up
    rate: Rate | None = None
    keep: tuple[report_three.Point, ...] = ()
    talk: tuple[report_three.Point, ...] = ()
    rows: tuple[figures.Row, ...] = ()
    topics: tuple[figures.TopicSection, ...] = ()
    care: report_care.CareSection | None = None
    sick: report_care.CareSection | None = None
    physical: tuple[PhysicalLine, ...] = ()
    low_safety: bool = False
    earlier_year: int | None = None
    indicators: tuple[IndicatorLine, ...] = ()  # on the municipality's own report
    beside_whole: bool = False  # the last of the levels is the municipality

    @property
    def has_own(self) -> bool:
        return self.rate is not None

    @property
    def title(self) -> str:
        return _("Rapport for %(unit)s %(year)s") % {"unit": self.unit.name, "year": self.year}

    @property
    def is_upper(self) -> bool:
        """A level above the workplaces: MED's rather than a trio's."""
        return self.unit.level_kind in (Level.Kind.MUNICIPALITY, Level.Kind.DEPARTMENT, Level.Kind.AREA)

    @property
    def names(self) -> dict[str, Any]:
        """Column heads of the table from 0 to 100, and the names of its marks."""
        below = self.levels[:-1] if self.beside_whole else self.levels
        return {
            "own": self.unit.name,
            "levels": self.levels,
            "workplace": below[0] if below else "",
            "whole": self.levels[-1] if self.beside_whole else "",
            "previous": f"{self.unit.name} {self.earlier_year}" if self.earlier_year else "",
            "previous_short": str(self.earlier_year or ""),
        }


def _line(unit: CampaignUnit, release: Release) -> tuple[list[CampaignUnit], set[int]]:
    """From the municipality down to the unit itself, and which of them have a report of their own."""
    line = list(CampaignUnit.objects.filter(campaign=unit.campaign_id, unit_id__in=unit.path).order_by("position"))
    own = Fact.objects.filter(release=release, item=ANSWERED, unit__in=line, n__gt=0)
    return line, set(own.values_list("unit_id", flat=True))


def levels_above(unit: CampaignUnit, release: Release) -> list[CampaignUnit]:
    """The levels above with a report of their own, from the nearest up."""
    line, with_report = _line(unit, release)
    return [step for step in reversed(line) if step.pk in with_report and step.pk != unit.pk]


def report_of(unit: CampaignUnit, release: Release, *, beside: Sequence[CampaignUnit] | None = None) -> Report:
    """Build the report. Eight statements at most, whatever the size of the municipality.

    `beside` replaces the levels that figures are set beside (the nearest report, the afdeling, the municipality).
    """
    line, with_report = _line(unit, release)
    above = [step for step in line if step.pk != unit.pk]
    year = release.wave.campaign.year
    if unit.pk not in with_report:
        nearest = next((step for step in reversed(above) if step.pk in with_report), None)
        return Report(unit, release, year, tuple(above), nearest)
    if beside is None:
        beside = _beside(above, with_report)
    facts = facts_of(release, [unit.pk, *(step.pk for step in beside)])
    earlier, earlier_year, linked = _earlier_of(unit, release)
    source = figures.Sources(
        form=form_for(release.wave.questionnaire_id),
        own=facts.get(unit.pk, {}),
        levels=tuple(
            figures.LevelAbove(_level_name(step), facts.get(step.pk, {}), step.level_kind == Level.Kind.MUNICIPALITY)
            for step in beside
        ),
        earlier=earlier,
        earlier_year=earlier_year,
        linked=linked,
        year=year,
    )
    keep, talk = report_three.keep_and_talk(source)
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
        levels=tuple(level.name for level in source.levels),
        rate=_rate(unit, beside, facts),
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
        indicators=_indicators(source) if unit.level_kind == Level.Kind.MUNICIPALITY else (),
        beside_whole=bool(source.levels) and source.levels[-1].municipality,
    )


def _indicators(source: figures.Sources) -> tuple[IndicatorLine, ...]:
    scores = figures.scores_of(source.form, source.own)
    titles = {topic.key: figures.words(topic.title) for topic in source.form.anonymous if topic.scored}
    lines = (
        IndicatorLine(row.name, tuple((titles[key], scores.get(key)) for key in row.topics if key in titles))
        for row in Indicator.objects.all()
    )
    return tuple(line for line in lines if line.topics)


def facts_of(release: Release, units: Iterable[int]) -> dict[int, dict[str, figures.Shown]]:
    """The shown facts of some units, by unit and item."""
    found: dict[int, dict[str, figures.Shown]] = {}
    rows = Fact.objects.filter(release=release, unit__in=units, n__isnull=False)
    for unit, item, n, dist, minus in rows.values_list("unit_id", "item", "n", "dist", "minus"):
        found.setdefault(unit, {})[item] = figures.Shown(n=n or 0, dist=tuple(dist or ()), minus=tuple(minus))
    return found


def _beside(above: list[CampaignUnit], with_report: set[int]) -> list[CampaignUnit]:
    """Three levels at most, from the nearest up: the nearest report, the afdeling, the municipality."""
    shown = [step for step in reversed(above) if step.pk in with_report]
    afdeling = [step for step in shown[1:-1] if step.level_kind == Level.Kind.DEPARTMENT]
    return [*shown[:1], *afdeling, *shown[1:][-1:]]


def _level_name(step: CampaignUnit) -> str:
    return _("Kommunen") if step.level_kind == Level.Kind.MUNICIPALITY else step.name


CENT = Decimal("0.01")
Earlier = tuple[dict[str, figures.Shown], int | None, frozenset[str]]


def _earlier_of(unit: CampaignUnit, release: Release) -> Earlier:
    """Figures of an imported measurement that HR has approved to set beside today's, by today's item; their year; and
    what has a predecessor at all."""
    linked = frozenset(
        Comparability.objects.filter(questionnaire=release.wave.questionnaire_id).values_list("key", flat=True)
    )
    earlier = earlier_figures([unit], release.wave).get(unit.pk, {})
    found = {
        key: figures.Shown(n=figure.n, mean=(Decimal(figure.mean.numerator) / figure.mean.denominator).quantize(CENT))
        for key, figure in earlier.items()
    }
    year = max((figure.year for figure in earlier.values()), default=None)
    return found, year, linked


def _rate(unit: CampaignUnit, beside: Sequence[CampaignUnit], facts: dict[int, dict[str, figures.Shown]]) -> Rate:
    parts = _parts(facts, [unit, *beside])

    def share(of: CampaignUnit) -> str:
        shown = facts[of.pk][ANSWERED]
        return percent(100 * shown.n / figures.invited_counted(of.invited, shown.minus, parts))

    return Rate(
        percent=share(unit),
        invited=unit.invited,
        above=tuple(
            (_("kommunen") if step.level_kind == Level.Kind.MUNICIPALITY else step.name, share(step)) for step in beside
        ),
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
