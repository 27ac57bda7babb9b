"""Released reports, so that the dialogues can begin."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test.utils import CaptureQueriesContext

from dialogs import services
from dialogs.models import Dialogue
from organisation.freezing import campaign_freeze
from organisation.models import Campaign
from surveys.models import Questionnaire, Release, Wave
from tests.factories import Town

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def moment(text: str) -> datetime:
    """«2026-06-02 13:00», in Copenhagen."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def asked(captured: CaptureQueriesContext) -> int:
    """How many questions a page put to the database. The clock asks by itself twice a second, which is no page's."""
    return sum("clockshift" not in query["sql"] for query in captured.captured_queries)


def make_release(campaign: Campaign) -> Release:
    """A main wave whose report is out since 5 May at 8."""
    questionnaire, _new = Questionnaire.objects.get_or_create(key="q2026", defaults={"title": {"da": "Skema"}})
    wave = Wave.objects.create(
        campaign=campaign,
        questionnaire=questionnaire,
        opens_at=moment("2026-04-08 08:00"),
        closes_at=moment("2026-04-22 23:59"),
        state=Wave.State.OPENED,
    )
    return Release.objects.create(
        wave=wave,
        state=Release.State.RELEASED,
        due_at=moment("2026-05-05 08:00"),
        released_at=moment("2026-05-05 08:00"),
        audit_green=True,
    )


@pytest.fixture
def released(town: Town, campaign: Campaign, at: object) -> Campaign:
    """12 May: the organisation is frozen, the reports are out, the dialogues are open."""
    at("2026-05-12 09:00")  # type: ignore[operator]
    campaign_freeze(campaign)
    make_release(campaign)
    services.dialogues_open()
    return campaign


@pytest.fixture
def dialogue(town: Town, released: Campaign) -> Dialogue:
    """The dialogue of the trio in Afsnit Nord."""
    return Dialogue.objects.get(campaign=released, group=town.group["nord"])
