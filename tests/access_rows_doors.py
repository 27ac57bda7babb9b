"""The rows of HR's pages about ways in, of the paper helper's page and of the shared tablet."""

from __future__ import annotations

from typing import Any

from organisation import clock
from organisation.models import ChannelRule
from surveys.models import Mailing
from tests.access_matrix import TRIO, Row, only
from tests.world import World


def somebody(world: World) -> list[Any]:
    return [world.town.person["employee"].pk]


def rule(world: World) -> list[Any]:
    made, _new = ChannelRule.objects.get_or_create(unit=world.town.unit["nord"], defaults={"channel": "letter"})
    return [made.pk]


def mailing(world: World) -> list[Any]:
    made, _new = Mailing.objects.get_or_create(
        wave=world.wave,
        kind="letters",
        defaults={"state": "ready", "by": world.town.person["hr"], "ordered_at": clock.now()},
    )
    return [made.uuid]


def a_file(world: World) -> list[Any]:
    return [*mailing(world), 1]


ROWS = [
    only("surveys:door_list", "hr"),
    only("surveys:channel_rule_create", "hr"),
    only("surveys:channel_rule_create", "hr", about="empty", method="post"),
    Row("surveys:channel_rule_remove", args=rule, rest=405),
    only("surveys:channel_rule_remove", "hr", method="post", status=302, args=rule),
    only("surveys:unreached_list", "hr"),
    only("surveys:unreached_list", "hr", about="empty", method="post"),
    Row("surveys:unsent_again", rest=405),
    Row("surveys:unsent_again", "after the survey", method="post"),
    Row("surveys:digital_post_undeliverable", "after the survey"),
    Row("surveys:digital_post_undeliverable", "after the survey", method="post"),
    Row("surveys:mailing_create", "after the survey", args=lambda w: ["letters"]),
    Row("surveys:mailing_create", "after the survey", method="post", args=lambda w: ["letters"]),
    only("surveys:mailing_detail", "hr", args=mailing),
    only("surveys:mailing_progress", "hr", args=mailing),
    Row("surveys:mailing_remove", args=mailing, rest=405),
    only("surveys:mailing_remove", "hr", method="post", status=302, args=mailing),
    Row("surveys:mailing_file", args=a_file, rest=405),
    Row("surveys:mailing_file", "there is none", method="post", args=a_file),
    only("surveys:person_find", "hr"),
    only("surveys:person_find", "hr", about="empty", method="post"),
    only("surveys:person_door", "hr", args=somebody),
    only("surveys:person_door", "hr", about="nothing asked", method="post", status=302, args=somebody),
    Row("demo:letter", "one that does not exist", args=lambda w: [0], rest=404, visitor=404),
    # Only helpers whom HR has named, and none of the cast is one: tests/surveys/test_paper_forms.py
    Row("surveys:paper_type"),
    Row("surveys:paper_type", method="post"),
]

ROWS += [
    # The tablet's own page: a code is the key, and its script must have asked.
    Row("surveys:tablet", rest=200, visitor=200),
    Row("surveys:tablet", "without its script", method="post", rest=422, visitor=422),
    Row("surveys:tablet_start", named={200: (*TRIO, "neighbour", "hr")}),
    Row("surveys:tablet_start", "logs out", method="post", named={302: (*TRIO, "neighbour", "hr")}),
]
