"""A wave of the test town, from planned to open, with keys in the tests' own folder."""

from __future__ import annotations

from organisation.models import Campaign, Person, Placement
from surveys import codes, opening, tickets
from surveys.master.apv2026 import MASTER
from surveys.models import Ticket, Wave
from surveys.questionnaires import questionnaire_load


def planned_wave(campaign: Campaign, **fields: object) -> Wave:
    wave = opening.wave_plan(campaign=campaign, questionnaire=questionnaire_load(MASTER))
    if fields:
        Wave.objects.filter(pk=wave.pk).update(**fields)
        wave.refresh_from_db()
    return wave


def open_wave(campaign: Campaign, **fields: object) -> Wave:
    """A wave as it stands when it has opened. The clock must stand inside the milestone «survey»."""
    wave = planned_wave(campaign, **fields)
    assert opening.wave_open(wave)
    return wave


def placement_of(wave: Wave, person: Person) -> Placement:
    return Placement.objects.select_related("person", "unit").get(campaign=wave.campaign_id, person=person)


def ways_of(wave: Wave, person: Person) -> tickets.WayIn:
    """The person's code and link, also before invitations went out."""
    ticket = Ticket.objects.get(wave=wave, placement__person=person)
    way = tickets.way_in(codes.secret_of(wave), ticket)
    Ticket.objects.filter(pk=ticket.pk).update(code_hash=codes.code_hash(way.code), link_hash=codes.code_hash(way.link))
    return way


def code_of(wave: Wave, person: Person) -> str:
    """What stands in the address of the person's link."""
    return ways_of(wave, person).link
