"""From traces to a verdict: how many people can be matched, how many chance would match, how surprising that is.

The attacker has two sequences: where people left a trace, and where envelopes lie, both in the order of time as far as
the place tells it. For each person they point at the envelope from the person's own unit that lies at the same part of
its sequence. A guess hits with 1 in the number of that unit's envelopes, so the hits of guessing are at most as spread
as Poisson's; a place is a leak when so many hits would come by chance less than once in a million.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass

from trivsel.linkage.people import Crowd
from trivsel.linkage.traces import Trace

SURPRISING = 1e-6


@dataclass(frozen=True)
class Match:
    """One pair of places, tried."""

    people_where: str
    envelopes_where: str
    people: int
    hits: int
    by_chance: float
    probability: float

    @property
    def is_leak(self) -> bool:
        return self.probability < SURPRISING


def at_least(hits: int, mean: float) -> float:
    """The probability of so many or more by chance (Poisson)."""
    if hits <= mean:
        return 1.0
    term = math.exp(-mean + hits * math.log(mean) - math.lgamma(hits + 1)) if mean > 0 else 0.0
    total, at = 0.0, hits
    while term > total * 1e-12 or at < hits + 5:
        total += term
        at += 1
        term *= mean / at
        if term == 0.0:
            break
    return min(1.0, total)


def match(people: Trace, envelopes: Trace, crowd: Crowd) -> Match:
    """Try one pair. Each trace's order is taken as it is."""
    of_unit: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for rank, owner in enumerate(envelopes.envelopes):
        of_unit[crowd.unit_of(owner)].append(((rank + 0.5) / len(envelopes.envelopes), owner))
    hits, by_chance = 0, 0.0
    for rank, person in enumerate(people.people):
        candidates = of_unit.get(crowd.unit_of(person), [])
        if not candidates:
            continue
        place = (rank + 0.5) / len(people.people)
        at = bisect_left(candidates, (place, -1))
        nearest = min(candidates[max(0, at - 1) : at + 1], key=lambda candidate: abs(candidate[0] - place))
        hits += nearest[1] == person
        by_chance += 1 / len(candidates) if any(owner == person for _at, owner in candidates) else 0.0
    return Match(people.where, envelopes.where, len(people.people), hits, by_chance, at_least(hits, by_chance))


def split(trace: Trace, crowd: Crowd) -> tuple[Trace, Trace]:
    """The people of a trace who put their name on a physical report themselves, and all others."""
    named = [number for number in trace.people if number in crowd.named]
    others = [number for number in trace.people if number not in crowd.named]
    return Trace(trace.where, named), Trace(trace.where, others)
