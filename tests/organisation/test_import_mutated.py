"""A workbook with moves, leavers, joiners, renamed units and forty errors previews exactly what was planted."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from organisation.imports.preview import Preview
from organisation.models import Role
from tests.organisation.importing import exported, found, preview
from tests.organisation.mutating import Mutation, Planted
from trivsel.demo.municipality import municipality_make

pytestmark = pytest.mark.django_db


def told(result: Preview) -> set[tuple[str, str, str]]:
    return {(c.kind, c.action, c.key) for c in result.changes if c.kind != "roles"}


def problems(result: Preview) -> list[tuple[str, int, str]]:
    from organisation.imports.sheets import sheet_named

    return sorted((sheet_named(p.place.sheet).key, p.place.row, p.code) for p in result.problems)  # type: ignore[union-attr]


@pytest.fixture
def municipality(db: None) -> Any:
    return municipality_make(employees=600, seed=7, say=lambda text: None)


def planted(**counts: int) -> tuple[Any, Planted]:
    sheets = exported()
    mutation = Mutation(sheets, Random(3))
    mutation.differences(**counts)
    mutation.forty_errors()
    return sheets, mutation.done()


def test_the_planted_differences_and_nothing_else(municipality: Any) -> None:
    assert found(preview(exported())) == {}
    sheets, expected = planted(moves=25, leavers=20, joiners=30, renames=6, lost_roles=3)
    result = preview(sheets)
    assert sum(expected.problems.values()) == 40
    assert problems(result) == sorted(expected.problems.elements())
    assert found(result) == expected.changes
    assert told(result) == expected.names
    assert sum(not role.moved for role in result.lost_roles) == expected.lost_roles == 3
    assert result.blocked
    assert Role.objects.filter(ends__isnull=False).count() == 0
