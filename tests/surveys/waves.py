"""A wave of the test town, from planned to open, with keys in the tests' own folder."""

from __future__ import annotations

from organisation.models import Campaign, Person, Placement
from surveys import opening, tickets
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


def code_of(wave: Wave, person: Person) -> str:
    """The person's code, also before invitations went out."""
    ticket = Ticket.objects.get(wave=wave, placement__person=person)
    code = tickets.code_for(tickets.code_secret(wave), ticket.pk, ticket.code_number)
    Ticket.objects.filter(pk=ticket.pk).update(code_hash=tickets.code_hash(code))
    return code
