"""The rows of the key's pages: HR names holders and holds the sitting; a part is handed in by its holder alone."""

from __future__ import annotations

from typing import Any

from organisation import clock
from organisation.models import Role
from surveys.models import KeyHolder, KeyRequest, Wave
from tests.access_matrix import Row, only
from tests.world import World


def key_request(world: World) -> list[Any]:
    """Another wave, still planned, whose holders are asked for their parts; one of the three holds the role today."""
    wave, made = Wave.objects.get_or_create(
        campaign=world.campaign, kind=Wave.Kind.PULSE, questionnaire=world.wave.questionnaire,
        opens_at=world.wave.opens_at.replace(year=2027), closes_at=world.wave.closes_at.replace(year=2027),
    )  # fmt: skip
    if made:
        people = world.town.person
        for seat, who in (("hr", "hr_2"), ("staff", "med_municipality"), ("dpo", "dpo")):
            KeyHolder.objects.create(wave=wave, seat=seat, person=people[who])
        Role.objects.create(person=people["dpo"], kind=Role.Kind.KEY_HOLDER, starts=clock.today())
        KeyRequest.objects.create(wave=wave, purpose="rehearsal")
    return [KeyRequest.objects.get(wave=wave).uuid]


def pulse(world: World) -> list[Any]:
    """A planned wave of the kind: to cancel, and not to be read by anybody yet."""
    key_request(world)
    return [Wave.objects.get(campaign=world.campaign, kind=Wave.Kind.PULSE).uuid]


ROWS = [
    only("surveys:pulse_list", "hr"),
    only("surveys:pulse_create", "hr"),
    only("surveys:pulse_create", "hr", about="empty", method="post"),
    Row("surveys:pulse_cancel", args=pulse, rest=405),
    Row("surveys:pulse_cancel", method="post", args=pulse, named={302: ("hr",)}),
    Row("surveys:pulse_detail", "before its release nobody", args=pulse),
    only("surveys:key_holders", "hr"),
    Row("surveys:key_holders", "after opening", method="post", named={403: ("hr",)}),
    Row("surveys:key_sitting", "after opening: back to the list", named={302: ("hr",)}),
    Row("surveys:key_sitting", "after opening", method="post", named={403: ("hr",)}),
    Row("surveys:rehearsal_start", rest=405),
    Row("surveys:rehearsal_start", "after opening: says so", method="post", named={302: ("hr",)}),
    Row("surveys:repair_start", rest=405),
    Row("surveys:repair_start", "without a reason: says so", method="post", named={302: ("hr",)}),
    only("surveys:share_hand_in", "dpo", args=key_request),
    Row("surveys:share_hand_in", "not sealed: says so", method="post", args=key_request, named={302: ("dpo",)}),
]
