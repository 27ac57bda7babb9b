"""The figures of one unit's report, each a function of facts: scores, bars, shares, the three and the three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation import charts
from organisation.templatetags.dates import percent
from surveys import report_words
from surveys.questionnaires import FactItem, Form
from surveys.scores import mean_of, share_of, topic_scores, whole

FIVE_WAY_FROM = 10  # answers; below that the bar has three parts
STRENGTH, ATTENTION = 75, 50
NOTICEABLE = 5  # points; a smaller difference is not spoken of
ARROW_FROM = 10  # answers in both; with fewer a difference is said with a caution


@dataclass(frozen=True)
class Shown:
    """One fact: n answers and how they fall, or an earlier measurement's n and mean."""

    n: int
    dist: tuple[int, ...] = ()
    mean: Decimal | None = None
    minus: tuple[str, ...] = ()


Facts = Mapping[str, Shown]  # by item key; what is not there is hidden
Figure = tuple[int, int]  # a score as printed, and how many answers it stands on


@dataclass(frozen=True)
class LevelAbove:
    """One level that the report is set beside: its name as a column's head, and its facts."""

    name: str
    facts: Facts
    municipality: bool


# ---------------------------------------------------------------- differences


@dataclass(frozen=True)
class Beside:
    """Another level's or another year's figure, and in words how far ours lies from it (domain.md 3.1)."""

    score: int | None = None
    says: str = ""
    text: str = ""  # stands in place of a figure


NOTHING = Beside()


def beside(own: Figure | None, other: Figure | None) -> Beside:
    """From five points: an arrow with ten answers in both, in brackets with fewer. Below that nothing is said."""
    if other is None:
        return NOTHING
    if own is None:
        return Beside(other[0])
    distance = own[0] - other[0]
    if abs(distance) < NOTICEABLE:
        return Beside(other[0])
    said = {"n": abs(distance)}
    if own[1] >= ARROW_FROM and other[1] >= ARROW_FROM:
        return Beside(other[0], (_("↑ %(n)d over") if distance > 0 else _("↓ %(n)d under")) % said)
    return Beside(other[0], (_("(%(n)d over)") if distance > 0 else _("(%(n)d under)")) % said)


def topic_figures(form: Form, facts: Facts) -> dict[str, Figure]:
    """Topic scores with the answers behind their thinnest item."""
    dists = {key: shown.dist for key, shown in facts.items() if shown.dist}
    return {
        score.topic: (score.mean, min(facts[key].n for key in score.items)) for score in topic_scores(form.facts, dists)
    }


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
    return {topic: figure[0] for topic, figure in topic_figures(form, facts).items()}


# ---------------------------------------------------------------- 0 to 100


@dataclass(frozen=True)
class Row:
    """One line of the table from 0 to 100 (partials/dots_table.html); `beside` follows the levels above, in order."""

    label: str
    own: int | None
    beside: tuple[Beside, ...] = ()
    workplace: int | None = None  # the marks of the drawing: the nearest level's diamond, the municipality's stroke
    whole: int | None = None
    previous: Beside = NOTHING
    level: str = ""
    sub: bool = False
    single: bool = False  # an item of a topic without a score
    short: str = ""

    @property
    def shown(self) -> bool:
        return self.own is not None


@dataclass(frozen=True)
class Sources:
    """Where a report's figures come from: the unit, the levels above it from the nearest up, and earlier.

    `levels` has at most three: the nearest report above, the afdeling, the municipality; none twice, never the unit
    itself. `earlier` maps an item or topic of today to the earlier fact that it may be set beside: only approved
    links, only what was shown then. `linked` are the items that have a predecessor at all, approved or not.
    """

    form: Form
    own: Facts
    levels: tuple[LevelAbove, ...] = ()
    earlier: Mapping[str, Shown] = field(default_factory=dict)
    earlier_year: int | None = None
    linked: frozenset[str] = frozenset()
    year: int = 0

    @property
    def whole(self) -> Facts:
        """The municipality's facts; empty where the report is its own."""
        return next((level.facts for level in self.levels if level.municipality), {})


def earlier_score(source: Sources, key: str) -> int | None:
    shown = source.earlier.get(key)
    return whole(Fraction(shown.mean)) if shown is not None and shown.mean is not None else None


def beside_item(source: Sources, item: FactItem) -> tuple[Beside, ...]:
    """The item's figure at each level above, and how far ours lies from it."""
    own = figure_of(item, source.own)
    return tuple(beside(own, figure_of(item, level.facts)) for level in source.levels)


def figure_of(item: FactItem, facts: Facts) -> Figure | None:
    score = score_of(item, facts)
    return None if score is None else (score, facts[item.key].n)


