"""The rows of HR's organisation pages: HR alone, and nobody else may know that they exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from organisation.models import Role
from tests.access_matrix import Row, only
from tests.world import World

NOWHERE = UUID(int=0)
Args = Callable[[World], list[Any]]


def nord(world: World) -> list[Any]:
    return [world.town.unit["nord"].uuid]


def role(world: World) -> list[Any]:
    return [Role.objects.get(person=world.town.person["leader"], kind="leader").pk]


def received(world: World) -> list[Any]:
    return [world.received.uuid]


def committee(world: World) -> list[Any]:
    return [world.town.committee["birkehoej"].uuid]


def asked(world: World) -> list[Any]:
    return [world.asked.uuid]


def change(world: World) -> list[Any]:
    return [world.change.uuid]


def _form(name: str, args: Args = lambda world: []) -> list[Row]:
    """A page with a form: HR gets it, and gets it back when an empty one is posted."""
    return [only(name, "hr", args=args), only(name, "hr", about="empty", method="post", args=args)]


def _deed(name: str, args: Args, *, of_hr: int) -> list[Row]:
    """An address that only takes POST. Only HR reaches the deed (`of_hr` is what the deed answers here)."""
    return [
        Row(name, args=args, rest=405),
        Row(name, args=args, method="post", named={of_hr: ("hr",)}),
    ]


ROWS = [
    only("organisation:import_list", "hr"),
    only("organisation:import_new", "hr"),
    only("organisation:import_new", "hr", about="no file", method="post", status=422),
    *_deed("organisation:import_os2mo", lambda world: [], of_hr=404),  # not set up here
    only("organisation:import_columns", "hr"),
    only("organisation:import_template", "hr"),
    only("organisation:import_export", "hr"),
    only("organisation:correction_list", "hr"),
    Row("organisation:correction_list", "take back one that is not there", method="post"),
    only("organisation:import_detail", "hr", args=received),
    only("organisation:import_progress", "hr", args=received),
    Row("organisation:import_changes", "applied: its preview is gone", args=received),
    Row("organisation:import_problems", "the same", args=received),
    Row("organisation:import_mapping", "the same", args=received),
    Row("organisation:import_mapping", "the same", method="post", args=received),
    *_deed("organisation:import_apply", received, of_hr=302),
    *_deed("organisation:import_undo", received, of_hr=302),
    *_deed("organisation:import_discard", received, of_hr=302),
    only("organisation:unit_list", "hr"),
    only("organisation:unit_suggest", "hr"),
    only("organisation:person_suggest", "hr"),
    only("organisation:missing_list", "hr"),
    only("organisation:missing_detail", "hr", args=lambda world: ["leder"]),
    *_form("organisation:level_list"),
    *_form("organisation:committee_edit", committee),
    only("organisation:role_list", "hr"),
    *_form("organisation:role_create"),
    *_form("organisation:role_end", role),
    *_form("organisation:role_hand_over", role),
    *_deed("organisation:change_undo", change, of_hr=302),
    only("organisation:unit_detail", "hr", args=nord),
    *_form("organisation:unit_create", nord),
    *_form("organisation:unit_edit", nord),
    *_form("organisation:unit_move", nord),
    *_form("organisation:unit_merge", nord),
    *_form("organisation:unit_split", nord),
    *_form("organisation:unit_close", nord),
    *_form("organisation:unit_succession", nord),
    only("surveys:invitees", "hr"),
    Row("surveys:invitees", "after freezing", method="post", named={403: ("hr",)}),
    Row("surveys:report_group_create", "after freezing", args=lambda w: [w.unit["koekken"].uuid], named={403: ("hr",)}),
    Row(
        "surveys:report_group_create",
        "after freezing",
        method="post",
        args=lambda w: [w.unit["koekken"].uuid],
        named={403: ("hr",)},
    ),
    *_deed("surveys:report_group_dissolve", lambda world: [NOWHERE], of_hr=404),
    only("surveys:placement_exceptions", "hr"),
    *_form("surveys:late_joiner"),
    *_form("surveys:wrong_unit_decide", asked),
    only("surveys:dry_run", "hr"),
    Row("surveys:wrong_unit", "after the survey, any code", args=lambda w: ["ACDEFGHJ"], rest=410, visitor=410),
    Row("surveys:wrong_unit", "the same", method="post", args=lambda w: ["ACDEFGHJ"], rest=410, visitor=410),
]
