"""Figures made of figures: theme scores, changes since an earlier wave, follow-ups beside their item.

Part of the independent auditor; shares no code with the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from surveys.audit_algebra import derive
from surveys.audit_export import Export, Figure, People, Rational, ThemeFigure, TrendFigure
from surveys.audit_words import Violation, said, violation


def follow_ups(export: Export, people: People) -> list[Violation]:
    """All yes-sayers of a group are found in a part of it: the few others said no, each of them."""
    found: list[Violation] = []
    direct = export.direct_employees()
    if not direct:
        return found
    for item, question in export.questions.items():
        asked = export.questions.get(question.of or "")
        if asked is None or asked.kind != "event":
            continue
        for group, figure in export.figures[item].items():
            at: str | None = group
            while at is not None:
                whole = export.figures[asked.id].get(at)
                at = export.parent[at]
                if whole is None or whole.dist is None or whole.dist[0] != figure.n or not figure.atoms < whole.atoms:
                    continue
                rest = whole.atoms - figure.atoms
                employees = sum(direct[people.names[atom]] for atom in rest)
                if 0 < employees < asked.threshold and not _is_known_set(figure, export.figures[asked.id].values()):
                    found.append(
                        violation(
                            "follow-up",
                            export,
                            asked.id,
                            people,
                            rest,
                            None,
                            f"{whole.group} has {figure.n} yes to {asked.id}, and {figure.group} has {figure.n} "
                            f"answers to its follow-up {item}: the other {employees} employees said no",
                        )
                    )
    return found


def _is_known_set(figure: Figure, figures: Iterable[Figure]) -> bool:
    """The item's own figures tell its people apart anyway, and were judged; the follow-up adds nothing."""
    blocks = [derived.people() for derived in derive(figures)]
    return sum(len(block) for block in blocks if block <= figure.atoms) == len(figure.atoms)


def theme_score(theme: ThemeFigure, export: Export) -> list[Violation]:
    """A theme score may be the mean of shown item means and of nothing else."""

    def wrong(item: str, words: str) -> Violation:
        return Violation("theme", export.wave, item, (theme.group,), None, words, export.imported)

    shown = {item: export.figures.get(item, {}).get(theme.group) for item in theme.items}
    hidden = [item for item, figure in shown.items() if figure is None]
    bounds = {item: _mean_bounds(figure) for item, figure in shown.items() if figure is not None}
    if not theme.items:
        return [wrong(theme.theme, f"{theme.group}: score of {theme.theme} without the items it is made of")]
    if hidden:
        known = [bound for bound in bounds.values() if bound is not None]
        half = Fraction(1, 2 * 10**theme.decimals)
        low = (theme.mean - half) * len(shown) - sum((bound[1] for bound in known), Fraction(0))
        high = (theme.mean + half) * len(shown) - sum((bound[0] for bound in known), Fraction(0))
        about = f"from {said(low)} to {said(high)}" if len(known) == len(bounds) else "within bounds"
        names = " + ".join(hidden)
        return [
            wrong(
                hidden[0],
                f"{theme.group}: {len(shown)} × score of {theme.theme} ({said(theme.mean)}) minus the shown means of "
                f"{', '.join(bounds) or 'nothing'} gives the hidden mean of {names}: {about}",
            )
        ]
    if any(bound is None for bound in bounds.values()):
        return []
    rounding = Fraction(1, 10**theme.decimals)  # its own rounding, and that of the means it was made of
    low = sum((bound[0] for bound in bounds.values() if bound), Fraction(0)) / len(bounds) - rounding
    high = sum((bound[1] for bound in bounds.values() if bound), Fraction(0)) / len(bounds) + rounding
    if not low <= theme.mean <= high:
        return [
            wrong(
                theme.theme,
                f"{theme.group}: score of {theme.theme} is {said(theme.mean)}, but the items it names come to "
                f"{said((low + high) / 2)}: it holds something that is not shown",
            )
        ]
    return []


def trend_change(trend: TrendFigure, export: Export, read: Sequence[Export]) -> list[Violation]:
    """A change may be shown only between two shown figures: either plus the change is the other."""

    def wrong(words: str) -> Violation:
        return Violation("trend", export.wave, trend.subject, (trend.group,), None, words)

    now = _subject_bounds(export, trend.subject, [trend.group])
    before = [other for other in read if other.wave == trend.wave and other is not export]
    then = next(
        (b for other in before if (b := _subject_bounds(other, trend.earlier_subject, trend.earlier_groups))), None
    )
    places = " + ".join(trend.earlier_groups)
    if now is None and then is None:
        return [wrong(f"{trend.group}, {trend.subject}: a change since {trend.wave} of figures that are both hidden")]
    if then is None:
        why = "is hidden there" if before else "is not among the exports, so its figures count as hidden"
        return [
            wrong(
                f"{trend.group}, {trend.subject}: the figure shown minus the change since {trend.wave} "
                f"({said(trend.change)}) is the figure of {places} in {trend.wave}, which {why}"
            )
        ]
    if now is None:
        return [
            wrong(
                f"{places}, {trend.earlier_subject}: the figure shown in {trend.wave} plus the change "
                f"({said(trend.change)}) is the figure of {trend.group}, which is hidden"
            )
        ]
    rounding = Fraction(3, 2 * 10**trend.decimals)  # two rounded means and a rounded difference
    if not now[0] - then[1] - rounding <= trend.change <= now[1] - then[0] + rounding:
        return [
            wrong(
                f"{trend.group}, {trend.subject}: the change since {trend.wave} is {said(trend.change)}, which is not "
                "the difference of the two figures shown: it tells of one that is not"
            )
        ]
    return []


def _subject_bounds(export: Export, subject: str, groups: Iterable[str]) -> tuple[Rational, Rational] | None:
    """Bounds of the mean shown for an item or theme in the groups together; None where one is hidden."""
    if subject in export.questions:
        low: Rational = 0
        high: Rational = 0
        n = 0
        for group in groups:
            figure = export.figures[subject].get(group)
            if figure is None or figure.low is None or figure.high is None or not figure.n:
                return None
            low, high, n = low + figure.low, high + figure.high, n + figure.n
        return (Fraction(low) / n, Fraction(high) / n) if n else None
    scores = {theme.group: theme for theme in export.themes if theme.theme == subject}
    wanted = [scores.get(group) for group in groups]
    if not wanted or any(score is None for score in wanted):
        return None
    means = [score.mean for score in wanted if score]
    return min(means), max(means)


def _mean_bounds(figure: Figure) -> tuple[Fraction, Fraction] | None:
    if figure.low is None or figure.high is None or not figure.n:
        return None
    return Fraction(figure.low) / figure.n, Fraction(figure.high) / figure.n
