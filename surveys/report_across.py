"""One level beside others: the heat map of one parent's children, and one question over the levels.

Only shown facts, in the organisation's order, never sorted by value, never by groups of people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from organisation import charts
from organisation.models import CampaignUnit, Level
from surveys import report_figures as figures
from surveys.facts import ANSWERED
from surveys.models import Fact, Release
from surveys.questionnaires import FactItem, Form, FormTopic, form_for
from surveys.report_care import yes_label, yes_share
from surveys.reports import facts_of

SAME_IN = 3  # so many units with the same low topic make it a matter for MED
ByUnit = Mapping[int, figures.Facts]


# ---------------------------------------------------------------- heat map


@dataclass(frozen=True)
class Cell:
    score: int | None
    level: str
    head: str


@dataclass(frozen=True)
class HeatRow:
    """One unit. `kind`: "below" (one of the children), "total" (their parent) or "whole" (the municipality)."""

    unit: CampaignUnit
    has_own: bool
    cells: tuple[Cell, ...]
    kind: str = "below"
    has_below: bool = False


@dataclass(frozen=True)
class Shared:
    """A topic that is low in several units: named in the organisation's order."""

    topic: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """A column: its text, for one of a topic's questions its number with the question for those who hear it."""

    text: str
    spoken: str = ""


@dataclass(frozen=True)
class HeatMap:
    topics: tuple[tuple[str, str], ...]  # to filter by: key and name
    chosen: str  # a topic's key, or nothing
    heads: tuple[Head, ...]
    questions: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    shared: tuple[Shared, ...]
    anything_hidden: bool


def heat_map_of(
    unit: CampaignUnit, release: Release, visible: QuerySet[CampaignUnit], *, topic: str | None = None
) -> HeatMap:
    """Scores of the topics for one unit's children, then the unit and the municipality; or of one topic's questions.

    Krænkende adfærd and sygefravær have no topic score and no place here. Three statements.
    """
    form = form_for(release.wave.questionnaire_id)
    scored = tuple(each for each in form.anonymous if each.scored)
    chosen = next((each for each in scored if each.key == topic), None)
    children = list(
        visible.filter(parent=unit)
        .annotate(deeper=Exists(CampaignUnit.objects.filter(parent=OuterRef("pk"))))
        .order_by("position")
    )
    below = [unit]
    if unit.level_kind != Level.Kind.MUNICIPALITY:
        below += CampaignUnit.objects.filter(campaign=unit.campaign_id, level_kind=Level.Kind.MUNICIPALITY)
    facts = facts_of(release, [each.pk for each in (*children, *below)])
    items = [item for item in form.facts if chosen and item.theme == chosen.key and item.scored]
    if chosen is None:
        heads = tuple(Head(figures.words(each.short)) for each in scored)
    else:
        numbered = (Head(str(n), figures.words(item.text)) for n, item in enumerate(items, start=1))
        heads = (Head(figures.words(chosen.short)), *numbered)

    def row(each: CampaignUnit, kind: str) -> HeatRow:
        own = facts.get(each.pk, {})
        scores = figures.scores_of(form, own)
        found = [scores.get(key.key) for key in ([chosen] if chosen else scored)]
        found += [figures.score_of(item, own) for item in items]
        cells = tuple(Cell(score, figures.level_of(score), head.text) for score, head in zip(found, heads, strict=True))
        return HeatRow(each, ANSWERED in own, cells, kind, kind == "below" and each.deeper)  # type: ignore[attr-defined]

    rows = tuple(row(each, "below") for each in children)
    totals = tuple(row(each, kind) for each, kind in zip(below, ("total", "whole"), strict=False))
    return HeatMap(
        topics=tuple((each.key, figures.words(each.short)) for each in scored),
        chosen=chosen.key if chosen else "",
        heads=heads,
        questions=tuple(figures.words(item.text) for item in items),
        rows=rows + totals,
        shared=() if chosen else _shared(scored, rows),
        anything_hidden=any(cell.score is None for each in rows + totals for cell in each.cells),
    )


def _shared(topics: Sequence[FormTopic], rows: Sequence[HeatRow]) -> tuple[Shared, ...]:
    found = []
    for place, topic in enumerate(topics):
        low = tuple(row.unit.name for row in rows if row.cells[place].level == "effort")
        if len(low) >= SAME_IN:
            found.append(Shared(figures.words(topic.title), low))
    return tuple(found)


