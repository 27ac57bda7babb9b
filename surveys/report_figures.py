"""The figures of one unit's report, each a function of facts: scores, bars, shares, the three and the three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation import charts
from organisation.templatetags.dates import percent
from surveys.questionnaires import FactItem, Form
from surveys.scores import mean_of, share_of, topic_scores, whole

FIVE_WAY_FROM = 10  # answers; below that the bar has three parts
STRENGTH, ATTENTION = 75, 50
NOTICEABLE = 5  # points; a smaller difference is not spoken of


@dataclass(frozen=True)
class Shown:
    """One fact: n answers and how they fall, or an earlier measurement's n and mean."""

    n: int
    dist: tuple[int, ...] = ()
    mean: Decimal | None = None
    minus: tuple[str, ...] = ()


Facts = Mapping[str, Shown]  # by item key; what is not there is hidden


def words(text: Mapping[str, str]) -> str:
    """A questionnaire text in the reader's language, Danish where there is none."""
    return text.get((get_language() or "da")[:2]) or text.get("da", "")


def short_question(text: Mapping[str, str]) -> str:
    """The first question of a longer text: «Er du blevet mobbet?»"""
    said = words(text)
    head, mark, _rest = said.partition("?")
    return head + mark


def single_name(item: FactItem) -> str:
    """The short name of an item that stands alone, beside its topic's name and as a column's head."""
    names = {"ka_know_where": _("ved, hvor man kan gå hen"), "sf_prevent_talk": _("taler om at forebygge")}
    return names.get(item.key) or words(item.text)


def level_of(score: int | None) -> str:
    if score is None:
        return ""
    return "strength" if score >= STRENGTH else "attention" if score >= ATTENTION else "effort"


def score_of(item: FactItem, facts: Facts) -> int | None:
    """The item's figure from 0 to 100 as it is printed, or None where it is hidden."""
    shown = facts.get(item.key)
    mean = mean_of(item.values, shown.dist) if shown and shown.dist else None
    return None if mean is None else whole(mean)


def scores_of(form: Form, facts: Facts) -> dict[str, int]:
    """The topic scores that may be shown."""
    dists = {key: shown.dist for key, shown in facts.items() if shown.dist}
    return {score.topic: score.mean for score in topic_scores(form.facts, dists)}


# ---------------------------------------------------------------- 0 to 100


@dataclass(frozen=True)
class Row:
    """One line of the table from 0 to 100 (partials/dots_table.html)."""

    label: str
    own: int | None
    workplace: int | None
    whole: int | None
    previous: int | None = None
    previous_text: str = ""
    level: str = ""
    sub: bool = False

    @property
    def shown(self) -> bool:
        return self.own is not None


@dataclass(frozen=True)
class Sources:
    """Where a report's figures come from: the unit, the report above it, the municipality, and earlier.

    `parent` and `whole` are empty where the unit has none or is itself. `earlier` maps an item of today to the
    earlier fact that it may be set beside: only approved links, only what was shown then.
    """

    form: Form
    own: Facts
    parent: Facts
    whole: Facts
    earlier: Mapping[str, Shown] = field(default_factory=dict)
    earlier_year: int | None = None

    def item(self, key: str) -> FactItem | None:
        return next((item for item in self.form.facts if item.key == key), None)


def earlier_score(source: Sources, key: str) -> int | None:
    shown = source.earlier.get(key)
    return whole(Fraction(shown.mean)) if shown is not None and shown.mean is not None else None


def topic_rows(source: Sources) -> list[Row]:
    """Scored topics with the items that can be compared, then the single items of the topics without a score."""
    own, parent, all_ = (scores_of(source.form, facts) for facts in (source.own, source.parent, source.whole))
    rows = []
    for topic in source.form.anonymous:
        items = [item for item in source.form.facts if item.theme == topic.key and item.on_its_own]
        if topic.scored:
            score = own.get(topic.key)
            rows.append(
                Row(
                    label=words(topic.title),
                    own=score,
                    workplace=parent.get(topic.key),
                    whole=all_.get(topic.key),
                    previous_text=_("andre spørgsmål"),
                    level=level_of(score),
                )
            )
            rows += [_item_row(source, item, sub=True) for item in items if item.key in source.earlier]
        else:
            rows += [
                _item_row(source, item, prefix=words(topic.short))
                for item in items
                if item.kind == "scale" and not item.whole_only
            ]
    return rows


def _item_row(source: Sources, item: FactItem, *, sub: bool = False, prefix: str = "") -> Row:
    own = score_of(item, source.own)
    return Row(
        label=f"{prefix}: {single_name(item)}" if prefix else words(item.text),
        own=own,
        workplace=score_of(item, source.parent),
        whole=score_of(item, source.whole),
        # A change from a figure that is hidden now would tell it: both or none.
        previous=earlier_score(source, item.key) if own is not None else None,
        previous_text="" if sub else _("nyt"),
        # Single items of krænkende adfærd and sygefravær stand without a level word: they are not a topic's grade.
        level="" if prefix else level_of(own),
        sub=sub,
    )


# ---------------------------------------------------------------- bars


