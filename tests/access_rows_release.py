"""The rows of HR's pages around the release: its rules before opening, and a new edition after it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.access_matrix import Row, only
from tests.world import World


def release(world: World) -> list[Any]:
    return [world.release.uuid]


def wave(world: World) -> list[Any]:
    return [world.release.wave.uuid]


def nowhere(_world: World) -> list[Any]:
    return [UUID(int=0)]


ROWS = [
    only("surveys:earlier_list", "hr"),
    only("surveys:earlier_list", "hr", about="empty", method="post"),
    only("surveys:earlier_template", "hr"),
    Row("surveys:earlier_template", method="post", rest=405),
    Row("surveys:earlier_preview", "no such file", args=nowhere),
    Row("surveys:earlier_preview", "no such file", args=nowhere, method="post"),
    Row("surveys:earlier_withdraw", args=nowhere, rest=405),
    Row("surveys:earlier_withdraw", "no such measurement", args=nowhere, method="post"),
    Row("surveys:wave_count_again", args=wave, rest=405),
    Row("surveys:wave_count_again", args=wave, method="post", named={302: ("hr",), 403: ("dpo",)}),
    only("surveys:release_rules", "hr"),
    only("surveys:release_audit_pdf", "hr", "dpo", args=release),
    Row("surveys:release_audit_pdf", args=release, method="post", rest=405),
    Row("surveys:release_rules", "after opening", method="post", named={403: ("hr",)}),
    Row("surveys:release_again", args=release, named={200: ("hr",), 403: ("dpo",)}),
    Row("surveys:release_again", "empty", args=release, method="post", named={200: ("hr",), 403: ("dpo",)}),
]
