"""The test town after it has answered: everybody hands in, by the real way, and the survey is closed and counted."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from django.test.utils import CaptureQueriesContext

from organisation.models import Campaign, CampaignUnit, Person, Placement
from surveys import answering, closing, release
from surveys.models import Release, Wave
from surveys.questionnaires import document_of, form_for
from tests.factories import Town
from tests.surveys.waves import open_wave
from trivsel.trial.town import answers_at_random

SURVEY, CLOSED, WAITING, REPORTS = "2026-04-08 09:00", "2026-04-23 01:00", "2026-05-04 12:00", "2026-05-05 08:01"


def everybody_answers(
    wave: Wave,
    *,
    seed: int = 1,
    but: set[int] | None = None,
    say: Callable[[Placement, dict[str, Any]], None] | None = None,
) -> int:
    """Everybody hands in but the given persons. `say` may change one person's answers. Returns how many."""
    dice = random.Random(seed)
    form = form_for(wave.questionnaire_id)
    sent = 0
    for placement in Placement.objects.filter(campaign=wave.campaign_id).order_by("pk"):
        answers = answers_at_random(form, dice, yes=0.3)
        if but and placement.person_id in but:
            continue
        if say is not None:
            say(placement, answers)
        answering.anonymous_send(wave=wave, placement=placement, document=document_of(answers))
        sent += 1
    return sent


def counted(campaign: Campaign, at: Callable[[str], None], **kwargs: Any) -> Release:
    """A counted, unreleased survey, the clock standing after closing."""
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave, **kwargs)
    at(CLOSED)
    closing.waves_close()
    for due in closing.waves_to_count():
        closing.wave_count(due)
    return Release.objects.get(wave=wave)


def released(campaign: Campaign, at: Callable[[str], None], town: Town, **kwargs: Any) -> Release:
    """Released reports, the clock standing just after the minute."""
    made = counted(campaign, at, **kwargs)
    at(WAITING)
    for person in (town.person["hr"], town.person["dpo"]):
        release.release_approve(made, by=person)
    at(REPORTS)
    assert release.releases_publish_due() == 1
    made.refresh_from_db()
    return made


def asked(queries: CaptureQueriesContext) -> int:
    """How many statements a page needed, without the clock's own, which is kept for half a second."""
    return sum(1 for query in queries.captured_queries if "clockshift" not in query["sql"])


def unit_of(campaign: Campaign, town: Town, key: str) -> CampaignUnit:
    return CampaignUnit.objects.get(campaign=campaign, unit=town.unit[key])


def person_ids(people: list[Person]) -> set[int]:
    return {person.pk for person in people}
