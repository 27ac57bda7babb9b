"""What counts of answers tell across items: options of one question, and what is counted beside a question.

Part of the independent auditor; shares no code with the planner.

A response rate is about who took part, not about answers; that promise is ten invited in every group that can be told
apart.

The options of a multiple choice have one n, the people who answered the question. «Ved ikke» counted beside a
question tells the question's n as well: its own n without those who said it. So the n of all of them together are
figures about one and the same unknown, whichever item they stand at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from surveys.audit_algebra import derive
from surveys.audit_export import Export, Figure, People, Question
from surveys.audit_words import Violation, formula, said, violation


def shared_counts(export: Export, people: People) -> list[Violation]:
    """Counts of fewer than k people that only several items together tell, and items that contradict each other."""
    found: list[Violation] = []
    for question, counts in _questions(export):
        pooled: dict[frozenset[int], Figure] = {}
        for figure in counts:
            first = pooled.setdefault(figure.atoms, figure)
            if first.n != figure.n:
                words = f"{first.item} has {first.n} answers and {figure.item} {figure.n} from the same people"
                found.append(violation("inconsistent", export, question.id, people, figure.atoms, None, words))
        for derived in derive(pooled.values()):
            n = derived.n()
            several = len({figure.item for _, figure in derived.terms}) > 1
            if several and derived.is_set() and 0 < n < question.threshold:
                items = " and ".join(sorted({figure.item for _, figure in derived.terms}))
                words = f"{formula(derived)} in {items} leaves {said(n)} who answered, fewer than {question.threshold}"
                found.append(violation("subtraction", export, question.id, people, derived.people(), int(n), words))
    return found


LEAST_INVITED = 10


def rates(export: Export) -> list[Violation]:
    """Groups of fewer than ten invited whose part in the answering can be had from percentages."""
    found = []
    rest = dict(export.rates)
    for group in export.rates:
        at = export.parent[group]
        while at is not None and at not in rest:
            at = export.parent[at]
        if at is not None:
            rest[at] -= export.rates[group]
    for group, invited in rest.items():
        if 0 < invited < LEAST_INVITED or invited < 0:
            words = f"the rate of {group} less those of the groups in it is about {invited} invited"
            found.append(Violation("rate", export.wave, "", (group,), invited, words, export.imported))
    return found


def _questions(export: Export) -> Iterator[tuple[Question, list[Figure]]]:
    """Each question that several items tell the n of, with all those figures."""
    members: dict[tuple[str, str | None], list[Question]] = {}
    asides: dict[str, list[Question]] = {}
    for question in export.questions.values():
        if question.beside is not None:
            asides.setdefault(question.beside, []).append(question)
        elif "." in question.id and question.kind == "event":
            members.setdefault((question.id.rpartition(".")[0], question.of), []).append(question)
        else:
            members[question.id, question.of] = [question]
    for questions in members.values():
        beside = [aside for question in questions for aside in asides.get(question.id, [])]
        if len(questions) > 1 and not _one_n(export, questions):
            continue
        if len(questions) > 1 or beside:
            counts = [figure for question in questions for figure in export.figures[question.id].values()]
            yield questions[0], counts + _told_beside(export, beside)


def _one_n(export: Export, questions: list[Question]) -> bool:
    """Are these options of one question? A name alone does not say so: where two are shown, their n is the same."""
    seen: dict[frozenset[int], int] = {}
    return all(
        seen.setdefault(figure.atoms, figure.n) == figure.n
        for question in questions
        for figure in export.figures[question.id].values()
    )


def _told_beside(export: Export, asides: list[Question]) -> list[Figure]:
    """The n of a question told by what is counted beside it: everybody without those who said any of the asides."""
    told: list[Figure] = []
    if not asides:
        return told
    for group, figure in export.figures[asides[0].id].items():
        others = [export.figures[aside.id].get(group) for aside in asides]
        if all(other is not None and other.dist and other.atoms == figure.atoms for other in others):
            said_aside = sum(other.dist[0] for other in others if other is not None and other.dist)
            told.append(replace(figure, n=figure.n - said_aside, dist=None, low=None, high=None))
    return told
