"""The rows of HR's pages around the release: its rules before opening, and a new edition after it."""

from __future__ import annotations

from typing import Any

from tests.access_matrix import Row, only
from tests.world import World


def release(world: World) -> list[Any]:
    return [world.release.uuid]


ROWS = [
    only("surveys:release_rules", "hr"),
    Row("surveys:release_rules", "after opening", method="post", named={403: ("hr",)}),
    Row("surveys:release_again", args=release, named={200: ("hr",), 403: ("dpo",)}),
    Row("surveys:release_again", "empty", args=release, method="post", named={200: ("hr",), 403: ("dpo",)}),
]
