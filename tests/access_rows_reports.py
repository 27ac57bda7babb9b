"""Rows of the matrix: what is made of a report, and one level beside others. Whoever opens the page opens these."""

from __future__ import annotations

from surveys.models import Indicator
from tests.access_matrix import TRIO, WORKPLACE_MED, Row, only
from tests.world import World

SEES_NORD = (*TRIO, *WORKPLACE_MED, "hr")
SEES_WORKPLACE = (*SEES_NORD, "neighbour", "med_department", "med_municipality")


def nord(world: World) -> list[object]:
    return [world.unit["nord"].uuid]


def workplace(world: World) -> list[object]:
    return [world.unit["birkehoej"].uuid]


def release(world: World) -> list[object]:
    return [world.release.uuid]


def indicator(world: World) -> list[object]:
    return [Indicator.objects.get_or_create(da="Stærkt samarbejde", defaults={"topics": ["ps"]})[0].pk]


PAGES = ("report_pdf", "report_notice", "report_slides", "report_sheet", "report_item", "report_levels")
ROWS: list[Row] = [
    *(only(f"surveys:{name}", *SEES_NORD, "facilitator", about="Afsnit Nord", args=nord) for name in PAGES),
    *(only(f"surveys:{name}", *SEES_WORKPLACE, about="the workplace", args=workplace) for name in PAGES),
    Row("surveys:report_care", "for the trio itself", args=nord,
        named={200: (*TRIO, "hr"), 403: (*WORKPLACE_MED, "facilitator")}),
    only("surveys:release_files", "hr", "dpo", args=release),
    only("surveys:guideline_edit", "hr"),
    Row("surveys:guideline_edit", method="post", named={302: ("hr",)}),
    only("surveys:indicator_list", "hr"),
    only("surveys:indicator_create", "hr"),
    only("surveys:indicator_create", "hr", about="incomplete: asked again", method="post"),
    only("surveys:indicator_edit", "hr", args=indicator),
    only("surveys:indicator_edit", "hr", about="incomplete: asked again", method="post", args=indicator),
    Row("surveys:indicator_delete", rest=405, args=indicator),
    Row("surveys:indicator_delete", method="post", args=indicator, named={302: ("hr",)}),
]  # fmt: skip
