"""Arithmetic on shown distributions: means, shares, topic scores. Exact until the last rounding, half up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveys.questionnaires import FactItem


def mean_of(values: Sequence[int], dist: Sequence[int]) -> Fraction | None:
    """The mean of the points; None where nobody answered."""
    n = sum(dist)
    if not n:
        return None
    return Fraction(sum(value * count for value, count in zip(values, dist, strict=True)), n)


def whole(value: Fraction) -> int:
    """Rounded half up: the figure that is printed."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def share_of(values: Sequence[int], dist: Sequence[int], *, least: int = 0, most: int = 100) -> int:
    """Whole percent of the answers whose points lie from `least` to `most`."""
    n = sum(dist)
    inside = sum(count for value, count in zip(values, dist, strict=True) if least <= value <= most)
    return whole(Fraction(100 * inside, n)) if n else 0


@dataclass(frozen=True)
class TopicScore:
    """The mean of a topic's shown item means, and which items it is made of."""

    topic: str
    mean: int
    items: tuple[str, ...]
    of: int


def topic_scores(items: Iterable[FactItem], dists: Mapping[str, Sequence[int]]) -> list[TopicScore]:
    """Scores of one unit's topics: of shown items only, hidden when fewer than half of the scored ones are shown."""
    members: dict[str, list[FactItem]] = {}
    for item in items:
        if item.scored:
            members.setdefault(item.theme, []).append(item)
    scores = []
    for topic, all_items in members.items():
        means = {
            item.key: mean
            for item in all_items
            if item.key in dists and (mean := mean_of(item.values, dists[item.key])) is not None
        }
        if means and 2 * len(means) >= len(all_items):
            score = whole(sum(means.values(), Fraction(0)) / len(means))
            scores.append(TopicScore(topic, score, tuple(means), len(all_items)))
    return scores
