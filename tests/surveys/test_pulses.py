"""A pulse: a small wave of its own, from HR's form to released figures, through the same code as the large survey."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.models import Campaign, CampaignUnit, Person, Placement
from surveys import answering, closing, codes, opening, pulses, release, tickets
from surveys.models import Fact, Questionnaire, Release, ResponseRate, Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import document_of, form_for
from surveys.tasklist import tasks_of
from tests.factories import Town
from tests.surveys.answered import counted, released, unit_of
from tests.surveys.waves import code_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
PLANNED, OPEN, CLOSED, MORNING = "2026-06-08 10:00", "2026-06-09 09:00", "2026-06-16 21:00", "2026-06-17 08:01"


@pytest.fixture
def large(town: Town, campaign: Campaign, at: At) -> Release:
    """The large survey is out; it is June."""
    made = released(campaign, at, town)
    at(PLANNED)
    return made


def planned(large: Release, town: Town, *keys: str, occasion: str = "dialogue") -> Wave:
    campaign = large.wave.campaign
    day = timezone.get_default_timezone()
    return pulses.pulse_plan(
        campaign=campaign,
        occasion=occasion,
        units=[unit_of(campaign, town, key) for key in keys],
        opens_at=datetime(2026, 6, 9, 8, tzinfo=day),
        closes_at=datetime(2026, 6, 16, 20, tzinfo=day),
        by=town.person["hr"],
    )


def everybody(wave: Wave, but: int = 0) -> int:
    dice = random.Random(7)
    form = form_for(wave.questionnaire_id)
    places = [ticket.placement for ticket in wave.tickets.select_related("placement")]
    for place in places[but:]:
        answers: dict[str, Any] = {item.key: dice.choice(["3", "4", "5"]) for item in form.closed_items}
        answering.anonymous_send(wave=wave, placement=place, document=document_of(answers))
    return len(places) - but


def through(wave: Wave, town: Town, at: At, *, but: int = 0) -> Release:
    """Open, answer, close, count, approve by two, release."""
    at(OPEN)
    assert opening.waves_open() == 1
    wave.refresh_from_db()
    everybody(wave, but)
    at(CLOSED)
    assert closing.waves_close() == 1
    assert [due.pk for due in closing.waves_to_count()] == [wave.pk]
    made = closing.wave_count(wave)
    assert made is not None
    for who in ("hr", "dpo"):
        release.release_approve(made, by=town.person[who])
    assert release.releases_publish_due() == 0
    at(MORNING)
    assert release.releases_publish_due() == 1
    made.refresh_from_db()
    return made


def test_a_whole_cycle_from_the_form_to_the_figures(
    large: Release, town: Town, at: At, as_person: As, settings: Any
) -> None:
    hr = as_person(town.person["hr"])
    nord = unit_of(large.wave.campaign, town, "nord")
    given = {"occasion": "dialogue", "unit": town.unit["nord"].name, "opens": "2026-06-09", "closes": "2026-06-16"}
    assert hr.post(reverse("surveys:pulse_create"), given).status_code == 302
    wave = Wave.objects.get(kind=Wave.Kind.PULSE)
    assert (wave.key_mode, wave.state) == ("automatic", "planned")
    assert "Efter trivselsdialogen" in hr.get(reverse("surveys:pulse_list")).content.decode()

    at(OPEN)
    assert opening.waves_open() == 1
    wave.refresh_from_db()
    asked = set(wave.tickets.values_list("placement__unit", flat=True))
    assert asked <= set(CampaignUnit.objects.filter(path__contains=[nord.unit_id]).values_list("pk", flat=True))
    assert nord.pk in asked
    assert not ResponseRate.objects.filter(wave=wave).exists()
    sent, failed = tickets.invitations_send()
    assert sent == wave.tickets.count()
    assert failed == 0

    person = wave.tickets.exclude(placement__person=town.person["leader"]).first().placement.person
    page = Client().get(reverse("surveys:answer", args=[code_of(wave, person)]), follow=True)
    assert page.status_code == 200

    everybody(wave)
    at(CLOSED)
    closing.waves_close()
    made = closing.wave_count(wave)
    assert made is not None
    assert made.audit_green
    assert made.due_at.astimezone(timezone.get_default_timezone()).strftime("%d %H:%M") == "17 08:00"
    reader = town.person["leader"]
    assert pulses.pulse_figures(wave, nord, reader=reader) == []
    assert as_person(reader).get(reverse("surveys:pulse_detail", args=[wave.uuid])).status_code == 404
    at(MORNING)
    assert release.releases_publish_due() == 0  # not without two approvals
    for who in ("hr", "dpo"):
        release.release_approve(made, by=town.person[who])
    assert release.releases_publish_due() == 1

    figures = pulses.pulse_figures(wave, nord, reader=reader)
    assert len(figures) == 3
    assert all(figure.n == wave.tickets.count() and sum(figure.dist) == figure.n for figure in figures)
    shown = as_person(reader).get(reverse("surveys:pulse_detail", args=[wave.uuid])).content.decode()
    assert "Jeg kunne sige det, jeg ville, til dialogen." in shown
    assert (
        as_person(town.person["leader_syd"]).get(reverse("surveys:pulse_detail", args=[wave.uuid])).status_code == 404
    )
    assert not Envelope.objects.filter(wave=wave.uuid).exists()
    assert "Se svarene på den korte måling: Efter trivselsdialogen" in [task.title for task in tasks_of(reader)]


def test_fewer_than_five_answers_show_nothing_anywhere(large: Release, town: Town, at: At, as_person: As) -> None:
    wave = planned(large, town, "nord")
    at(OPEN)
    opening.waves_open()
    wave.refresh_from_db()
    assert everybody(wave, wave.tickets.count() - 4) == 4
    at(CLOSED)
    closing.waves_close()
    made = closing.wave_count(wave)
    assert made is not None
    for who in ("hr", "dpo"):
        release.release_approve(made, by=town.person[who])
    at(MORNING)
    assert release.releases_publish_due() == 0  # there is nothing to release
    assert not Fact.objects.filter(release=made, n__isnull=False).exists()
    nord = unit_of(large.wave.campaign, town, "nord")
    assert pulses.pulse_figures(wave, nord, reader=town.person["hr"]) == []
    page = as_person(town.person["hr"]).get(reverse("surveys:pulse_list")).content.decode()
    assert "Vises ikke af hensyn til anonymiteten" in page


def test_every_block_of_two_units_has_five_answers_or_none(large: Release, town: Town, at: At) -> None:
    wave = planned(large, town, "birkehoej", occasion="worked")
    made = through(wave, town, at)
    assert made.audit_green
    assert all(n == 0 or n >= 5 for n in Fact.objects.filter(release=made, n__isnull=False).values_list("n", flat=True))


def test_the_large_surveys_figures_stay_as_they_were(large: Release, town: Town, at: At) -> None:
    before = list(Fact.objects.filter(release=large).order_by("pk").values_list("unit", "item", "n"))
    through(planned(large, town, "nord"), town, at)
    assert list(Fact.objects.filter(release=large).order_by("pk").values_list("unit", "item", "n")) == before
    large.refresh_from_db()
    assert large.state == Release.State.RELEASED


def test_a_unit_that_is_too_small_is_refused_in_words(large: Release, town: Town, as_person: As) -> None:
    given = {"occasion": "worked", "unit": town.unit["koekken"].name, "opens": "2026-06-09", "closes": "2026-06-16"}
    page = as_person(town.person["hr"]).post(reverse("surveys:pulse_create"), given)
    assert "færre end fem" in page.content.decode()
    assert not Wave.objects.filter(kind=Wave.Kind.PULSE).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes": "2026-06-08"}, "skal lukke, efter"),
        ({"opens": "2026-06-01", "closes": "2026-06-02"}, "forbi"),
        ({"occasion": "own"}, "hvad der skal spørges om"),
    ],
)
def test_bad_input_is_told_and_kept(
    large: Release, town: Town, as_person: As, change: dict[str, str], words: str
) -> None:
    given = {
        "occasion": "heard",
        "unit": town.unit["nord"].name,
        "opens": "2026-06-09",
        "closes": "2026-06-16",
    } | change
    page = as_person(town.person["hr"]).post(reverse("surveys:pulse_create"), given).content.decode()
    assert words in page
    assert f'value="{town.unit["nord"].name}"' in page


def test_the_large_questionnaire_with_its_physical_part_is_no_pulse(large: Release, town: Town) -> None:
    with pytest.raises(ValidationError, match="kun anonyme"):
        pulses.pulse_plan(
            campaign=large.wave.campaign,
            occasion="own",
            questionnaire=large.wave.questionnaire,
            units=[unit_of(large.wave.campaign, town, "nord")],
            opens_at=large.wave.opens_at.replace(year=2027),
            closes_at=large.wave.closes_at.replace(year=2027),
            by=town.person["hr"],
        )


def test_its_pages_have_their_own_title_and_no_way_to_a_physical_part(large: Release, town: Town, at: At) -> None:
    wave = planned(large, town, "nord", occasion="heard")
    at(OPEN)
    opening.waves_open()
    wave.refresh_from_db()
    link = _link(wave)
    page = Client().get(link).content.decode()
    assert "Blev du hørt?" in page
    assert "Jeg er blevet hørt" in page
    assert "fysiske rammer" not in page
    admission = re.search(r'name="admission" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    border = Client().post(link, {"admission": admission, "pu_heard": "4"}).content.decode()
    assert "Tak, dit svar er sendt" in border
    assert "fysiske rammer" not in border
    assert Envelope.objects.filter(wave=wave.uuid).count() == 1
    assert Client().get(link + "fysisk/").status_code == 404


def _link(wave: Wave) -> str:
    """The address in somebody's invitation."""
    tickets.invitations_send()
    ticket = wave.tickets.select_related("placement__person").first()
    assert ticket is not None
    return f"/svar/{tickets.way_in(codes.secret_of(wave), ticket).link}/"


