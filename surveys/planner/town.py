"""What the planner is given: units, items and counts. Never an answer, a person or a date.

Every count is that of the people placed *directly* on a unit (an atom, in the words of the
anonymity specification); the planner adds up the tree itself.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

FLOOR = 5  # the promise to employees; a campaign may ask for more, never for less
KINDS = ("scale", "event")


class TownError(ValueError):
    """The input cannot be planned; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question (or one option of a multiple-choice question).

    `values` are the points of the categories, in the order in which the answers are counted.
    An `event` runs from «yes» to «no»: everybody may have said no, nobody may read that everybody
    said yes. `threshold` is the least number of answers in a block (None: the town's k).
    `of` names the item whose answer opens this one. `whole_only` items are shown for the whole
    town and nowhere below («ved ikke», «ønsker ikke at svare», whether somebody was ill at all).
    `beside` names the item that a whole-only item counts along with («ved ikke» beside its question): the two
    are about the same people, for otherwise one n less the other would count those whom one of them leaves out.
    `scored`: part of its theme's score (None: scale items that are not follow-ups).
    """

    id: str
    theme: str = ""
    values: Sequence[int] = (0, 25, 50, 75, 100)
    kind: str = "scale"
    threshold: int | None = None
    of: str | None = None
    whole_only: bool = False
    scored: bool | None = None
    beside: str | None = None

    def counts_in_theme(self) -> bool:
        if self.scored is not None:
            return self.scored
        return self.kind == "scale" and self.of is None and not self.whole_only


@dataclass(frozen=True, slots=True)
class Theme:
    """A topic; `scored` is False where a topic score would mean nothing (krænkende adfærd, sygefravær)."""

    id: str
    scored: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with the counts of the people placed directly on it.

    `weight` multiplies the employees under the unit in the objective: raise it for arbejdspladser
    to let their reports win over those of single enheder. `own_report` is False where the unit was put
    into a report group before opening: the group, a unit above it, has the report.
    """

    id: str
    parent: str | None
    employees: int
    respondents: int
    answers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    name: str = ""
    weight: float = 1
    own_report: bool = True


@dataclass(frozen=True, slots=True)
class Town:
    """Everything that decides what may be shown. `cap`: the largest share of a report's answers
    that it may leave out. The objective: a shown unit earns one point per employee under it (times
    the unit's weight) and `own` points more per employee placed directly on it; an answer left out
    of a report costs `mu` points."""

    units: Sequence[Unit]
    items: Sequence[Item]
    k: int = FLOOR
    cap: float = 0.1
    mu: float = 1
    own: float = 1
    unanimity: bool = True
    themes: Sequence[Theme] = ()
    wave: str = ""
    release: str | int = 1

    def __post_init__(self) -> None:
        _check_settings(self)
        _check_items(self)
        _check_units(self)

    def threshold(self, item: Item) -> int:
        """Least number of answers to `item` in a block; never below the town's k."""
        return self.k if item.threshold is None else max(item.threshold, self.k)

    def cap_fraction(self) -> Fraction:
        return Fraction(str(self.cap))


def _check_settings(town: Town) -> None:
    if town.k < FLOOR:
        raise TownError(f"k is {town.k}; it is never below {FLOOR}")
    if not 0 <= town.cap < 1:
        raise TownError(f"cap is {town.cap}; it is a share from 0 to below 1")
    if town.mu < 0:
        raise TownError(f"mu is {town.mu}; it cannot be negative")
    if town.own < 0:
        raise TownError(f"own is {town.own}; it cannot be negative")


def _check_items(town: Town) -> None:
    known: dict[str, Item] = {}
    for item in town.items:
        where = f"item {item.id!r}"
        if item.id in known:
            raise TownError(f"{where} is there twice")
        if item.kind not in KINDS:
            raise TownError(f"{where}: kind is {item.kind!r}, known are {', '.join(KINDS)}")
        if len(item.values) < 2:
            raise TownError(f"{where}: values needs at least two categories")
        if item.threshold is not None and item.threshold < FLOOR:
            raise TownError(f"{where}: threshold is {item.threshold}; it is never below {FLOOR}")
        if item.of is not None and item.of not in known:
            raise TownError(f"{where}: follows {item.of!r}, which is not an item before it")
        if item.beside is not None and (item.beside not in known or not item.whole_only):
            raise TownError(f"{where}: beside {item.beside!r}, which asks for an item before it, and for whole_only")
        known[item.id] = item


def _check_units(town: Town) -> None:
    width = {item.id: len(item.values) for item in town.items}
    parent_of: dict[str, str | None] = {}
    for unit in town.units:
        where = f"unit {unit.id!r}"
        if unit.id in parent_of:
            raise TownError(f"{where} is there twice")
        if "#" in unit.id:
            raise TownError(f"{where}: an id cannot hold «#», which marks the people placed directly on a unit")
        parent_of[unit.id] = unit.parent
        if unit.employees < 0 or unit.respondents < 0:
            raise TownError(f"{where}: employees and respondents are counts, 0 or more")
        for item_id, counts in unit.answers.items():
            if item_id not in width:
                raise TownError(f"{where}: answers to {item_id!r}, which is not an item")
            if len(counts) != width[item_id]:
                raise TownError(f"{where}, item {item_id!r}: {len(counts)} counts for {width[item_id]} values")
            if min(counts) < 0:
                raise TownError(f"{where}, item {item_id!r}: a count is negative")
            if sum(counts) > unit.respondents:
                raise TownError(f"{where}, item {item_id!r}: {sum(counts)} answers from {unit.respondents} respondents")
    roots = [unit_id for unit_id, parent in parent_of.items() if parent is None]
    if len(roots) != 1:
        raise TownError(f"units: exactly one unit has no parent; here {len(roots)} have none: {roots[:5]}")
    for unit_id, parent in parent_of.items():
        if parent is not None and parent not in parent_of:
            raise TownError(f"unit {unit_id!r}: parent {parent!r} is not a unit")
    reached = set(roots)
    for unit_id in parent_of:
        path = []
        at: str | None = unit_id
        while at is not None and at not in reached:
            path.append(at)
            reached.add(at)
            at = parent_of[at]
            if at in path:
                raise TownError(f"unit {unit_id!r}: its parents go round in a circle")


# --- reading the JSON of `plan_release` -------------------------------------------------------


def town_from_json(data: Any) -> Town:
    """A Town from the input format of `bin/manage plan_release` (parsed JSON).

    Raises TownError with what is wrong and where.
    """
    if not isinstance(data, dict):
        raise TownError("the file holds no JSON object")
    return Town(
        units=[_unit(raw, f"units[{i}]") for i, raw in enumerate(_list(data, "units", "the file"))],
        items=[_item(raw, f"items[{i}]") for i, raw in enumerate(_list(data, "items", "the file"))],
        themes=[_theme(raw, f"themes[{i}]") for i, raw in enumerate(_list(data, "themes", "the file", []))],
        k=_whole(data, "k", "the file", FLOOR),
        cap=_number(data, "cap", "the file", 0.1),
        mu=_number(data, "mu", "the file", 1),
        own=_number(data, "own", "the file", 1),
        unanimity=_flag(data, "unanimity", "the file", True),
        wave=str(data.get("wave", "")),
        release=data.get("release", 1),
    )


def _item(raw: Any, where: str) -> Item:
    raw = _object(raw, where)
    item_id = _text(raw, "id", where)
    where = f"{where} ({item_id})"
    values = _list(raw, "values", where)
    if not all(_is_number(value) for value in values):
        raise TownError(f"{where}: values are numbers, here {json.dumps(values)[:60]}")
    return Item(
        id=item_id,
        theme=_text(raw, "theme", where, ""),
        values=tuple(values),
        kind=_text(raw, "kind", where, "scale"),
        threshold=None if raw.get("threshold") is None else _whole(raw, "threshold", where, FLOOR),
        of=None if raw.get("of") is None else _text(raw, "of", where),
        whole_only=_flag(raw, "whole_only", where, False),
        scored=None if raw.get("scored") is None else _flag(raw, "scored", where, True),
        beside=None if raw.get("beside") is None else _text(raw, "beside", where),
    )


def _theme(raw: Any, where: str) -> Theme:
    raw = _object(raw, where)
    return Theme(id=_text(raw, "id", where), scored=_flag(raw, "scored", where, True))


def _unit(raw: Any, where: str) -> Unit:
    raw = _object(raw, where)
    unit_id = _text(raw, "id", where)
    where = f"{where} ({unit_id})"
    answers = _object(raw.get("answers", {}), f"{where}.answers")
    for item_id, counts in answers.items():
        if not isinstance(counts, list) or not all(type(count) is int for count in counts):
            raise TownError(f"{where}.answers.{item_id}: a list of whole numbers, here {json.dumps(counts)[:60]}")
    return Unit(
        id=unit_id,
        parent=None if raw.get("parent") is None else _text(raw, "parent", where),
        employees=_whole(raw, "employees", where),
        respondents=_whole(raw, "respondents", where),
        answers=answers,
        name=_text(raw, "name", where, ""),
        weight=_number(raw, "weight", where, 1),
        own_report=_flag(raw, "own_report", where, True),
    )


def _object(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise TownError(f"{where}: an object is expected, here {json.dumps(raw)[:60]}")
    return raw


def _list(raw: dict[str, Any], key: str, where: str, default: list[Any] | None = None) -> list[Any]:
    value = raw.get(key, default)
    if not isinstance(value, list):
        raise TownError(f"{where}: {key!r} is missing or not a list")
    return value


def _text(raw: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = raw.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise TownError(f"{where}: {key!r} is missing or not a text")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(raw: dict[str, Any], key: str, where: str, default: int | None = None) -> int:
    value = raw.get(key, default)
    if type(value) is not int:
        raise TownError(f"{where}: {key!r} is missing or not a whole number")
    return value


def _number(raw: dict[str, Any], key: str, where: str, default: float) -> float:
    value = raw.get(key, default)
    if not _is_number(value):
        raise TownError(f"{where}: {key!r} is not a number")
    return value


def _flag(raw: dict[str, Any], key: str, where: str, default: bool) -> bool:
    value = raw.get(key, default)
    if not isinstance(value, bool):
        raise TownError(f"{where}: {key!r} is true or false")
    return value