# ---------------------------------------------------------------- one question over the levels


@dataclass(frozen=True)
class Choice:
    """A question to choose, under its topic."""

    topic: str
    key: str
    text: str


@dataclass(frozen=True)
class ItemRow:
    """One unit's answer to the question: a bar and its figures, or a share of yes in words."""

    unit: CampaignUnit
    shown: bool
    kind: str  # "own", "above" or "below"
    shares: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    score: int | None = None
    positive: int = 0
    critical: int = 0
    said: str = ""


@dataclass(frozen=True)
class ItemOverLevels:
    choices: tuple[Choice, ...]
    chosen: FactItem
    text: str
    is_yes: bool
    rows: tuple[ItemRow, ...]
    below_of: CampaignUnit | None
    extent: float
    ends: tuple[str, str]  # the words of the most critical and the most positive answer


def item_over_levels(
    unit: CampaignUnit, release: Release, visible: QuerySet[CampaignUnit], *, key: str | None
) -> ItemOverLevels:
    """One question: the unit, the levels above it, and one parent's children that the reader may see.

    The children are the unit's own, or for a unit with none the ones beside it. A question about krænkende adfærd or
    sick leave is told over the levels only: a row of neighbouring units would invite guessing. Four statements.
    """
    form = form_for(release.wave.questionnaire_id)
    items = [
        item
        for item in form.facts
        if item.on_its_own and item.option is None and not item.whole_only and item.kind in ("scale", "event")
    ]
    chosen = next((item for item in items if item.key == key), items[0])
    above = list(
        CampaignUnit.objects.filter(campaign=unit.campaign_id, unit_id__in=unit.path[:-1]).order_by("-position")
    )
    children, below_of = _children(unit, visible, above) if chosen.kind == "scale" else ([], None)
    facts = facts_of_item(release, [unit, *above, *children], chosen.key)
    rows = [_item_row(unit, chosen, facts, "own"), *(_item_row(each, chosen, facts, "above") for each in above)]
    rows += [_item_row(each, chosen, facts, "below") for each in children if each.pk != unit.pk]
    return ItemOverLevels(
        choices=_choices(form, items),
        chosen=chosen,
        text=figures.words(chosen.text),
        is_yes=chosen.kind == "event",
        rows=tuple(rows),
        below_of=below_of if any(row.kind == "below" for row in rows) else None,
        extent=max((charts.distribution_extent(row.shares) for row in rows if row.shares), default=0),
        ends=figures.ends_of(chosen),
    )


def _children(
    unit: CampaignUnit, visible: QuerySet[CampaignUnit], above: Sequence[CampaignUnit]
) -> tuple[list[CampaignUnit], CampaignUnit | None]:
    parents = [unit, *above[:1]]
    found = list(visible.filter(parent__in=parents).order_by("position"))
    for parent in parents:
        own = [each for each in found if each.parent_id == parent.pk]
        if own:
            return own, parent
    return [], None


def facts_of_item(release: Release, units: Sequence[CampaignUnit], key: str) -> dict[int, figures.Shown]:
    rows = Fact.objects.filter(release=release, unit__in=units, item=key, n__gt=0).values_list("unit_id", "n", "dist")
    return {unit: figures.Shown(n=n or 0, dist=tuple(dist or ())) for unit, n, dist in rows}


def _item_row(unit: CampaignUnit, item: FactItem, facts: Mapping[int, figures.Shown], kind: str) -> ItemRow:
    shown = facts.get(unit.pk)
    if shown is None:
        return ItemRow(unit, False, kind)
    if item.kind == "event":
        return ItemRow(unit, True, kind, said=yes_share(shown))
    bar = figures.bar_of(item, shown)
    return ItemRow(unit, True, kind, bar.shares, bar.names, bar.score, bar.positive, bar.critical)


def _choices(form: Form, items: Sequence[FactItem]) -> tuple[Choice, ...]:
    titles = {topic.key: figures.words(topic.title) for topic in form.anonymous}
    return tuple(
        Choice(titles[item.theme], item.key, yes_label(item) if item.kind == "event" else figures.words(item.text))
        for item in items
    )
