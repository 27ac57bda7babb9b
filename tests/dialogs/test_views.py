"""The pages of a dialogue: who sees what, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dialogs import selectors, services
from dialogs.models import Dialogue
from dialogs.services import AgreementDraft
from organisation.models import Campaign, Person
from tests.dialogs.conftest import asked, moment
from tests.factories import Town

pytestmark = pytest.mark.django_db
As = Callable[[Person | None], Client]


@pytest.fixture
def planned(town: Town, dialogue: Dialogue) -> Dialogue:
    return services.dialogue_plan(
        dialogue=dialogue, planned_at=moment("2026-06-02 13:00"), place="Personalerummet", by=town.person["leader"]
    )


@pytest.mark.parametrize(
    ("who", "detail", "guide", "plan", "hold"),
    [
        (None, 302, 302, 302, 302),
        ("employee", 200, 404, 403, 403),
        ("leader", 200, 200, 200, 200),
        ("amr", 200, 200, 200, 200),
        ("tr", 200, 200, 200, 200),
        ("leader_syd", 404, 404, 404, 404),
        ("head", 200, 404, 403, 403),
        ("med_workplace", 200, 404, 403, 403),
        ("med_department", 404, 404, 404, 404),
        ("med_other_department", 404, 404, 404, 404),
        ("med_municipality", 404, 404, 404, 404),
        ("hr", 200, 200, 403, 403),
        ("property", 404, 404, 404, 404),
        ("dpo", 404, 404, 404, 404),
        ("former_leader", 404, 404, 404, 404),
    ],
)
def test_who_may_see_a_planned_dialogue(
    town: Town, planned: Dialogue, as_person: As, who: str | None, detail: int, guide: int, plan: int, hold: int
) -> None:
    client = as_person(town.person[who] if who else None)
    names = ["dialogue_detail", "dialogue_guide", "dialogue_plan", "dialogue_hold"]
    answers = [client.get(reverse(f"dialogs:{name}", args=[planned.uuid])).status_code for name in names]
    assert answers == [detail, guide, plan, hold]


def test_staff_see_nothing_before_there_is_a_date(town: Town, dialogue: Dialogue, as_person: As) -> None:
    url = reverse("dialogs:dialogue_detail", args=[dialogue.uuid])
    assert as_person(town.person["employee"]).get(url).status_code == 404
    assert as_person(town.person["leader"]).get(url).status_code == 200


def test_the_invitation_holds_place_and_questions_and_nothing_of_the_trios_preparation(
    town: Town, planned: Dialogue, as_person: As
) -> None:
    page = as_person(town.person["employee"]).get(reverse("dialogs:dialogue_detail", args=[planned.uuid]))
    assert "Personalerummet" in page.text
    assert "Hvad skal vi for alt i verden blive ved med?" in page.text
    assert "Krænkelser er set på" not in page.text
    assert not [name for name in ("checklist", "members", "campaign_units", "steps") if name in page.context]


def test_the_trio_gets_report_board_and_checklist(town: Town, planned: Dialogue, as_person: As) -> None:
    page = as_person(town.person["amr"]).get(reverse("dialogs:dialogue_detail", args=[planned.uuid]))
    unit = planned.units.get()
    assert reverse("surveys:report_detail", args=[unit.uuid]) in page.text
    assert reverse("surveys:board", args=[planned.group.uuid]) in page.text
    assert "Krænkelser er set på" in page.text


def test_planning_saves_the_date_and_warns_outside_the_period(town: Town, dialogue: Dialogue, as_person: As) -> None:
    client, url = as_person(town.person["leader"]), reverse("dialogs:dialogue_plan", args=[dialogue.uuid])
    page = client.post(url, {"date": "2026-07-02", "time": "13:00", "place": "Salen"}, follow=True)
    dialogue.refresh_from_db()
    assert dialogue.planned_at == moment("2026-07-02 13:00")
    assert "uden for perioden" in page.text
    page = client.post(url, {"date": "2026-06-02", "time": "13:00", "place": "Salen"}, follow=True)
    assert "uden for perioden" not in page.text


def test_a_form_that_fails_keeps_what_was_typed(town: Town, dialogue: Dialogue, as_person: As) -> None:
    page = as_person(town.person["leader"]).post(
        reverse("dialogs:dialogue_plan", args=[dialogue.uuid]),
        {"date": "2026-05-01", "time": "13:00", "place": "Den store sal", "facilitator": "Ulla fra HR"},
    )
    assert page.status_code == 200
    assert "ikke er passeret" in page.text
    assert "Den store sal" in page.text
    assert "Ulla fra HR" in page.text
    dialogue.refresh_from_db()
    assert dialogue.state == Dialogue.State.OPEN


def record(*texts: str, **more: object) -> dict[str, object]:
    """The form of the record with one row per text."""
    data: dict[str, object] = {
        "held_on": "2026-06-02",
        "participants": "11",
        "topics": ["kb"],
        "agreements-TOTAL_FORMS": len(texts),
        "agreements-INITIAL_FORMS": 0,
    }
    for n, text in enumerate(texts):
        data |= {f"agreements-{n}-text": text, f"agreements-{n}-topic": "kb", f"agreements-{n}-owner": "Mie"}
        if not text:
            data |= {f"agreements-{n}-topic": "", f"agreements-{n}-owner": ""}
    return data | more


def test_the_record_is_written_and_read_by_the_staff(
    town: Town, planned: Dialogue, as_person: As, at: Callable[[str], None]
) -> None:
    at("2026-06-03 09:00")
    url = reverse("dialogs:dialogue_hold", args=[planned.uuid])
    answer = as_person(town.person["tr"]).post(url, record("Ro kl. 13", "", "Tavlemøde"))
    assert answer.status_code == 302
    assert [a.text for a in planned.agreements.all()] == ["Ro kl. 13", "Tavlemøde"]
    page = as_person(town.person["employee"]).get(reverse("dialogs:dialogue_detail", args=[planned.uuid]))
    assert "Ro kl. 13" in page.text
    assert "Krav og balance" in page.text
    assert reverse("actionplans:plan_create") not in page.text


def test_more_rows_without_javascript_keep_everything(
    town: Town, planned: Dialogue, as_person: As, at: Callable[[str], None]
) -> None:
    at("2026-06-03 09:00")
    page = as_person(town.person["leader"]).post(
        reverse("dialogs:dialogue_hold", args=[planned.uuid]), record("Ro kl. 13", more="1", participants="")
    )
    assert page.status_code == 200
    assert 'value="Ro kl. 13"' in page.text
    assert 'name="agreements-3-text"' in page.text
    assert 'value="2026-06-02"' in page.text
    assert "Noget mangler" not in page.text
    assert not planned.agreements.exists()


def test_a_record_that_fails_keeps_its_rows(
    town: Town, planned: Dialogue, as_person: As, at: Callable[[str], None]
) -> None:
    at("2026-06-03 09:00")
    page = as_person(town.person["leader"]).post(
        reverse("dialogs:dialogue_hold", args=[planned.uuid]), record("Tal med 010190-1234", "Tavlemøde")
    )
    assert page.status_code == 200
    assert "CPR" in page.text
    assert 'value="Tavlemøde"' in page.text
    assert not planned.agreements.exists()


def test_correcting_the_record_over_the_form_keeps_the_rows_own_identity(
    town: Town, planned: Dialogue, as_person: As, at: Callable[[str], None]
) -> None:
    at("2026-06-03 09:00")
    client, url = as_person(town.person["leader"]), reverse("dialogs:dialogue_hold", args=[planned.uuid])
    client.post(url, record("Ro kl. 13"))
    agreement = planned.agreements.get()
    assert str(agreement.uuid) in client.get(url).text
    client.post(url, record("Ro kl. 14", **{"agreements-0-uuid": str(agreement.uuid)}))
    agreement.refresh_from_db()
    assert agreement.text == "Ro kl. 14"
    assert planned.agreements.count() == 1


def test_the_list_is_my_own_and_hrs_is_everybodys(town: Town, planned: Dialogue, as_person: As) -> None:
    url = reverse("dialogs:dialogue_list")
    assert "Trioen i Afsnit Nord" in as_person(town.person["leader"]).get(url).text
    assert "Trioen på Skovskolen" not in as_person(town.person["leader"]).get(url).text
    assert "Læs invitationen" in as_person(town.person["employee"]).get(url).text
    page = as_person(town.person["hr"]).get(url)
    assert "Trioen på Skovskolen" in page.text
    assert "2 uden dato, 1 planlagt, 0 holdt" in page.text
    assert as_person(None).get(url).status_code == 302


def test_tasks_follow_the_dialogue(town: Town, dialogue: Dialogue, at: Callable[[str], None]) -> None:
    def titles(who: str) -> list[str]:
        return [task.title for task in selectors.tasks_of(town.person[who])]

    assert titles("leader") == ["Sæt dato for trivselsdialogen"]
    assert titles("employee") == []
    services.dialogue_plan(
        dialogue=dialogue, planned_at=moment("2026-06-02 13:00"), place="Salen", by=town.person["leader"]
    )
    assert titles("amr") == ["Forbered trivselsdialogen"]
    assert titles("employee") == ["Kom til trivselsdialog"]
    at("2026-06-02 17:00")
    assert titles("tr") == ["Skriv referat af trivselsdialogen"]
    assert titles("employee") == []
    services.dialogue_hold(
        dialogue=dialogue,
        held_on=date(2026, 6, 2),
        participants=9,
        topics=[],
        agreements=[AgreementDraft("Ro")],
        by=town.person["leader"],
    )
    assert [task.done for task in selectors.tasks_of(town.person["leader"])] == [True]


def test_hrs_list_asks_the_database_the_same_number_of_times_however_long(
    town: Town, released: Campaign, as_person: As
) -> None:
    client, url = as_person(town.person["hr"]), reverse("dialogs:dialogue_list")
    client.get(url)  # the first page of a session notes the roles it began with
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    Dialogue.objects.exclude(group=town.group["nord"]).delete()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    assert asked(one) == asked(three)