def beside_earlier(source: Sources, own: Figure | None, key: str) -> Beside:
    """A change from a figure that is hidden now would tell it: both or none."""
    before = earlier_score(source, key)
    if own is None or before is None:
        return NOTHING
    return beside(own, (before, source.earlier[key].n))


def topic_rows(source: Sources) -> list[Row]:
    """Scored topics with the items that can be compared, then the single items of the topics without a score."""
    own = topic_figures(source.form, source.own)
    levels = [topic_figures(source.form, level.facts) for level in source.levels]
    rows = []
    for topic in source.form.anonymous:
        items = [item for item in source.form.facts if item.theme == topic.key and item.on_its_own]
        if topic.scored:
            figure = own.get(topic.key)
            others = tuple(beside(figure, level.get(topic.key)) for level in levels)
            rows.append(
                _row(
                    source,
                    words(topic.title),
                    figure,
                    others,
                    previous=_topic_before(source, topic.key, figure, [item.key for item in items]),
                    level=level_of(figure[0] if figure else None),
                    short=words(topic.short),
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


def _row(source: Sources, label: str, figure: Figure | None, others: tuple[Beside, ...], **more: Any) -> Row:
    marks = dict(zip((level.municipality for level in reversed(source.levels)), reversed(others), strict=True))
    return Row(
        label=label,
        own=figure[0] if figure else None,
        beside=others,
        workplace=marks[False].score if False in marks else None,
        whole=marks[True].score if True in marks else None,
        **more,
    )


def _topic_before(source: Sources, topic: str, figure: Figure | None, items: list[str]) -> Beside:
    """An earlier figure on an approved link of the whole topic; else the word for why there is none."""
    found = beside_earlier(source, figure, topic)
    if found.score is not None:
        return found
    if source.linked.isdisjoint(items):
        return Beside(text=_("nyt emne i %(year)s") % {"year": source.year})
    return Beside(text=_("andre spørgsmål"))


def _item_row(source: Sources, item: FactItem, *, sub: bool = False, prefix: str = "") -> Row:
    figure = figure_of(item, source.own)
    previous = beside_earlier(source, figure, item.key)
    return _row(
        source,
        f"{prefix}: {single_name(item)}" if prefix else words(item.text),
        figure,
        beside_item(source, item),
        previous=Beside(text=_("nyt")) if not sub and previous.score is None else previous,
        # Single items of krænkende adfærd and sygefravær stand without a level word: they are not a topic's grade.
        level="" if prefix else level_of(figure[0] if figure else None),
        sub=sub,
        single=bool(prefix),
    )


# ---------------------------------------------------------------- bars


@dataclass(frozen=True)
class Bar:
    """How the answers to one item fall, and the row of the table beside (partials/bars.html)."""

    key: str
    question: str
    shown: bool
    shares: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    left: str = ""
    right: str = ""
    score: int | None = None
    beside: tuple[Beside, ...] = ()
    previous: Beside = NOTHING
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
    has_earlier: bool

    @property
    def lead(self) -> str:
        return report_words.topic_lead(self.score, self.shown, self.of)


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
                has_earlier=any(bar.previous.score is not None for bar in bars),
            )
        )
    return sections


def _bar(source: Sources, item: FactItem, where_instead: str) -> Bar:
    shown = source.own.get(item.key)
    if shown is None or not shown.n:
        beside_hidden = beside_item(source, item)
        return Bar(item.key, words(item.text), shown=False, beside=beside_hidden, more=where_instead)
    return replace(
        bar_of(item, shown),
        beside=beside_item(source, item),
        previous=beside_earlier(source, figure_of(item, source.own), item.key),
        aside=_aside(source, item),
    )


def ends_of(item: FactItem) -> tuple[str, str]:
    """The words of the most critical and of the most positive answer."""
    by_value = sorted(zip(item.values, item.labels, strict=True), key=lambda part: part[0])
    return words(by_value[0][1]), words(by_value[-1][1])


def bar_of(item: FactItem, shown: Shown) -> Bar:
    """How the answers of one shown fact fall: three parts for five to nine answers, from ten as many as asked."""
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
        key=item.key,
        question=words(item.text),
        shown=True,
        shares=shares,
        names=names,
        left=ends_of(item)[0],
        right=ends_of(item)[1],
        score=score_of(item, {item.key: shown}),
        positive=positive,
        critical=critical,
        middle=max(0, 100 - positive - critical),
    )


def _aside(source: Sources, item: FactItem) -> str:
    """«Ved ikke» has a fact of its own, for the whole municipality only."""
    shown = source.own.get(f"{item.key}.dk")
    return percent(100 * shown.dist[0] / shown.n) if shown and shown.n else ""


def invited_counted(invited: int, minus: Sequence[str], parts: Mapping[str, int]) -> int:
    """The invited people a response rate is about: without the parts whose answers count further up."""
    return max(1, invited - sum(parts.get(part, 0) for part in minus))