def test_somebody_who_has_left_is_not_asked(large: Release, town: Town) -> None:
    gone = town.staff["nord"][0]
    before = pulses.places_of(planned(large, town, "nord")).count()
    placement = Placement.objects.get(campaign=large.wave.campaign, person=gone)
    type(placement.employment).objects.filter(pk=placement.employment_id).update(ends="2026-05-31")
    assert pulses.places_of(Wave.objects.get(kind=Wave.Kind.PULSE)).count() == before - 1


def test_a_planned_one_can_be_cancelled_and_an_open_one_not(large: Release, town: Town, at: At, as_person: As) -> None:
    wave = planned(large, town, "nord")
    client = as_person(town.person["hr"])
    address = reverse("surveys:pulse_cancel", args=[wave.uuid])
    assert client.post(address).status_code == 302
    assert not Wave.objects.filter(pk=wave.pk).exists()
    wave = planned(large, town, "nord")
    at(OPEN)
    opening.waves_open()
    client.post(reverse("surveys:pulse_cancel", args=[wave.uuid]))
    assert Wave.objects.filter(pk=wave.pk).exists()


def test_the_short_questionnaire_is_loaded_once(town: Town, campaign: Campaign, at: At) -> None:
    large = counted(campaign, at)
    assert Questionnaire.objects.filter(key__startswith="pulse-").count() == 0
    at(PLANNED)
    waves = [planned(large, town, "nord"), planned(large, town, "syd")]
    assert Questionnaire.objects.get(key="pulse-dialogue").topics.count() == 1
    assert [pulses.title_of(wave) for wave in waves] == ["Efter trivselsdialogen"] * 2
