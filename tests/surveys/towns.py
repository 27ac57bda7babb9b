"""Small towns for the tests of the planner and the auditor: `town({"P": (n, {...})})` and random ones."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from surveys.planner import Item, Town, Unit

YES_NO = (1, 0)


def spread(n: int, width: int = 5) -> list[int]:
    """n answers over the first two of `width` categories, so mixed as soon as there are two."""
    return [n - n // 2, n // 2] + [0] * (width - 2)


def town(
    shape: Mapping[str, tuple[str | None, int | Sequence[int]]],
    *,
    item: Item | None = None,
    more: Mapping[str, Mapping[str, Sequence[int]]] | None = None,
    items: Sequence[Item] = (),
    **settings: Any,
) -> Town:
    """A town of one item (or `items`): unit -> (parent, direct answers as n or distribution).

    `more` gives further items' direct answers: item -> unit -> distribution.
    """
    first = item or (items[0] if items else Item("j"))
    units = []
    for unit, (parent, counts) in shape.items():
        row = spread(counts, len(first.values)) if isinstance(counts, int) else list(counts)
        answers = {first.id: row, **{name: rows[unit] for name, rows in (more or {}).items() if unit in rows}}
        people = max(sum(given) for given in answers.values())
        units.append(Unit(unit, parent, people, people, answers))
    return Town(units, items or [first], **settings)


def random_town(seed: int, *, units: int, items: Sequence[Item], biggest: int = 9, **settings: Any) -> Town:
    """A random tree with random counts; small units and equal answers are common, as that is where it is hard."""
    rng = random.Random(seed)
    made = []
    for i in range(units):
        parent = None if i == 0 else f"u{rng.randrange(max(0, i - 6), i)}"
        people = rng.choice([0, 0, 1, 2, 3, 4, *range(5, biggest + 1)])
        if i == 0:
            people += rng.choice([0, 20])
        answers: dict[str, list[int]] = {}
        for item in items:
            asked = people if item.of is None else answers[item.of][0]
            n = sum(rng.random() < 0.9 for _ in range(asked))
            if item.beside is not None:  # those who answered the question, and a few who said «ved ikke»
                few = rng.choice([0, 0, 1])
                answers[item.id] = [few, sum(answers[item.beside])]
                people = max(people, sum(answers[item.id]))
                continue
            question = item.id.rpartition(".")[0]
            n = next((sum(row) for name, row in answers.items() if question and name.startswith(question + ".")), n)
            tilt = rng.choice([0.1, 0.5, 0.95])
            row = [0] * len(item.values)
            for _ in range(n):
                row[0 if rng.random() < tilt else rng.randrange(len(row))] += 1
            answers[item.id] = row
        made.append(Unit(f"u{i}", parent, people + rng.choice([0, 0, 2]), people, answers))
    return Town(made, items, **settings)
