"""Rows of the matrix: what is made of a report, and one level beside others. Whoever opens the page opens these."""

from __future__ import annotations

from tests.access_matrix import TRIO, WORKPLACE_MED, Row, only
from tests.world import World

SEES_NORD = (*TRIO, *WORKPLACE_MED, "hr")
SEES_WORKPLACE = (*SEES_NORD, "neighbour", "med_department", "med_municipality")


def nord(world: World) -> list[object]:
    return [world.unit["nord"].uuid]


def workplace(world: World) -> list[object]:
    return [world.unit["birkehoej"].uuid]


PAGES = ("report_pdf", "report_notice", "report_slides", "report_sheet", "report_item", "report_levels")
ROWS: list[Row] = [
    *(only(f"surveys:{name}", *SEES_NORD, about="Afsnit Nord", args=nord) for name in PAGES),
    *(only(f"surveys:{name}", *SEES_WORKPLACE, about="the workplace", args=workplace) for name in PAGES),
]
