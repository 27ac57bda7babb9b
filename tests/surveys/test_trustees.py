"""Key holders: named, one sitting, a rehearsal, and two of three parts before anything can be opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from shamir_mnemonic import generate_mnemonics

from organisation.models import AuditEntry, Campaign, Notice, Person, Role
from surveys import closing, facts, opening, release, sealing, stuck, trustees
from surveys.closer import Closer
from surveys.models import KeyHolder, KeyRequest, KeySet, Release, SealedShare, SealedTally, Wave
from surveys.models.envelope import Envelope
from surveys.tasklist import tasks_of
from tests.factories import Town, make_person
from tests.surveys.answered import CLOSED, REPORTS, SURVEY, WAITING, everybody_answers
from tests.surveys.holders import hand_in, rehearsed, sealed_part, sitting, three
from tests.surveys.waves import planned_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
BEFORE = "2026-03-16 10:00"
TRUSTEES = Wave.KeyMode.TRUSTEES
Problem = SealedShare.Problem


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: At) -> Wave:
    at(BEFORE)
    return planned_wave(campaign)


@pytest.fixture
def parts(wave: Wave, town: Town) -> list[str]:
    return rehearsed(wave, town)


def opened(wave: Wave, at: At) -> Wave:
    at(SURVEY)
    wave.refresh_from_db()
    assert opening.wave_open(wave)
    return wave


def asked_for_opening(wave: Wave, at: At) -> tuple[KeyRequest, Closer]:
    """Everybody has answered, the survey is closed, and a worker waits."""
    opened(wave, at)
    everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    closer = Closer()
    closer.look()
    return KeyRequest.objects.get(wave=wave, purpose="opening"), closer


# --- naming -------------------------------------------------------------------------------------------------------


def test_three_different_people_get_the_role_for_the_period(wave: Wave, town: Town) -> None:
    trustees.key_mode_set(wave=wave, key_mode=TRUSTEES, people=three(town), by=town.person["hr"])
    assert [holder.person for holder in trustees.holders_of(wave)] == list(three(town).values())
    roles = Role.objects.filter(kind=Role.Kind.KEY_HOLDER)
    assert {role.person for role in roles} == set(three(town).values())
    assert all(role.ends for role in roles)


def test_the_same_person_cannot_sit_twice_by_words_and_by_the_database(wave: Wave, town: Town) -> None:
    people = three(town) | {"dpo": town.person["hr"]}
    with pytest.raises(ValidationError, match="forskellige"):
        trustees.key_mode_set(wave=wave, key_mode=TRUSTEES, people=people, by=town.person["hr"])
    assert not KeyHolder.objects.exists()
    KeyHolder.objects.create(wave=wave, seat="hr", person=town.person["hr"])
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyHolder.objects.create(wave=wave, seat="dpo", person=town.person["hr"])


def test_nobody_can_be_left_out(wave: Wave, town: Town) -> None:
    people = three(town)
    del people["staff"]
    with pytest.raises(ValidationError) as refused:
        trustees.key_mode_set(wave=wave, key_mode=TRUSTEES, people=people, by=town.person["hr"])
    assert list(refused.value.message_dict) == ["staff"]


def test_holders_are_fixed_when_the_survey_opens(wave: Wave, town: Town, at: At, parts: list[str]) -> None:
    opened(wave, at)
    with pytest.raises(ValidationError):
        trustees.key_mode_set(wave=wave, key_mode="automatic", people={}, by=town.person["hr"])
    holder = KeyHolder.objects.get(wave=wave, seat="dpo")
    for wrong in (
        lambda: KeyHolder.objects.filter(pk=holder.pk).update(person=town.person["hr_2"]),
        lambda: KeyHolder.objects.filter(pk=holder.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="fixed when it opens"), transaction.atomic():
            wrong()


def test_another_holder_makes_the_printed_parts_void(wave: Wave, town: Town, parts: list[str]) -> None:
    people = three(town) | {"dpo": town.person["hr_2"]}
    trustees.key_mode_set(wave=wave, key_mode=TRUSTEES, people=people, by=town.person["hr"])
    assert not KeySet.objects.exists()
    assert not trustees.may_open(wave)
    role = Role.objects.filter(kind=Role.Kind.KEY_HOLDER, person=town.person["dpo"]).get()
    assert role.ends == role.starts


def test_a_sitting_needs_a_key_on_the_curve(wave: Wave, town: Town) -> None:
    trustees.key_mode_set(wave=wave, key_mode=TRUSTEES, people=three(town), by=town.person["hr"])
    for wrong in (b"", b"\x04" + b"\x01" * 64, sealing.key_pair()[1][:-1]):
        with pytest.raises(ValidationError):
            trustees.key_set_save(wave=wave, public_key=wrong, set_id=1, by=town.person["hr"])


# --- rehearsal and opening ----------------------------------------------------------------------------------------


def test_opening_is_refused_until_the_rehearsal_was_green(wave: Wave, town: Town, at: At) -> None:
    parts = sitting(wave, town)
    at(SURVEY)
    assert opening.waves_open() == 0
    with pytest.raises(opening.CannotOpenYet):
        opening.wave_open(wave)
    assert [check.done for check in trustees.checklist(wave)] == [True, True, False]
    request = trustees.rehearsal_start(wave=wave, by=town.person["hr"])
    closer = Closer()
    closer.look()
    hand_in(request, "staff", parts[1])
    assert closer.look() == 0
    hand_in(request, "hr", parts[0])
    assert closer.look() == 1
    request.refresh_from_db()
    assert (request.state, request.problem) == ("done", "")
    assert opening.waves_open() == 1
    wave.refresh_from_db()
    assert bytes(wave.public_key or b"") == bytes(wave.key_set.public_key)
    assert not list(Path(settings.PRIVATE_KEY_DIR).glob(f"{wave.uuid}*"))


def test_a_rehearsal_leaves_nothing_in_the_urn(wave: Wave, parts: list[str]) -> None:
    assert not Envelope.objects.exists()
    assert not SealedShare.objects.exists()


def test_a_broken_rehearsal_is_told_and_opens_nothing(wave: Wave, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = sitting(wave, town)
    request = trustees.rehearsal_start(wave=wave, by=town.person["hr"])
    closer = Closer()
    closer.look()
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])

    def wrong_counts(*_args: object) -> closing.Tally:
        return closing.Tally()

    monkeypatch.setattr(closing, "tally_envelopes", wrong_counts)
    closer.look()
    request.refresh_from_db()
    assert (request.state, request.problem) == ("failed", "broke")
    assert not trustees.may_open(wave)


# --- opening after closing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("two", [("hr", "staff"), ("hr", "dpo"), ("staff", "dpo")])
def test_any_two_of_three_open_and_count(wave: Wave, at: At, parts: list[str], two: tuple[str, str]) -> None:
    request, closer = asked_for_opening(wave, at)
    assert closing.waves_to_count() == []
    by_seat = dict(zip(("hr", "staff", "dpo"), parts, strict=True))
    hand_in(request, two[0], by_seat[two[0]])
    assert closer.look() == 0
    wave.refresh_from_db()
    assert wave.state == Wave.State.CLOSED
    hand_in(request, two[1], by_seat[two[1]])
    assert closer.look() == 1
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    written = Release.objects.get(wave=wave)
    assert written.audit_green
    assert written.facts_sha256 == facts.hash_of(written)
    assert wave.malformed == 0
    assert not Envelope.objects.exists()
    request.refresh_from_db()
    assert (request.state, request.public_key) == ("done", None)
    assert not SealedShare.objects.exists()
    assert closer.look() == 0


def test_closed_and_opened_are_two_states_and_nobody_is_asked_within_the_grace(
    wave: Wave, at: At, parts: list[str]
) -> None:
    opened(wave, at)
    at("2026-04-23 00:05")
    closing.waves_close()
    Closer().look()
    assert not KeyRequest.objects.filter(purpose="opening").exists()


def test_one_holder_acting_twice_is_one_part(wave: Wave, at: At, parts: list[str]) -> None:
    request, closer = asked_for_opening(wave, at)
    hand_in(request, "hr", parts[0])
    with pytest.raises(trustees.CannotHandIn, match="Du har givet din del"):
        hand_in(request, "hr", parts[0])
    assert closer.look() == 0
    assert request.shares.count() == 1


def test_the_same_part_from_two_people_is_told_apart(wave: Wave, at: At, parts: list[str]) -> None:
    request, closer = asked_for_opening(wave, at)
    hand_in(request, "hr", parts[0])
    hand_in(request, "staff", parts[0])
    assert closer.look() == 0
    assert request.shares.get(holder__seat="staff").problem == Problem.OTHER_HOLDER
    assert request.shares.get(holder__seat="hr").problem == ""
    hand_in(request, "staff", parts[1])
    assert closer.look() == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda words: words.replace(words.split()[9], "zzz"), Problem.UNREADABLE),
        (lambda words: " ".join(words.split()[:-1]), Problem.UNREADABLE),
        (lambda words: " ".join([*words.split()[:8], words.split()[9], words.split()[8], *words.split()[10:]]),
         Problem.UNREADABLE),
        (lambda words: generate_mnemonics(1, [(2, 3)], b"x" * 32)[0][0], Problem.OTHER_SET),
    ],
)  # fmt: skip
def test_a_wrong_part_is_named_and_thrown_away(
    wave: Wave, at: At, parts: list[str], change: Callable[[str], str], problem: str
) -> None:
    request, closer = asked_for_opening(wave, at)
    hand_in(request, "hr", change(parts[0]))
    assert closer.look() == 0
    share = request.shares.get()
    assert (share.problem, share.sealed) == (problem, None)
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])
    assert closer.look() == 1


def test_a_part_from_a_false_key_with_our_number_does_not_open(wave: Wave, at: At, parts: list[str]) -> None:
    """Someone prints parts with the right set number and place, of another secret: checksum good, key wrong."""
    from shamir_mnemonic.share import Share

    request, closer = asked_for_opening(wave, at)
    false = Share.from_mnemonic(parts[2])
    forged = replace(false, value=b"\x07" * 32).mnemonic()
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", forged)
    assert closer.look() == 0
    assert {share.problem for share in request.shares.all()} == {Problem.WRONG_KEY}
    wave.refresh_from_db()
    assert wave.state == Wave.State.CLOSED


def test_a_restarted_worker_asks_again_and_the_old_part_is_void(wave: Wave, at: At, parts: list[str]) -> None:
    request, _died = asked_for_opening(wave, at)
    hand_in(request, "hr", parts[0])
    request.refresh_from_db()
    old = request.asked
    sealed_before = sealed_part(request, "dpo", parts[2])
    again = Closer()
    again.look()
    request.refresh_from_db()
    assert request.asked == old + 1
    assert not request.shares.exists()
    holder = KeyHolder.objects.get(wave=wave, seat="dpo")
    with pytest.raises(trustees.CannotHandIn, match="genstartet"):
        trustees.share_hand_in(request=request, holder=holder, sealed=sealed_before, asked=old)
    # Even with the new number on it, a part sealed to the dead worker's key opens nowhere.
    trustees.share_hand_in(request=request, holder=holder, sealed=sealed_before, asked=request.asked)
    again.look()
    assert request.shares.get().problem == Problem.UNREADABLE
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])
    assert again.look() == 1


def test_a_sealed_part_cannot_be_handed_in_for_another(wave: Wave, at: At, parts: list[str]) -> None:
    request, closer = asked_for_opening(wave, at)
    sealed = sealed_part(request, "hr", parts[0])
    staff = KeyHolder.objects.get(wave=wave, seat="staff")
    trustees.share_hand_in(request=request, holder=staff, sealed=sealed, asked=request.asked)
    closer.look()
    assert request.shares.get().problem == Problem.UNREADABLE


def test_words_that_were_not_sealed_are_refused(wave: Wave, at: At, parts: list[str]) -> None:
    request, _closer = asked_for_opening(wave, at)
    holder = KeyHolder.objects.get(wave=wave, seat="hr")
    with pytest.raises(trustees.CannotHandIn, match="ikke forseglet"):
        trustees.share_hand_in(request=request, holder=holder, sealed=parts[0].encode(), asked=request.asked)
    assert not SealedShare.objects.exists()


def test_a_red_audit_is_told_destroys_nothing_and_asks_again(
    wave: Wave, at: At, parts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request, closer = asked_for_opening(wave, at)
    sent = Envelope.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(facts, "audit_plan", lambda *_args, **_more: facts.Verdict(green=False, report="violations: 1"))
        hand_in(request, "hr", parts[0])
        hand_in(request, "dpo", parts[2])
        closer.look()
    request.refresh_from_db()
    assert (request.state, request.problem) == ("failed", "audit_red")
    assert Envelope.objects.count() == sent
    assert not SealedTally.objects.exists()
    closer.look()
    assert not KeyRequest.objects.filter(wave=wave, state="asked").exists()  # in vain, until it is put right
    wave.refresh_from_db()
    told = stuck.words_of(wave)
    assert told is not None
    assert "To nøgleholdere" in told.steps[1]
    stuck.try_again(wave, by=make_person())
    closer.look()
    second = KeyRequest.objects.get(wave=wave, state="asked")
    hand_in(second, "hr", parts[0])
    hand_in(second, "staff", parts[1])
    assert closer.look() == 1


def test_a_run_that_died_after_its_facts_finishes_without_the_holders(
    wave: Wave, at: At, parts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request, closer = asked_for_opening(wave, at)
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])

    def die(*_args: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_empty_urn", die)
        closer.look()
    assert Release.objects.filter(wave=wave).count() == 1
    assert [due.pk for due in closing.waves_to_count()] == [wave.pk]
    assert closing.wave_count(wave) is not None
    wave.refresh_from_db()
    assert wave.state == Wave.State.OPENED
    assert not Envelope.objects.exists()


# --- who is told --------------------------------------------------------------------------------------------------


def test_holders_have_a_task_and_are_reminded_daily_from_the_day_after_closing(
    wave: Wave, town: Town, at: At, parts: list[str]
) -> None:
    request, closer = asked_for_opening(wave, at)  # one o'clock the night after the last day
    dpo, hr = town.person["dpo"], town.person["hr"]
    wanted = "Giv din del af nøglen"
    assert wanted in [task.title for task in tasks_of(dpo)]
    assert wanted not in [task.title for task in tasks_of(town.person["leader"])]
    reminders = Notice.objects.filter(kind="key_part", key__contains="2026-")
    assert trustees.holders_remind() == 3
    assert trustees.holders_remind() == 0
    hand_in(request, "dpo", parts[2])
    assert wanted not in [task.title for task in tasks_of(dpo)]
    at("2026-04-24 09:00")
    assert trustees.holders_remind() == 2
    assert reminders.filter(person=dpo).count() == 1
    assert reminders.filter(person=hr).count() == 2
    assert all(parts[0].split()[20] not in notice.body for notice in Notice.objects.all())
    hand_in(request, "hr", parts[0])
    closer.look()
    at("2026-04-25 09:00")
    assert trustees.holders_remind() == 0


def test_hr_has_a_task_until_the_key_is_tried(wave: Wave, town: Town) -> None:
    hr = town.person["hr"]
    wanted = "Gør nøglen til svarene klar"
    assert wanted not in [task.title for task in tasks_of(hr)]
    parts = sitting(wave, town)
    assert wanted in [task.title for task in tasks_of(hr)]
    request = trustees.rehearsal_start(wave=wave, by=hr)
    closer = Closer()
    closer.look()
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])
    closer.look()
    assert wanted not in [task.title for task in tasks_of(hr)]


def test_no_part_and_no_key_stands_in_any_trace(wave: Wave, at: At, parts: list[str]) -> None:
    request, closer = asked_for_opening(wave, at)
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])
    closer.look()
    told = " ".join(str(entry.detail) for entry in AuditEntry.objects.all())
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"key_holders_named", "key_made", "key_parts_asked_for", "key_part_handed_in", "key_parts_used"} <= verbs
    for words in (parts[0].split()[5:], parts[2].split()[5:]):
        for pair in pairwise(words):  # a single one may be a word of ours too
            assert not re.search(rf"\b{pair[0]}\W+{pair[1]}\b", told)


def test_those_who_wait_for_reports_hear_that_two_key_holders_are_awaited(wave: Wave, at: At, parts: list[str]) -> None:
    asked_for_opening(wave, at)
    at(REPORTS)
    told = release.delay_of(wave.campaign)
    assert told is not None
    assert told.late
    assert "to af de tre nøgleholdere" in told.reason


# --- the sealed tally ---------------------------------------------------------------------------------------------


def counted_by_two(wave: Wave, at: At, parts: list[str]) -> Closer:
    request, closer = asked_for_opening(wave, at)
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])
    assert closer.look() == 1
    wave.refresh_from_db()
    return closer


def test_the_counts_can_be_opened_again_by_two_within_thirty_days(
    wave: Wave, town: Town, at: At, parts: list[str], as_person: As
) -> None:
    closer = counted_by_two(wave, at, parts)
    first = Release.objects.get(wave=wave)
    assert not trustees.may_repair(wave)
    at(WAITING)
    for person in (town.person["hr"], town.person["dpo"]):
        release.release_approve(first, by=person)
    at(REPORTS)
    assert release.releases_publish_due() == 1
    client = as_person(town.person["hr"])
    url = reverse("surveys:repair_start")
    assert client.post(url, {"reason": " "}, follow=True).content.decode().count("Skriv, hvilken fejl") == 1
    client.post(url, {"reason": "En skala blev talt baglæns."})
    request = KeyRequest.objects.get(wave=wave, purpose="repair")
    closer.look()
    hand_in(request, "staff", parts[1])
    hand_in(request, "dpo", parts[2])
    assert closer.look() == 1
    second = Release.objects.get(wave=wave, number=2)
    assert (second.kind, second.reason) == ("repair", "En skala blev talt baglæns.")
    assert second.facts_sha256 == first.facts_sha256 == facts.hash_of(second)
    assert second.state == Release.State.WAITING
    assert SealedTally.objects.filter(wave=wave).exists()


def test_the_sealed_counts_go_after_thirty_days(wave: Wave, town: Town, at: At, parts: list[str]) -> None:
    counted_by_two(wave, at, parts)
    at("2026-05-23 10:00")
    assert trustees.sealed_tallies_delete() == 0
    at("2026-05-24 10:00")
    assert not trustees.may_repair(wave)
    with pytest.raises(ValidationError, match="30 dage"):
        trustees.repair_start(wave=wave, reason="x", by=town.person["hr"])
    assert trustees.sealed_tallies_delete() == 1
    assert not SealedTally.objects.exists()
    assert Notice.objects.filter(key__startswith="key-part-shred").count() == 3


def test_one_part_opens_no_counts_and_the_sealed_bytes_show_none(wave: Wave, at: At, parts: list[str]) -> None:
    counted_by_two(wave, at, parts)
    sealed = bytes(SealedTally.objects.get(wave=wave).sealed)
    assert b"respondents" not in sealed
    assert b"mt_overall" not in sealed
    with pytest.raises(sealing.CannotOpen):
        closing.sealed_tally_open(wave, sealing.key_pair()[0])


def test_automatic_mode_keeps_no_counts(town: Town, campaign: Campaign, at: At) -> None:
    from tests.surveys.answered import counted

    counted(campaign, at)
    assert not SealedTally.objects.exists()


# --- pages --------------------------------------------------------------------------------------------------------


def test_hr_names_holders_on_the_page(wave: Wave, town: Town, as_person: As) -> None:
    client = as_person(town.person["hr"])
    people = three(town)
    data = {"key_mode": "trustees", **{seat: person.email or person.number for seat, person in people.items()}}
    assert client.post(reverse("surveys:key_holders"), data).status_code == 302
    page = client.get(reverse("surveys:key_holders")).content.decode()
    assert "Før målingen kan åbne" in page
    assert all(person.name in page for person in people.values())


def test_a_page_with_the_same_person_twice_says_so_and_keeps_what_was_typed(
    wave: Wave, town: Town, as_person: As
) -> None:
    number = town.person["hr"].email
    data = {"key_mode": "trustees", "hr": number, "staff": number, "dpo": town.person["dpo"].email}
    page = as_person(town.person["hr"]).post(reverse("surveys:key_holders"), data).content.decode()
    assert "forskellige personer" in page
    assert f'value="{number}"' in page
    assert not KeyHolder.objects.exists()


def test_the_sitting_takes_a_public_key_and_nothing_else(wave: Wave, town: Town, as_person: As) -> None:
    import base64

    trustees.key_mode_set(wave=wave, key_mode=TRUSTEES, people=three(town), by=town.person["hr"])
    client = as_person(town.person["hr"])
    url = reverse("surveys:key_sitting")
    assert "Lav nøglen" in client.get(url).content.decode()
    assert client.post(url, {"public_key": "nonsense!", "set_id": "1"}).status_code == 422
    public = base64.b64encode(sealing.key_pair()[1]).decode()
    told = client.post(url, {"public_key": public, "set_id": "4711"})
    assert told.json() == {"next": reverse("surveys:key_holders")}
    assert KeySet.objects.get(wave=wave).set_id == 4711


def test_only_the_holders_reach_the_page_of_a_request(
    wave: Wave, town: Town, at: At, parts: list[str], as_person: As
) -> None:
    request, _closer = asked_for_opening(wave, at)
    url = reverse("surveys:share_hand_in", args=[request.uuid])
    assert as_person(town.person["dpo"]).get(url).status_code == 200
    for other in ("hr_2", "leader", "employee"):
        assert as_person(town.person[other]).get(url).status_code == 404
    assert as_person(None).get(url).status_code == 302


def test_the_page_takes_a_sealed_part_and_says_what_is_missing(
    wave: Wave, town: Town, at: At, parts: list[str], as_person: As
) -> None:
    import base64

    request, closer = asked_for_opening(wave, at)
    request.refresh_from_db()
    url = reverse("surveys:share_hand_in", args=[request.uuid])
    client = as_person(town.person["dpo"])
    page = client.get(url).content.decode()
    assert "data-part-form" in page
    assert 'name="words"' not in page
    sealed = base64.b64encode(sealed_part(request, "dpo", parts[2])).decode()
    page = client.post(url, {"sealed": sealed, "asked": request.asked}, follow=True).content.decode()
    assert "Din del er modtaget" in page
    assert "data-part-form" not in page
    hand_in(request, "hr", parts[0])
    closer.look()
    state = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Kuverterne er åbnet" in state
    assert "<html" not in state


def test_a_page_without_a_worker_says_so(wave: Wave, town: Town, at: At, parts: list[str], as_person: As) -> None:
    request, _died = asked_for_opening(wave, at)
    at("2026-04-23 01:05")
    page = as_person(town.person["dpo"]).get(reverse("surveys:share_hand_in", args=[request.uuid])).content.decode()
    assert "gøre klar" in page
    page = as_person(town.person["hr"]).get(reverse("surveys:key_holders")).content.decode()
    assert "svarer ikke" in page
