"""«Tre at bevare, tre at tale om»: what a unit's meeting begins with, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.questionnaires import FactItem
from surveys.report_figures import ARROW_FROM, NOTICEABLE, Sources, earlier_score, ends_of, score_of, words


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
    said = _compared(source, item, score, whole_score)
    if item.values[0] > item.values[-1]:
        # «Hvor ofte går arbejdet ud over …» among what is to be kept reads as bad news without this.
        return said + " · " + _("100 er «%(best)s»") % {"best": ends_of(item)[1]}
    return said


def _compared(source: Sources, item: FactItem, score: int, whole_score: int | None) -> str:
    then = source.earlier.get(item.key)
    before = earlier_score(source, item.key)
    own = source.own[item.key]
    if then is not None and before is not None and abs(score - before) >= NOTICEABLE:
        says = {"score": score, "before": before, "year": source.earlier_year}
        if own.n < ARROW_FROM or then.n < ARROW_FROM:
            return _("%(score)s · %(before)s i %(year)s (få svar, tolkes med varsomhed)") % says
        if score > before:
            return _("%(score)s · op fra %(before)s i %(year)s") % says
        return _("%(score)s · ned fra %(before)s i %(year)s") % says
    if whole_score is not None:
        return _("%(score)s · kommunen %(whole)s") % {"score": score, "whole": whole_score}
    return _("%(score)s af 100") % {"score": score}
