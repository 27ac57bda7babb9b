"""Several reports at once: the list by organisation order, a level compared, and showing one to the staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from organisation import clock
from organisation.audit import audit
from organisation.models import CampaignUnit, Person
from surveys import report_figures as figures
from surveys.facts import ANSWERED
from surveys.models import Fact, Release, ReportShare
from surveys.questionnaires import FactItem, Form, form_for
from surveys.reports import facts_of


def place_in(visible: QuerySet[CampaignUnit], wanted: str | None) -> CampaignUnit | None:
    """Where the list stands: the unit asked for, else the highest one the reader may see."""
    if wanted:
        try:
            found = visible.filter(uuid=UUID(wanted)).first()
        except ValueError:
            found = None
        if found is not None:
            return found
    return visible.order_by("position").first()


@dataclass(frozen=True)
class ListRow:
    unit: CampaignUnit
    has_own: bool
    below: bool


def rows_of(visible: QuerySet[CampaignUnit], here: CampaignUnit | None, release: Release) -> list[ListRow]:
    """The place itself and what lies directly below it, with whether each has a report of its own."""
    if here is None:
        return []
    own = Fact.objects.filter(release=release, unit=OuterRef("pk"), item=ANSWERED, n__gt=0)
    deeper = visible.filter(parent=OuterRef("pk"))
    units = (
        (visible.filter(pk=here.pk) | visible.filter(parent=here))
        .annotate(has_own=Exists(own), has_below=Exists(deeper.values("pk")))
        .order_by("position")
    )
    return [ListRow(unit, unit.has_own, unit.has_below and unit.pk != here.pk) for unit in units]


def path_of(visible: QuerySet[CampaignUnit], here: CampaignUnit | None) -> list[CampaignUnit]:
    if here is None:
        return []
    return list(visible.filter(unit_id__in=here.path).exclude(pk=here.pk).order_by("position"))


@transaction.atomic
def report_share(unit: CampaignUnit, release: Release, *, by: Person) -> ReportShare:
    """Show the report to the staff. Twice is once."""
    share, made = ReportShare.objects.get_or_create(release=release, unit=unit, defaults={"by": by, "at": clock.now()})
    if made:
        audit("report_shared", unit, actor=by, unit=unit.unit_id, release=str(release.uuid))
    return share


# ---------------------------------------------------------------- a level compared


@dataclass(frozen=True)
class Cell:
    score: int | None
    level: str


@dataclass(frozen=True)
class CompareRow:
    unit: CampaignUnit
    has_own: bool
    cells: tuple[Cell, ...]
    has_below: bool
    total: bool = False


@dataclass(frozen=True)
class Comparison:
    heads: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    anything_hidden: bool


def comparison_of(unit: CampaignUnit, release: Release, visible: QuerySet[CampaignUnit]) -> Comparison:
    """Scores of the topics and single items for one unit's children, in the organisation's order, and the unit."""
    form = form_for(release.wave.questionnaire_id)
    children = list(
        visible.filter(parent=unit)
        .annotate(deeper=Exists(CampaignUnit.objects.filter(parent=OuterRef("pk"))))
        .order_by("position")
    )
    facts = facts_of(release, [unit.pk, *(child.pk for child in children)])
    scored = [topic for topic in form.anonymous if topic.scored]
    single = [
        item
        for item in form.facts
        if item.kind == "scale" and item.of is None and not item.whole_only and not item.scored
    ]
    rows = [
        CompareRow(
            child, ANSWERED in facts.get(child.pk, {}), _cells(form, single, facts.get(child.pk, {})), child.deeper
        )
        for child in children
    ]
    rows.append(
        CompareRow(unit, ANSWERED in facts.get(unit.pk, {}), _cells(form, single, facts.get(unit.pk, {})), False, True)
    )
    heads = [figures.words(topic.short) for topic in scored]
    topics = {topic.key: figures.words(topic.short) for topic in form.anonymous}
    heads += [f"{topics[item.theme]}: {figures.single_name(item)}" for item in single]
    hidden = any(cell.score is None for row in rows for cell in row.cells)
    return Comparison(tuple(heads), tuple(rows), hidden)


def _cells(form: Form, single: list[FactItem], facts: figures.Facts) -> tuple[Cell, ...]:
    scores = figures.scores_of(form, facts)
    found = [scores.get(topic.key) for topic in form.anonymous if topic.scored]
    found += [figures.score_of(item, facts) for item in single]
    return tuple(Cell(score, figures.level_of(score)) for score in found)
