"""Every page of the year, as those who use it, in a real browser: axe finds nothing, nothing sticks out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from organisation import clock
from organisation.models import Person
from tests.browser.conftest import DESK, PHONE
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]


@pytest.fixture
def world(transactional_db: None) -> World:
    """June by the business clock; sessions and the browser keep real time."""
    clock.move_to(datetime(2026, 6, 3, 9, tzinfo=ZoneInfo("Europe/Copenhagen")))
    return make_world()


def pages_of(world: World) -> dict[str, list[str]]:
    nord, workplace, town = world.unit["nord"].uuid, world.unit["birkehoej"].uuid, world.town
    return {
        "": [
            reverse("trivsel:front"),
            reverse("account_login"),
            reverse("trivsel:accessibility"),
            reverse("surveys:anonymity"),
            reverse("surveys:faq"),
            reverse("surveys:questionnaire_detail"),
            reverse("surveys:answer_start"),
            reverse("surveys:answer_follow"),
            reverse("demo:login"),
            reverse("demo:inbox"),
            "/findes-ikke/",
        ],
        "leader": [
            reverse("trivsel:task_list"),
            reverse("trivsel:group_detail", args=[town.group["nord"].uuid]),
            reverse("surveys:report_list"),
            reverse("surveys:report_detail", args=[nord]),
            reverse("surveys:report_compare", args=[workplace]),
            reverse("surveys:report_compare", args=[workplace]) + "?emne=kb",
            reverse("surveys:report_item", args=[nord]),
            reverse("surveys:report_levels", args=[nord]),
            reverse("surveys:report_care", args=[nord]),
            reverse("surveys:response_rates"),
            reverse("surveys:board", args=[town.group["nord"].uuid]),
            reverse("surveys:finding_detail", args=[world.finding.pk]),
            reverse("dialogs:dialogue_list"),
            reverse("dialogs:dialogue_detail", args=[world.dialogue.uuid]),
            reverse("dialogs:dialogue_hold", args=[world.dialogue.uuid]),
            reverse("dialogs:dialogue_guide", args=[world.dialogue.uuid]),
            reverse("actionplans:plan_list"),
            reverse("actionplans:plan_create"),
            reverse("actionplans:plan_detail", args=[world.plan.uuid]),
            reverse("actionplans:plan_edit", args=[world.plan.uuid]),
            reverse("actionplans:activity_create", args=[world.plan.uuid]),
            reverse("actionplans:activity_edit", args=[world.activity.uuid]),
        ],
        "med_municipality": [
            reverse("trivsel:committee_status", args=[town.committee["kommune"].uuid]),
            reverse("actionplans:evaluation_edit", args=[town.committee["kommune"].uuid]),
            reverse("surveys:report_detail", args=[world.unit["kommune"].uuid]),
        ],
        "head": [reverse("trivsel:committee_status", args=[town.committee["birkehoej"].uuid])],
        "property": [reverse("surveys:property_queue")],
        "hr": [
            reverse("trivsel:hr_campaign"),
            reverse("trivsel:milestone_edit", args=["reports"]),
            reverse("trivsel:job_list"),
            reverse("trivsel:audit_list"),
            reverse("surveys:release_list"),
            reverse("surveys:release_detail", args=[world.release.uuid]),
            reverse("trivsel:committee_list"),
            reverse("actionplans:evaluation_list"),
            reverse("organisation:import_list"),
            reverse("organisation:import_new"),
            reverse("organisation:unit_list"),
            reverse("organisation:unit_detail", args=[town.unit["nord"].uuid]),
            reverse("organisation:role_list"),
            reverse("organisation:missing_list"),
            reverse("organisation:level_list"),
            reverse("surveys:invitees"),
            reverse("surveys:dry_run"),
        ],
    }


def log_in(context: BrowserContext, person: Person) -> None:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}])


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["390", "1280"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    world: World,
    context_for: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
    viewport: dict[str, int],
) -> None:
    wrong: list[str] = []
    for who, addresses in pages_of(world).items():
        context = context_for(viewport=viewport, bypass_csp=True)
        if who:
            log_in(context, world.town.person[who])
        page = context.new_page()
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            if answer.status not in (200, 404) or (answer.status == 404) != ("findes-ikke" in address):
                wrong.append(f"{who} {address}: {answer.status}")
                continue
            wrong += [f"{who} {address}: {found}" for found in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                wrong.append(f"{who} {address}: wider than the screen")
    assert not wrong, "\n".join(wrong)


def test_the_console_stays_clean_under_the_content_security_policy(
    world: World, context_for: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []
    context = context_for(viewport=DESK)
    log_in(context, world.town.person["leader"])
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for address in pages_of(world)["leader"]:
        page.goto(address)
    assert complaints == []


def test_a_plan_moves_with_the_keyboard_alone(world: World, context_for: Callable[..., BrowserContext]) -> None:
    context = context_for(viewport=DESK)
    log_in(context, world.town.person["leader"])
    page = context.new_page()
    page.goto(reverse("actionplans:plan_detail", args=[world.plan.uuid]))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"  # the skip link comes first
    summary = page.locator("summary", has_text="Flyt pilen").first
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Halvvejs").first.focus()
    page.keyboard.press("Enter")
    page.locator(".arrowbox__foot b", has_text="Halvvejs").first.wait_for()
    world.activity.refresh_from_db()
    assert world.activity.progress == 2