@dataclass(frozen=True)
class Bar:
    """How the answers to one item fall, and the row of the table beside (partials/bars.html)."""

    question: str
    shown: bool
    shares: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    left: str = ""
    right: str = ""
    score: int | None = None
    whole: int | None = None
    positive: int = 0
    middle: int = 0
    critical: int = 0
    aside: str = ""
    more: str = ""


@dataclass(frozen=True)
class TopicSection:
    """A scored topic: its bars with one measure, and what its score is made of."""

    key: str
    title: str
    score: int | None
    level: str
    shown: int
    of: int
    bars: tuple[Bar, ...]
    extent: float
    asides: bool


def topic_sections(source: Sources, *, where_instead: str) -> list[TopicSection]:
    scores = scores_of(source.form, source.own)
    sections = []
    for topic in source.form.anonymous:
        if not topic.scored:
            continue
        items = [item for item in source.form.facts if item.theme == topic.key and item.scored]
        bars = tuple(_bar(source, item, where_instead) for item in items)
        sections.append(
            TopicSection(
                key=topic.key,
                title=words(topic.title),
                score=scores.get(topic.key),
                level=level_of(scores.get(topic.key)),
                shown=sum(1 for bar in bars if bar.shown),
                of=len(bars),
                bars=bars,
                extent=max((charts.distribution_extent(bar.shares) for bar in bars if bar.shown), default=0),
                asides=any(bar.aside for bar in bars),
            )
        )
    return sections


def _bar(source: Sources, item: FactItem, where_instead: str) -> Bar:
    question = words(item.text)
    shown = source.own.get(item.key)
    if shown is None or not shown.n:
        return Bar(question=question, shown=False, more=where_instead)
    by_value = sorted(zip(item.values, shown.dist, item.labels, strict=True), key=lambda part: part[0])
    if shown.n >= FIVE_WAY_FROM:
        shares = tuple(count for _value, count, _label in by_value)
        names = tuple(words(label) for _value, _count, label in by_value)
    else:
        shares = (
            sum(count for value, count, _label in by_value if value <= 25),
            sum(count for value, count, _label in by_value if 25 < value < 75),
            sum(count for value, count, _label in by_value if value >= 75),
        )
        names = (_("kritisk"), _("midt"), _("positiv"))
    positive = share_of(item.values, shown.dist, least=75)
    critical = share_of(item.values, shown.dist, most=25)
    return Bar(
        question=question,
        shown=True,
        shares=shares,
        names=names,
        left=words(by_value[0][2]),
        right=words(by_value[-1][2]),
        score=score_of(item, source.own),
        whole=score_of(item, source.whole),
        positive=positive,
        critical=critical,
        middle=max(0, 100 - positive - critical),
        aside=_aside(source, item),
    )


def _aside(source: Sources, item: FactItem) -> str:
    """«Ved ikke» has a fact of its own, for the whole municipality only."""
    shown = source.own.get(f"{item.key}.dk")
    return percent(100 * shown.dist[0] / shown.n) if shown and shown.n else ""


# ---------------------------------------------------------------- three and three


@dataclass(frozen=True)
class Point:
    """One of «tre at bevare» or «tre at tale om», with its reason."""

    question: str
    reason: str


def keep_and_talk(source: Sources) -> tuple[list[Point], list[Point]]:
    """By the score and the distance to the municipality. Only shown items of scored topics; no item in both."""
    ranked = []
    for item in source.form.facts:
        score = score_of(item, source.own) if item.scored else None
        if score is not None:
            whole_score = score_of(item, source.whole)
            distance = score - whole_score if whole_score is not None else 0
            ranked.append((score + distance, item, score, whole_score))
    ranked.sort(key=lambda row: -row[0])
    each = min(3, len(ranked) // 2)
    keep = ranked[:each]
    talk = ranked[len(ranked) - each :][::-1] if each else []

    def points(rows: list[tuple[int, FactItem, int, int | None]]) -> list[Point]:
        return [Point(words(item.text), _reason(source, item, score, beside)) for _rank, item, score, beside in rows]

    return points(keep), points(talk)


def _reason(source: Sources, item: FactItem, score: int, whole_score: int | None) -> str:
    then = source.earlier.get(item.key)
    before = earlier_score(source, item.key)
    own = source.own[item.key]
    if then is not None and before is not None and abs(score - before) >= NOTICEABLE:
        says = {"score": score, "before": before, "year": source.earlier_year}
        if own.n < 10 or then.n < 10:
            return _("%(score)s · %(before)s i %(year)s (få svar, tolkes med varsomhed)") % says
        if score > before:
            return _("%(score)s · op fra %(before)s i %(year)s") % says
        return _("%(score)s · ned fra %(before)s i %(year)s") % says
    if whole_score is not None:
        return _("%(score)s · kommunen %(whole)s") % {"score": score, "whole": whole_score}
    return str(score)


def invited_counted(invited: int, minus: Sequence[str], parts: Mapping[str, int]) -> int:
    """The invited people a response rate is about: without the parts whose answers count further up."""
    return max(1, invited - sum(parts.get(part, 0) for part in minus))
