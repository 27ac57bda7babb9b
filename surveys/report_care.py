"""Yes and no in a report: krænkende adfærd and sygefravær, where few are not counted out. No score and no chart."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from organisation.templatetags.dates import percent
from surveys.questionnaires import FactItem, FormItem, FormTopic
from surveys.report_figures import Shown, Sources, short_question, words

ZERO_FROM = 10  # answers; below that nought is not told from «færre end 5»
FEW = 5  # a count of yes below this is not printed
# Who stood behind is not told as «leader» where a level may have fewer than five of them.
LEADER_OPTIONS = ("leader", "other_leader", "led")


def yes_of(shown: Shown) -> int:
    """How many said yes: everything but the last category of an event."""
    return sum(shown.dist[:-1])


def yes_share(shown: Shown | None) -> str:
    """What is printed for yes of n: a share, «færre end 5», 0 from ten answers; None where the fact is hidden."""
    if shown is None:
        return ""
    return _yes_words(yes_of(shown), shown.n)


def _yes_words(yes: int, n: int) -> str:
    if yes == 0 and n >= ZERO_FROM:
        return "0"
    if yes < FEW:
        return _("færre end 5")
    return percent(100 * yes / n)


@dataclass(frozen=True)
class YesRow:
    """One yes/no question across the levels; an empty text is hidden."""

    label: str
    own: str
    beside: tuple[str, ...] = ()  # the levels above, in their order
    earlier: str = ""


@dataclass(frozen=True)
class FollowUp:
    """A follow-up of a yes: the answers that at least five gave, and whether others gave fewer («few»)."""

    question: str
    rows: tuple[tuple[str, str], ...]
    few: bool


@dataclass(frozen=True)
class FollowUps:
    """All follow-ups of one question that can be told here."""

    about: str
    questions: tuple[FollowUp, ...]


@dataclass(frozen=True)
class CareSection:
    """Krænkende adfærd or sygefravær: rows, follow-ups, no score and no chart."""

    key: str
    title: str
    rows: tuple[YesRow, ...]
    follow_ups: tuple[FollowUps, ...]
    has_earlier: bool = False


def care_sections(source: Sources, *, leaders_told: bool) -> dict[str, CareSection]:
    """The topics without a score. `leaders_told`: this level is large enough to say that it was a leader."""
    sections = {}
    for topic in source.form.anonymous:
        if topic.scored:
            continue
        rows = tuple(_yes_rows(source, topic))
        follow_ups = tuple(made for top in topic.items if (made := _follow_ups(source, top, leaders_told)).questions)
        sections[topic.key] = CareSection(
            topic.key, words(topic.title), rows, follow_ups, any(row.earlier for row in rows)
        )
    return sections


def yes_label(item: FactItem) -> str:
    """A yes/no question in a row: its first sentence, and the two halves of the one about sick leave in words."""
    names = {
        "sf_sick_leave": _("Har haft sygefravær"),
        "sf_work_contributed": _("Forhold på arbejdet har været med til at give fravær (af dem, der har haft fravær)"),
    }
    return names.get(item.key) or short_question(item.text)


def _yes_rows(source: Sources, topic: FormTopic) -> list[YesRow]:
    rows = []
    for item in source.form.facts:
        if item.theme != topic.key or item.kind != "event" or not item.on_its_own or item.option is not None:
            continue
        if item.whole_only and item.key not in source.own:
            continue  # for the whole municipality only
        rows.append(
            YesRow(
                label=yes_label(item),
                own=yes_share(source.own.get(item.key)),
                beside=tuple(yes_share(level.facts.get(item.key)) for level in source.levels),
                earlier=_earlier_share(source, item),
            )
        )
    return rows


def _earlier_share(source: Sources, item: FactItem) -> str:
    """An earlier share, where at least five said yes in both years."""
    then, now = source.earlier.get(item.key), source.own.get(item.key)
    if then is None or then.mean is None or now is None or yes_of(now) < FEW or then.n * then.mean < 100 * FEW:
        return ""
    return percent(then.mean)


def _follow_ups(source: Sources, top: FormItem, leaders_told: bool) -> FollowUps:
    made = (_follow_up(source, child, leaders_told) for child in top.walk() if child is not top)
    return FollowUps(short_question(top.text), tuple(follow for follow in made if follow is not None))


def _follow_up(source: Sources, child: FormItem, leaders_told: bool) -> FollowUp | None:
    rows: list[tuple[str, str]] = []
    if child.kind == "many":
        for option in child.own_options:
            shown = source.own.get(f"{child.key}.{option.key}")
            told = leaders_told or not (child.key.endswith("_who") and option.key in LEADER_OPTIONS)
            if shown is not None and told:
                rows.append((words(option.label), yes_share(shown)))
    else:
        shown = source.own.get(child.key)
        if shown is not None:
            rows = [
                (words(option.label), _yes_words(count, shown.n))
                for option, count in zip(child.own_options, shown.dist, strict=True)
            ]
    told_rows = tuple((label, said) for label, said in rows if said.endswith("%"))
    if not told_rows:
        return None
    return FollowUp(words(child.text), told_rows, few=len(told_rows) < len(rows))
