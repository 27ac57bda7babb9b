"""Closing: one process from envelopes to facts, and afterwards nothing that leads from a person to an answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from organisation.models import Campaign, CampaignUnit, Placement
from surveys import closing, facts, keys
from surveys.models import Fact, Release, Ticket, Wave
from surveys.models.envelope import Envelope
from tests.factories import Town
from tests.surveys.answered import CLOSED, SURVEY, counted, everybody_answers, person_ids, unit_of
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]


def key_files(wave: Wave) -> list[str]:
    folders = (Path(settings.KEY_DIR), Path(settings.PRIVATE_KEY_DIR))
    return [path.name for folder in folders for path in folder.glob(f"*{wave.uuid}*")]


def test_from_envelopes_to_facts_and_nothing_that_links_is_left(town: Town, campaign: Campaign, at: At) -> None:
    release = counted(campaign, at)
    wave = release.wave
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    assert release.state == Release.State.WAITING
    assert release.audit_green
    assert release.facts_sha256 == facts.hash_of(release)
    assert Envelope.objects.count() == 0
    assert key_files(wave) == []
    assert not Ticket.objects.filter(wave=wave, code_hash__isnull=False).exists()
    assert Fact.objects.filter(release=release, item=facts.ANSWERED).count() >= 6


def test_the_counts_are_those_of_the_answers(town: Town, campaign: Campaign, at: At) -> None:
    def say(placement: Placement, answers: dict[str, Any]) -> None:
        answers["mt_overall"] = random.Random(placement.pk).choice(["4", "5"])

    release = counted(campaign, at, say=say)
    whole = Fact.objects.get(release=release, unit=unit_of(campaign, town, "kommune"), item="mt_overall")
    people = Placement.objects.filter(campaign=campaign).values_list("pk", flat=True)
    fours = sum(1 for pk in people if random.Random(pk).choice(["4", "5"]) == "4")
    assert whole.n == len(people)
    assert whole.dist == [0, 0, 0, fours, len(people) - fours]


def test_it_does_not_count_before_the_grace_is_over(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    assert closing.waves_close() == 0
    at("2026-04-23 00:00")
    assert closing.waves_close() == 1
    assert closing.waves_close() == 0
    assert closing.waves_to_count() == []
    at("2026-04-23 00:40")
    assert closing.waves_to_count() == [wave]


def test_with_key_holders_the_sweep_leaves_the_wave_closed(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    Wave.objects.filter(pk=wave.pk).update(key_mode=Wave.KeyMode.TRUSTEES)
    at(CLOSED)
    closing.waves_close()
    assert closing.waves_to_count() == []


@pytest.mark.parametrize(
    "where",
    ["surveys.facts.plan_facts", "surveys.facts.audit_plan", "surveys.facts.write_facts", "surveys.closing._empty_urn",
     "surveys.keys.destroy"],
)  # fmt: skip
def test_dying_anywhere_and_starting_again_gives_the_same_facts_once(
    town: Town, campaign: Campaign, at: At, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    sent = everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()

    def die(*_args: object, **_kwargs: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(where, die)
        with pytest.raises(MemoryError):
            closing.wave_count(wave)
    wave.refresh_from_db()
    assert wave.state == Wave.State.CLOSED
    half_way = {release.pk: release.facts.count() for release in Release.objects.filter(wave=wave)}
    if where.startswith("surveys.facts"):
        assert half_way == {}
        assert Envelope.objects.count() == sent
        assert len(key_files(wave)) == 2
    release = closing.wave_count(wave)
    assert release is not None
    assert half_way in ({}, {release.pk: release.facts.count()})
    assert Release.objects.filter(wave=wave).count() == 1
    assert release.facts_sha256 == facts.hash_of(release)
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    assert Envelope.objects.count() == 0
    assert key_files(wave) == []
    assert closing.wave_count(wave) is None


def test_what_cannot_be_read_is_counted_and_left_out(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    nord = unit_of(campaign, town, "nord")
    some = list(Envelope.objects.filter(unit=nord.pk)[:2])
    Envelope.objects.filter(pk=some[0].pk).update(sealed=b"\x00" * len(bytes(some[0].sealed)))
    # Moved to another unit: sealed to the first one, so it does not open there.
    Envelope.objects.filter(pk=some[1].pk).update(unit=unit_of(campaign, town, "syd").pk)
    at(CLOSED)
    closing.waves_close()
    release = closing.wave_count(wave)
    assert release is not None
    wave.refresh_from_db()
    assert wave.malformed == 2
    fact = Fact.objects.get(release=release, unit=nord, item=facts.ANSWERED)
    assert fact.n == nord.placed - 2


def test_an_empty_document_is_somebody_who_has_not_answered(town: Town, campaign: Campaign, at: At) -> None:
    gone = person_ids(town.staff["nord"][:2])

    def say(placement: Placement, answers: dict[str, Any]) -> None:
        if placement.person_id in gone:
            answers.clear()

    release = counted(campaign, at, say=say)
    nord = unit_of(campaign, town, "nord")
    assert Fact.objects.get(release=release, unit=nord, item=facts.ANSWERED).n == nord.placed - 2
    assert release.wave.malformed == 0


def test_a_red_audit_writes_nothing_and_destroys_nothing(
    town: Town, campaign: Campaign, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    sent = everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    with monkeypatch.context() as patch:
        patch.setattr(facts, "audit_plan", lambda *_args, **_more: facts.Verdict(green=False, report="violations: 1"))
        with pytest.raises(closing.AuditIsRed):
            closing.wave_count(wave)
    assert Release.objects.count() == 0
    assert Envelope.objects.count() == sent
    assert keys.opener(wave) is not None


def test_a_unit_below_five_gets_no_fact_at_all(town: Town, campaign: Campaign, at: At) -> None:
    release = counted(campaign, at)
    small = unit_of(campaign, town, "koekken")
    assert small.placed < 5
    assert not Fact.objects.filter(release=release, unit=small).exists()


def test_the_independent_auditor_finds_a_naive_planner_out(town: Town, campaign: Campaign, at: At) -> None:
    """Mutation: facts for every unit with five answers, without looking at differences."""
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    tally = closing._tally(wave, keys.opener(wave))
    planned = facts.plan_facts(wave, respondents=tally.respondents, answers=tally.answers)
    assert facts.audit_plan(wave, planned).green
    below: dict[int, list[int]] = {}
    for unit in CampaignUnit.objects.filter(campaign=campaign):
        for above in CampaignUnit.objects.filter(campaign=campaign, unit_id__in=unit.path):
            counts = below.setdefault(above.pk, [0] * 5)
            for place, count in enumerate(tally.answers[unit.pk].get("mt_overall", [0] * 5)):
                counts[place] += count
    naive = [row for row in planned.rows if row[1] != "mt_overall"]
    naive += [(unit, "mt_overall", sum(dist), dist, []) for unit, dist in below.items() if sum(dist) >= 5]
    mutated = facts.Planned(rows=naive, sha256="")
    assert not facts.audit_plan(wave, mutated).green


def test_the_urn_keeps_the_envelopes_of_another_open_wave(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    other = Wave.objects.create(
        campaign=campaign, kind=Wave.Kind.PULSE, questionnaire=wave.questionnaire, opens_at=wave.opens_at,
        closes_at=wave.closes_at.replace(year=2027),
    )  # fmt: skip
    Envelope.objects.create(wave=other.uuid, pseudonym=b"p" * 32, unit=1, sealed=b"s")
    at(CLOSED)
    closing.waves_close()
    closing.wave_count(wave)
    assert list(Envelope.objects.values_list("wave", flat=True)) == [other.uuid]


def test_only_the_urn_holds_envelopes(town: Town, campaign: Campaign, at: At) -> None:
    counted(campaign, at)
    assert Envelope._meta.db_table not in connections["default"].introspection.table_names()


def test_two_workers_never_count_at_once(town: Town, campaign: Campaign, at: At) -> None:
    at(SURVEY)
    wave = open_wave(campaign)
    sent = everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    parameters = connections["default"].get_connection_params()
    with psycopg.connect(
        **{key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    ) as other:
        other.execute("select pg_advisory_lock(%s)", [closing.LOCK])
        assert closing.wave_count(wave) is None
        assert Envelope.objects.count() == sent
        # Let go of it by word: a connection that is closed lets go a moment later.
        other.execute("select pg_advisory_unlock(%s)", [closing.LOCK])
    assert closing.wave_count(wave) is not None
