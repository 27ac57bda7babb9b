"""The rows of HR's questionnaire editor: HR alone; KommuneMED reads what it is to approve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access_matrix import Row, only
from tests.world import World

Args = Callable[[World], list[Any]]


def one(*more: Any) -> Args:
    return lambda world: [world.wave.questionnaire.key, world.wave.questionnaire.version, *more]


def _form(name: str, *more: Any, empty: int = 200) -> list[Row]:
    """A page with a form: HR gets it, and gets it back when an empty one is posted."""
    return [
        only(f"surveys:{name}", "hr", args=one(*more)),
        only(f"surveys:{name}", "hr", about="empty", method="post", args=one(*more), status=empty),
    ]


def _deed(name: str, *more: Any, of_hr: int = 302) -> list[Row]:
    """An address that only takes POST."""
    return [
        Row(f"surveys:{name}", args=one(*more), rest=405),
        Row(f"surveys:{name}", args=one(*more), method="post", named={of_hr: ("hr",)}),
    ]


READS = ("hr", "med_municipality")

ROWS = [
    only("surveys:questionnaire_list", "hr"),
    only("surveys:questionnaire_edit", "hr", args=one()),
    only("surveys:questionnaire_export", "hr", args=one()),
    only("surveys:questionnaire_import", "hr"),
    only("surveys:questionnaire_import", "hr", about="no file", method="post", status=422),
    *_deed("questionnaire_copy"),
    *_deed("questionnaire_use"),
    *_deed("questionnaire_delete"),
    *_form("topic_edit", "ps"),
    *_deed("topic_move", "ps"),
    *_deed("topic_switch", "ps"),
    *_form("item_create", "ps"),
    *_form("item_edit", "ps_disagree"),
    *_form("scale_edit", "agree5"),
    *_deed("item_move", "ps_disagree"),
    *_deed("item_remove", "ps_disagree", of_hr=403),
    *_form("questionnaire_languages"),
    *_form("questionnaire_texts", "en"),
    *_deed("language_review", "en"),
    only("surveys:questionnaire_phone", "hr", args=one()),
    only("surveys:questionnaire_form", "hr", args=one()),
    only("surveys:questionnaire_print", *READS, args=one()),
    only("surveys:questionnaire_pdf", *READS, args=one()),
    *_form("questionnaire_approval"),
    only("surveys:questionnaire_minutes", args=one(0)),
    *_form("comparison_list"),
    *_deed("comparison_review", "ps"),
]
