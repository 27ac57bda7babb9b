"""Try to work out what must not be known, from nothing but the exported facts.

Independent of the planner: it shares no code with it and trusts nothing in an export but the figures.
It assumes a reader who has seen every figure of every release. `audit` tries, for every item:

* **direct**: a figure about fewer than k answers;
* **subtraction** and **weighted**: any rational combination of figures (`audit_algebra`); rounded means
  are intervals and count all the same; so do the n of several items about one question (`audit_counts`);
* **unanimous**: everybody in the smallest sets that can be told apart gave one answer (all-no of an
  event excepted, which is good news and would mark the others if it were hidden);
* **theme**: a theme score that tells the figure of a hidden item;
* **rate**: percentages that tell of fewer than ten invited;
* **follow-up**: everybody in a group who answered yes is found in a part of it, so the others said no;
* **trend**: a change since an earlier wave that tells a figure hidden in either of them;
* **re-release**: figures of several releases of a wave together, and the difference between two releases
  where it is about fewer than k answers;
* **inconsistent**: figures that cannot all be true, where nothing can be promised.

A violation that needs only imported earlier reports is `known`: it was public before this release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from surveys.audit_algebra import Derived, derive
from surveys.audit_counts import rates, shared_counts
from surveys.audit_export import Export, ExportError, Figure, People, Question, Rational, read_export
from surveys.audit_scores import follow_ups, theme_score, trend_change
from surveys.audit_words import Violation, figure_words, formula, said, violation

__all__ = ["ExportError", "Violation", "audit"]


def audit(exports: Sequence[Mapping[str, Any]], *, unanimity: bool = True) -> list[Violation]:
    """All violations in the exports taken together. Empty: the release is safe.

    Exports of one wave are releases of the same people; other waves are other unknowns, joined only by
    trends. `unanimity=False` leaves out the kind `unanimous`, where a release does not promise it.
    Raises ExportError when an export cannot be understood, since an unread figure cannot be judged.
    """
    people = People()
    read = [read_export(raw, f"export {i + 1}", people) for i, raw in enumerate(exports)]
    found: list[Violation] = []
    for export in read:
        for item, question in export.questions.items():
            found += _item(question, export.figures[item].values(), export, people, unanimity)
        found += shared_counts(export, people) + rates(export)
        found += follow_ups(export, people)
        for theme in export.themes:
            found += theme_score(theme, export)
        for trend in export.trends:
            found += trend_change(trend, export, read)
    by_wave: dict[str, list[Export]] = {}
    for export in read:
        by_wave.setdefault(export.wave, []).append(export)
    for releases in by_wave.values():
        if len(releases) > 1:
            found += _releases_together(releases, found, people, unanimity)
    return found


# --- one item in one export -------------------------------------------------------------------


def _item(
    question: Question, figures: Iterable[Figure], export: Export, people: People, unanimity: bool
) -> list[Violation]:
    found: list[Violation] = []
    distinct: dict[frozenset[int], Figure] = {}
    for figure in figures:
        first = distinct.setdefault(figure.atoms, figure)
        if first is not figure and _differ(first, figure):
            found.append(
                violation(
                    "inconsistent",
                    export,
                    question.id,
                    people,
                    figure.atoms,
                    None,
                    f"{first.group} and {figure.group} are the same people with different figures",
                )
            )
    for figure in distinct.values():
        if 0 < figure.n < question.threshold:
            alone = _judge(Derived(((1, figure),), ((figure.atoms, 1),)), question, export, people, unanimity)
            found += [alone] if alone else []
    for derived in derive(distinct.values()):
        wrong = _judge(derived, question, export, people, unanimity)
        if wrong is not None and wrong.kind != "direct":
            found.append(wrong)
    return found


def _judge(derived: Derived, question: Question, export: Export, people: People, unanimity: bool) -> Violation | None:
    """What is wrong with a derived figure, if anything."""
    n = derived.n()
    dist = derived.dist()

    def found(kind: str, answers: int | None, words: str) -> Violation:
        said_so = f"{formula(derived)} {words}: {figure_words(derived)}"
        return violation(kind, export, question.id, people, derived.people(), answers, said_so)

    if (n < 0 and derived.is_set()) or (dist and derived.is_set() and min(dist) < 0):
        return found("inconsistent", None, "cannot be")
    if not derived.weights:
        return found("inconsistent", None, "is about nobody") if n or any(dist or ()) else None
    if derived.is_set():
        if 0 < n < question.threshold:
            left = f"{said(n)} answer{'s' if n != 1 else ''}"
            return found(_kind(derived), int(n), f"leaves {left}, fewer than {question.threshold}")
        if unanimity and n and _unanimous(derived, question):
            return found("unanimous", int(n), f"is about {said(n)} answers, all of them the same")
        return None
    if all(weight > 0 for _, weight in derived.weights):
        if 0 < n < question.threshold:  # every answer weighs at least 1, so there are at most n of them
            return found("weighted", None, f"is a weighted sum over at most {said(n)} answers")
        return None
    most = _employees(derived, export, people)
    if most is not None and 0 < most < question.threshold and (n or any(dist or ())):
        return found("weighted", None, f"is a weighted sum over at most {most} employees")
    return None


def _employees(derived: Derived, export: Export, people: People) -> int | None:
    """Employees whom a derived figure is about; None where the export does not tell."""
    direct = export.direct_employees()
    names = [people.names[atom] for atom in derived.people()]
    return sum(direct[name] for name in names) if all(name in direct for name in names) else None


def _kind(derived: Derived) -> str:
    if len(derived.terms) == 1:
        return "direct"
    plain = derived.is_set() and all(abs(coefficient) == 1 for coefficient, _ in derived.terms)
    return "subtraction" if plain and sum(coefficient > 0 for coefficient, _ in derived.terms) == 1 else "weighted"


def _unanimous(derived: Derived, question: Question) -> bool:
    dist = derived.dist()
    if dist is not None:
        met = [category for category, count in enumerate(dist) if count]
        return len(met) == 1 and not (question.kind == "event" and met[0] == len(dist) - 1)
    bounds = derived.interval()
    if bounds is None or question.values is None:
        return False
    # Only a mean at an end of the scale tells that all gave one answer.
    values = sorted(set(question.values))
    n = derived.n()
    if question.kind == "event" and question.values[-1] in (values[0], values[-1]):
        no_is_low = question.values[-1] == values[0]
        return (
            bounds[0] > (n - 1) * values[-1] + values[-2] if no_is_low else bounds[1] < (n - 1) * values[0] + values[1]
        )
    return bounds[0] > (n - 1) * values[-1] + values[-2] or bounds[1] < (n - 1) * values[0] + values[1]


# --- several releases of one wave ----------------------------------------------------------------


def _releases_together(
    releases: Sequence[Export], found: Sequence[Violation], people: People, unanimity: bool
) -> list[Violation]:
    before = {(v.wave, v.item, v.people) for v in found}
    new: list[Violation] = []
    for item in {item: None for export in releases for item in export.questions}:
        holders = [export for export in releases if item in export.questions]
        latest = holders[-1]
        question = max((export.questions[item] for export in holders), key=lambda q: q.threshold)
        for i, old in enumerate(holders):
            for export in holders[i + 1 :]:
                new += _changes(question, old, export, people)
        pooled: dict[frozenset[int], Figure] = {}
        for export in reversed(holders):
            for figure in export.figures[item].values():
                pooled.setdefault(figure.atoms, figure)
        for derived in derive(pooled.values()):
            if len({figure.release for _, figure in derived.terms}) < 2 and len(holders) == len(releases):
                continue  # found, or found harmless, in its own release
            wrong = _judge(derived, question, latest, people, unanimity)
            if wrong is None or (wrong.wave, wrong.item, wrong.people) in before:
                continue
            new.append(
                replace(
                    wrong,
                    kind=wrong.kind if wrong.kind in ("unanimous", "inconsistent") else "re-release",
                    derivation="releases together: " + wrong.derivation,
                    known=all(export.imported for export in holders),
                )
            )
    return new


def _changes(question: Question, old: Export, new: Export, people: People) -> list[Violation]:
    """Where the same people have other figures in two releases, the difference is about those who changed."""
    earlier = {figure.atoms: figure for figure in old.figures[question.id].values()}
    later = {figure.atoms: figure for figure in new.figures[question.id].values()}
    common = [atoms for atoms in later if atoms in earlier]
    if not any(_differ(earlier[atoms], later[atoms]) for atoms in common):
        return []
    found: list[Violation] = []
    looked_at: set[frozenset[int]] = set()
    sets = [Derived(((1, later[atoms]),), ((atoms, 1),)) for atoms in common]
    for after in (*sets, *derive(later[atoms] for atoms in common)):
        about = after.people()
        if about in looked_at or not after.weights:
            continue
        looked_at.add(about)
        before = Derived(tuple((c, earlier[figure.atoms]) for c, figure in after.terms), after.weights)
        came, left = _difference(before, after)
        few = [count for count in (came, left) if 0 < count < question.threshold]
        if few:
            found.append(
                violation(
                    "re-release",
                    new,
                    question.id,
                    people,
                    about,
                    int(max(few)),
                    f"{formula(after)}: release {new.release} minus release {old.release} is about {said(came)} "
                    f"answers that came and {said(left)} that left: {figure_words(before)} became "
                    f"{figure_words(after)}",
                )
            )
    return found


def _difference(before: Derived, after: Derived) -> tuple[Rational, Rational]:
    """At least how many answers came and left; for rounded means only the change of n is sure."""
    old, new = before.dist(), after.dist()
    if old is not None and new is not None:
        steps = [b - a for a, b in zip(old, new, strict=True)]
    else:
        steps = [after.n() - before.n()]
        bounds, earlier = after.interval(), before.interval()
        if not steps[0] and bounds and earlier and (bounds[0] > earlier[1] or bounds[1] < earlier[0]):
            return 1, 1
    return sum(step for step in steps if step > 0), -sum(step for step in steps if step < 0)


def _differ(a: Figure, b: Figure) -> bool:
    if a.n != b.n:
        return True
    if a.dist is not None and b.dist is not None:
        return a.dist != b.dist
    if None in (a.low, a.high, b.low, b.high):
        return False
    return a.low > b.high or b.low > a.high  # type: ignore[operator]
