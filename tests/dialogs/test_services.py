"""A dialogue is opened, planned and held."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from dialogs import services, tasks
from dialogs.models import Dialogue
from dialogs.services import AgreementDraft
from organisation import clock
from organisation.models import AuditEntry, Campaign, Employment, JobRun, Milestone, Notice
from surveys.models import Release, ReleaseApproval
from tests.dialogs.conftest import moment
from tests.factories import Town, make_employment

pytestmark = pytest.mark.django_db


def plan(dialogue: Dialogue, town: Town, when: str = "2026-06-02 13:00", place: str = "Personalerummet") -> Dialogue:
    return services.dialogue_plan(
        dialogue=dialogue, planned_at=moment(when), place=place, facilitator="", by=town.person["leader"]
    )


def hold(dialogue: Dialogue, town: Town, *agreements: AgreementDraft) -> Dialogue:
    return services.dialogue_hold(
        dialogue=dialogue,
        held_on=date(2026, 6, 2),
        participants=10,
        topics=["kb"],
        agreements=agreements,
        by=town.person["leader"],
    )


def test_every_trio_gets_one_dialogue_with_its_units_when_the_report_is_out(town: Town, released: Campaign) -> None:
    assert {d.group.name: sorted(u.name for u in d.units.all()) for d in Dialogue.objects.all()} == {
        "Trioen i Afsnit Nord": ["Afsnit Nord"],
        "Trioen i Afsnit Syd og Køkkenet": ["Afsnit Syd", "Køkkenet"],
        "Trioen på Skovskolen": ["Indskolingen", "Skovskolen", "Udskolingen"],
    }


def test_opening_twice_opens_nothing_more_and_leaves_no_line_for_hr(town: Town, released: Campaign) -> None:
    tasks.dialogues_open()
    tasks.dialogues_open()
    assert Dialogue.objects.count() == 3
    assert not JobRun.objects.filter(name="dialogues_open").exists()


def test_nothing_opens_before_the_report_is_released(town: Town, released: Campaign) -> None:
    Dialogue.objects.all().delete()
    for who in ("hr", "hr_2"):
        ReleaseApproval.objects.create(release=Release.objects.get(), person=town.person[who], at=clock.now())
    Release.objects.update(state=Release.State.APPROVED)
    assert services.dialogues_open() == 0
    assert not Dialogue.objects.exists()


def test_a_date_invites_everybody_at_work_in_the_units_once(town: Town, dialogue: Dialogue) -> None:
    Employment.objects.filter(person=town.staff["nord"][1]).update(leave="sick")
    make_employment(town.staff["nord"][2], town.unit["nord"])  # two jobs there, one invitation
    plan(dialogue, town)
    invited = Notice.objects.filter(kind="dialogue_invitation")
    assert invited.count() == 12 + 3 - 1
    body = invited.get(person=town.person["employee"]).body
    assert "2. juni kl. 13.00" in body
    assert "Personalerummet" in body
    assert "Hvad skal vi for alt i verden blive ved med?" in body


def test_the_same_date_again_says_nothing_more(town: Town, dialogue: Dialogue) -> None:
    plan(dialogue, town)
    before = set(Notice.objects.values_list("pk", flat=True))
    plan(dialogue, town)
    assert set(Notice.objects.values_list("pk", flat=True)) == before


def test_a_moved_date_replaces_what_has_not_gone_out_and_follows_up_on_what_has(
    town: Town, dialogue: Dialogue, at: object
) -> None:
    plan(dialogue, town)
    told = town.person["employee"]
    Notice.objects.filter(person=told).update(state=Notice.State.SENT)
    at("2026-05-13 09:00")  # type: ignore[operator]
    plan(dialogue, town, "2026-06-09 13:00")
    assert Notice.objects.filter(kind="dialogue_invitation", person=told).count() == 2
    assert Notice.objects.filter(kind="dialogue_invitation", person=town.staff["nord"][1]).count() == 1
    assert "9. juni" in Notice.objects.get(kind="dialogue_invitation", person=town.staff["nord"][1]).body


def test_a_date_in_the_past_is_refused(town: Town, dialogue: Dialogue) -> None:
    with pytest.raises(ValidationError):
        plan(dialogue, town, "2026-05-11 13:00")
    dialogue.refresh_from_db()
    assert dialogue.state == Dialogue.State.OPEN


def test_holding_records_agreements_and_tells_the_staff(town: Town, dialogue: Dialogue, at: object) -> None:
    at("2026-06-03 09:00")  # type: ignore[operator]
    hold(dialogue, town, AgreementDraft("Ro fra 13 til 13.30", "kb", "Mie"), AgreementDraft("Fast tavlemøde"))
    dialogue.refresh_from_db()
    assert dialogue.state == Dialogue.State.HELD
    assert [a.text for a in dialogue.agreements.all()] == ["Ro fra 13 til 13.30", "Fast tavlemøde"]
    assert (
        "Ro fra 13 til 13.30 (Mie)" in Notice.objects.get(kind="dialogue_summary", person=town.person["employee"]).body
    )
    assert AuditEntry.objects.filter(verb="dialogue_held").count() == 1


def test_correcting_the_record_keeps_rows_and_does_not_write_to_the_staff_again(
    town: Town, dialogue: Dialogue, at: object
) -> None:
    at("2026-06-03 09:00")  # type: ignore[operator]
    hold(dialogue, town, AgreementDraft("Første"), AgreementDraft("Anden"))
    first, second = dialogue.agreements.all()
    hold(dialogue, town, AgreementDraft("Første, rettet", uuid=first.uuid), AgreementDraft("Tredje"))
    assert [(a.pk == first.pk, a.text) for a in dialogue.agreements.all()] == [
        (True, "Første, rettet"),
        (False, "Tredje"),
    ]
    assert not dialogue.agreements.filter(pk=second.pk).exists()
    assert Notice.objects.filter(kind="dialogue_summary", person=town.person["employee"]).count() == 1


def test_a_dialogue_cannot_be_held_tomorrow_or_about_an_unknown_topic(town: Town, dialogue: Dialogue) -> None:
    with pytest.raises(ValidationError):
        hold(dialogue, town)  # 2 June, and today is 12 May
    with pytest.raises(ValidationError):
        services.dialogue_hold(
            dialogue=dialogue,
            held_on=date(2026, 5, 12),
            participants=1,
            topics=["vejret"],
            agreements=[],
            by=town.person["leader"],
        )


@pytest.mark.parametrize("text", ["Borgeren 010190-1234", "cpr 3112851234"])
def test_a_personal_number_is_refused(town: Town, dialogue: Dialogue, at: object, text: str) -> None:
    at("2026-06-03 09:00")  # type: ignore[operator]
    with pytest.raises(ValidationError, match="CPR"):
        hold(dialogue, town, AgreementDraft(text))
    dialogue.refresh_from_db()
    assert dialogue.state == Dialogue.State.OPEN


def test_trios_without_a_date_are_nudged_once(town: Town, dialogue: Dialogue, at: object) -> None:
    Milestone.objects.create(
        campaign=dialogue.campaign, key="dialogue_date_nudge", title="Dato", starts=date(2026, 5, 22)
    )
    plan(dialogue, town)
    tasks.dialogue_date_nudges()
    assert not Notice.objects.filter(kind="dialogue_date_nudge").exists()
    at("2026-05-22 09:00")  # type: ignore[operator]
    tasks.dialogue_date_nudges()
    tasks.dialogue_date_nudges()
    nudged = set(Notice.objects.filter(kind="dialogue_date_nudge").values_list("person__name", flat=True))
    assert nudged == {"Mogens Vad", "Lone Krag", "Birgit Holm", "Palle Ring"}
    assert JobRun.objects.get(name="dialogue_date_nudges").done == 4
