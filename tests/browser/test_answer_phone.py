"""Answering on a phone in a real browser, with and without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from surveys import keys
from surveys.models import PhysicalReport, Wave
from surveys.models.envelope import Envelope
from tests.browser.conftest import DESK, PHONE
from tests.factories import Town
from tests.surveys.waves import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def path(wave: Wave, browser_town: Town) -> str:
    return reverse("surveys:answer", args=[code_of(wave, browser_town.person["employee"])])


def opened(wave: Wave) -> list[dict[str, Any]]:
    opener = keys.opener(wave)
    return [json.loads(opener(row.unit, bytes(row.sealed)))["a"] for row in Envelope.objects.all()]


def choose(page: Page, name: str, value: str) -> None:
    """Press the words beside the button, as a thumb does."""
    page.locator(f"label:has(> input[name='{name}'][value='{value}'])").click()


def visible_topic(page: Page) -> str:
    return str(page.locator(".topic:visible").get_attribute("data-topic"))


def test_answer_on_a_phone_with_javascript(context_for: Contexts, path: str, wave: Wave) -> None:
    page = context_for().new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.goto(path)
    assert visible_topic(page) == "ps"
    choose(page, "ps_disagree", "4")
    page.get_by_role("button", name="Næste: Krav og balance").click()
    assert visible_topic(page) == "kb"
    expect(page.locator("#h-kb")).to_be_focused()
    choose(page, "kb_breaks", "2")
    page.get_by_role("button", name="Tilbage").locator("visible=true").click()
    assert visible_topic(page) == "ps"
    for _topic in range(3):
        page.locator("[data-next]:visible").click()
    assert visible_topic(page) == "ka"
    assert page.locator("fieldset:has(input[name=ka_threats_who]):visible").count() == 0
    page.locator("label:has(> input[name=ka_threats][value=yes])").scroll_into_view_if_needed()
    before = page.locator("input[name=ka_threats]").first.bounding_box()
    choose(page, "ka_threats", "yes")
    after = page.locator("input[name=ka_threats]").first.bounding_box()
    assert before
    assert after
    assert before["y"] == after["y"]
    choose(page, "ka_threats_who", "citizen")
    choose(page, "ka_threats_told", "amr")
    choose(page, "ka_threats_handled", "stopped")
    # A follow-up that was closed again is no part of the answer.
    choose(page, "ka_bullying", "yes")
    choose(page, "ka_bullying_freq", "daily")
    choose(page, "ka_bullying", "no")
    page.locator("[data-next]:visible").click()
    assert visible_topic(page) == "sf"
    choose(page, "sf_work_contributed", "none")
    page.get_by_role("button", name="Send den anonyme del").click()
    expect(page.get_by_role("heading", name="Du er færdig med den anonyme del")).to_be_focused()
    assert [request.url.rsplit("/", 3)[-2] for request in posts] == ["kuvert"]
    assert "ka_threats" not in (posts[0].post_data or "")
    assert opened(wave) == [
        {
            "ps_disagree": "4",
            "kb_breaks": "2",
            "ka_bullying": "no",
            "ka_threats": "yes",
            "ka_threats_who": ["citizen"],
            "ka_threats_told": ["amr"],
            "ka_threats_handled": "stopped",
            "sf_work_contributed": "none",
        }
    ]
    assert page.evaluate("sessionStorage.length") == 0
    page.get_by_role("link", name="Fortsæt til de fysiske rammer").click()
    expect(page.get_by_role("heading", name="Fysiske rammer", exact=True)).to_be_visible()
    choose(page, "fa_noise", "danger")
    expect(page.get_by_text("Sig det til din leder eller AMR nu.").locator("visible=true")).to_be_visible()
    page.locator("#fa_noise_describe").fill("Alarmen er slået fra.")
    page.get_by_role("button", name="Send de fysiske rammer").click()
    expect(page.get_by_role("heading", name="Tak, vi har fået dit svar")).to_be_visible()
    assert PhysicalReport.objects.get().description == "Alarmen er slået fra."
    assert page.evaluate("sessionStorage.length") == 0
    assert not wrong


def test_answer_on_a_phone_without_javascript(context_for: Contexts, path: str, wave: Wave) -> None:
    page = context_for(javascript=False).new_page()
    page.goto(path)
    assert page.locator(".topic:visible").count() == 5
    choose(page, "kb_breaks", "2")
    choose(page, "ka_threats", "yes")
    choose(page, "ka_threats_who", "citizen")
    # Another language, with the answers kept.
    page.locator(".lang summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("input[name=kb_breaks][value='2']")).to_be_checked()
    page.locator("[data-plain] button").click()
    expect(page.locator(".border")).to_be_visible()
    assert opened(wave) == [{"kb_breaks": "2", "ka_threats": "yes", "ka_threats_who": ["citizen"]}]
    page.locator("[data-physical-link]").click()
    choose(page, "fa_light", "none")
    choose(page, "fa_noise", "minor")
    page.locator("#fa_noise_where").fill("Stuen")
    page.locator("#physical .btn--primary").click()
    expect(page.locator(".receipt code")).to_be_visible()
    assert PhysicalReport.objects.get().where == "Stuen"


def test_a_reload_keeps_the_answers_and_sending_twice_counts_once(context_for: Contexts, path: str, wave: Wave) -> None:
    page = context_for().new_page()
    page.goto(path)
    choose(page, "ps_disagree", "4")
    page.locator("[data-next]:visible").click()
    page.reload()
    assert visible_topic(page) == "kb"
    expect(page.locator("input[name=ps_disagree][value='4']")).to_be_checked()
    page.locator(".lang summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("input[name=ps_disagree][value='4']")).to_be_checked()
    other = context_for().new_page()
    for visitor in (page, other):
        visitor.goto(path)
        choose(visitor, "ps_disagree", "1") if visitor is other else None
        while visitor.locator("[data-next]:visible").count():
            visitor.locator("[data-next]:visible").click()
        visitor.locator("[data-send]:visible").click()
        expect(visitor.locator(".border")).to_be_visible()
    assert opened(wave) == [{"ps_disagree": "1"}]


def test_a_lost_connection_is_said_and_the_envelope_arrives_once(context_for: Contexts, path: str, wave: Wave) -> None:
    page = context_for().new_page()
    page.goto(path)
    choose(page, "ps_disagree", "4")
    while page.locator("[data-next]:visible").count():
        page.locator("[data-next]:visible").click()
    tries: list[str] = []

    def cut(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/svar/kuvert/", cut)
    page.locator("[data-send]:visible").click()
    expect(page.get_by_text("Der er ingen forbindelse lige nu")).to_be_visible()
    expect(page.locator(".border")).to_be_visible()
    assert len(tries) == 2
    assert opened(wave) == [{"ps_disagree": "4"}]


def test_a_browser_that_cannot_seal_lets_the_server_do_it(context_for: Contexts, path: str, wave: Wave) -> None:
    context = context_for()
    context.route("**/hpke.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(path)
    choose(page, "ps_disagree", "4")
    while page.locator("[data-next]:visible").count():
        page.locator("[data-next]:visible").click()
    page.locator("[data-send]:visible").click()
    expect(page.locator(".border")).to_be_visible()
    assert opened(wave) == [{"ps_disagree": "4"}]


def test_an_empty_form_asks_first(context_for: Contexts, path: str, wave: Wave) -> None:
    page = context_for().new_page()
    page.goto(path)
    while page.locator("[data-next]:visible").count():
        page.locator("[data-next]:visible").click()
    page.locator("[data-send]:visible").click()
    expect(page.get_by_role("button", name="Send en tom kuvert")).to_be_focused()
    assert not Envelope.objects.exists()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Du har sendt en tom kuvert")).to_be_visible()
    assert opened(wave) == [{}]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["390", "1280"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    context_for: Contexts, path: str, axe: Callable[[Page], list[str]], viewport: dict[str, int]
) -> None:
    page = context_for(viewport=viewport, bypass_csp=True).new_page()
    code = path.split("/")[2]
    found: dict[str, list[str]] = {}
    for name, address in {
        "form": path,
        "physical": reverse("surveys:answer_physical", args=[code]),
        "start": reverse("surveys:answer_start"),
        "done": reverse("surveys:answer_done"),
        "follow": reverse("surveys:answer_follow"),
        "unknown": reverse("surveys:answer", args=["AAAA3333"]),
        "anonymity": reverse("surveys:anonymity"),
        "faq": reverse("surveys:faq"),
        "questionnaire": reverse("surveys:questionnaire_detail"),
    }.items():
        page.goto(address)
        if name == "form":
            for _topic in range(3):
                page.locator("[data-next]:visible").click()
            choose(page, "ka_threats", "yes")
        if name == "physical":
            choose(page, "fa_noise", "danger")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[name] = axe(page) + ([f"sticks out by {wide} px"] if wide > 0 else [])
    assert not any(found.values()), found


def test_the_first_visit_is_small(context_for: Contexts, path: str) -> None:
    page = context_for().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)
    page.wait_for_load_state("load")
    assert len(asked) <= 8, asked
