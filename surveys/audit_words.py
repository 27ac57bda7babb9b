"""What the auditor says: a violation and its derivation in words.

Part of the independent auditor; shares no code with the planner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from surveys.audit_algebra import Derived
from surveys.audit_export import Export, People, Rational


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that can be worked out. `people` names whom it is about, `answers` how many of them (None:
    not known exactly), `derivation` says in words how it is done."""

    kind: str
    wave: str
    item: str
    people: tuple[str, ...]
    answers: int | None
    derivation: str
    known: bool = False

    def sentence(self) -> str:
        """One line for a list: what kind, where, whom it is about, and how it is done."""
        wave = f"wave {self.wave}, " if self.wave else ""
        return f"[{self.kind}] {wave}about {', '.join(self.people) or 'nobody'}: {self.derivation}"


def violation(
    kind: str, export: Export, item: str, people: People, atoms: Iterable[int], answers: int | None, derivation: str
) -> Violation:
    return Violation(
        kind, export.wave, item, export.describe(atoms, people), answers, f"{item}: {derivation}", export.imported
    )


def formula(derived: Derived) -> str:
    """«P (24) − A (12) − B (9)»: the figures used, each with its n."""
    several = len({figure.release for _, figure in derived.terms}) > 1
    words = []
    for coefficient, figure in sorted(derived.terms, key=lambda term: (term[0] < 0, -term[1].n)):
        sign = "−" if coefficient < 0 else "+"
        factor = -coefficient if coefficient < 0 else coefficient
        size = "" if factor == 1 else f"{said(factor)} × "
        release = f" in release {figure.release}" if several else ""
        words.append(f"{sign} {size}{figure.group} ({figure.n}{release})")
    return " ".join(words).removeprefix("+ ")


def figure_words(derived: Derived) -> str:
    dist = derived.dist()
    if dist is not None:
        return "answers per value " + "/".join(said(count) for count in dist)
    bounds = derived.interval()
    if bounds is None:
        return f"{said(derived.n())} answers"
    return f"sum of points from {said(bounds[0])} to {said(bounds[1])}"


def said(number: Rational) -> str:
    number = Fraction(number)
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.2f}" if number.denominator > 12 else f"{number.numerator}/{number.denominator}"
