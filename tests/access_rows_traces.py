"""The rows of beginning a campaign, of the traces, of what is kept for how long and what is held about people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from organisation import clock
from organisation.models import DataRequest
from tests.access_matrix import Row, everybody, only
from tests.world import World

TRIO = ("leader", "amr", "tr")


def trio(world: World) -> list[Any]:
    return [world.town.group["nord"].uuid]


def asked(world: World) -> list[Any]:
    request, _made = DataRequest.objects.get_or_create(
        person=world.town.person["employee"], text="Mit navn er stavet forkert.", defaults={"asked_at": clock.now()}
    )
    return [request.uuid]


ROWS = [
    only("trivsel:audit_list", "hr", "dpo"),
    only("trivsel:retention_list", "hr", "dpo"),
    only("trivsel:group_audit", *TRIO, "hr", args=trio),
    everybody("trivsel:my_data"),
    everybody("trivsel:my_data", 422, about="an empty request", method="post", data=lambda w: {"ask": "1"}),
    everybody("trivsel:my_data_download"),
    Row("trivsel:my_name_remove", args=lambda w: [w.report.pk], rest=405),
    Row("trivsel:my_name_remove", method="post", args=lambda w: [w.report.pk], named={302: ("employee",)}),
    Row("trivsel:my_name_remove", "none", method="post", args=lambda w: [UUID(int=0)]),
    only("trivsel:data_request_list", "hr"),
    only("trivsel:data_request_answer", "hr", args=asked),
    only("trivsel:data_request_answer", "hr", about="empty", method="post", status=422, args=asked),
    only("trivsel:person_data", "hr"),
    only("trivsel:person_data", "hr", about="no reason", method="post", status=422),
]
ROWS += [
    only("trivsel:campaign_create", "hr", about="the newest is counted"),
    only("trivsel:campaign_create", "hr", about="empty", method="post", status=422),
    only("trivsel:survey_settings", "hr"),
    Row("trivsel:survey_settings", "after opening", method="post", named={403: ("hr",)}),
]
