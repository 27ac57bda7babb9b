"""What the physical part asks about each problem: questions of the questionnaire, each with its place in a report.

Their words, their order and the answers that open them are the questionnaire's; which of them there can be, and what
the answers are called in a report, is ours: «fa_noise_where» is the where of `fa_noise`.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveys.models import Item, PhysicalReport, Scale
from surveys.questionnaires import FormItem

KINDS = {
    "where": Scale.Kind.PLACE,
    "describe": Scale.Kind.TEXT,
    "affects": Scale.Kind.ONE,
    "known": Scale.Kind.ONE,
    "idea": Scale.Kind.TEXT,
    "photo": Scale.Kind.PHOTO,
}
ANSWERS = {"affects": frozenset(PhysicalReport.Affects.values), "known": frozenset(PhysicalReport.Known.values)}
LONGEST = {"where": 160, "describe": 1000, "idea": 500}  # characters that a report has room for


def longest_of(item: FormItem) -> int:
    """How many characters may be written: the questionnaire may ask for fewer than there is room for."""
    most = LONGEST[item.role]
    return min(item.longest or most, most)


def answers_said(reports: Iterable[PhysicalReport], questionnaire: int, language: str) -> dict[object, dict[str, str]]:
    """Per report, who is affected and whether it is known, in the words that were asked; ours where those are gone."""
    reports = list(reports)
    keys = {f"{report.item_key}_{role}" for report in reports for role in ANSWERS}
    rows = Item.objects.filter(questionnaire=questionnaire, key__in=keys).select_related("scale")
    words = {
        (row.key, option["key"]): option["label"].get(language) or option["label"].get("da", "")
        for row in rows
        for option in row.scale.options + row.scale.aside
    }
    return {
        report.pk: {
            "affects": words.get((f"{report.item_key}_affects", report.affects), report.get_affects_display()),
            "known": words.get((f"{report.item_key}_known", report.known), report.get_known_display()),
        }
        for report in reports
    }
