"""The shared tablet in a real browser: nothing is left between two people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from surveys.models import PhysicalReport, Wave
from surveys.models.envelope import Envelope
from tests.factories import Town
from tests.surveys.waves import ways_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
Contexts = Callable[..., BrowserContext]
HOME = reverse("surveys:tablet")


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"label:has(> input[name='{name}'][value='{value}'])").click()


def come_in(page: Page, code: str) -> None:
    page.get_by_label("Din kode").fill(code)
    page.get_by_role("button", name="Fortsæt").click()
    expect(page.locator(".tablet-bar")).to_be_visible()


def is_wiped(page: Page, code: str, link: str) -> None:
    expect(page.get_by_label("Din kode")).to_be_visible()
    expect(page.get_by_label("Din kode")).to_have_value("")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert page.evaluate("history.length") <= 2  # where the browser was before, and this page
    for secret in (code, link):
        assert secret not in page.content()
    assert page.url.split("#")[0].endswith(HOME)


def test_two_people_after_each_other_with_both_parts(context_for: Contexts, wave: Wave, browser_town: Town) -> None:
    page = context_for(viewport={"width": 1024, "height": 768}).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(HOME)
    first, second = (ways_of(wave, person) for person in browser_town.staff["nord"][4:6])
    page.get_by_label("Din kode").fill("AAAA3333")
    page.get_by_role("button", name="Fortsæt").click()
    expect(page.locator("#code-wrong")).to_contain_text("slåfejl")
    come_in(page, first.code)
    assert page.url.endswith(HOME)  # no address with a secret
    choose(page, "ps_disagree", "4")
    # another language keeps the answer
    page.locator(".lang summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator("input[name=ps_disagree][value='4']").is_checked()
    expect(page.locator(".tablet-bar [data-wipe]")).to_have_text("End and wipe everything")
    for _topic in range(4):
        page.locator("[data-next]:visible").click()
    page.locator("[data-send]").click()
    expect(page.locator("h1")).to_contain_text("anonymous part")
    page.locator("[data-physical-link]").click()
    expect(page.locator("#physical")).to_be_visible()
    choose(page, "fa_climate", "minor")
    page.locator("#fa_climate_where").fill("Skyllerummet")
    page.locator("#physical button.btn--primary").last.click()
    expect(page.locator(".receipt")).to_be_visible()
    assert PhysicalReport.objects.get().where == "Skyllerummet"
    page.locator(".tablet-bar [data-wipe]").click()
    is_wiped(page, first.code, first.link)
    page.go_back()
    page.wait_for_timeout(300)
    assert first.link not in page.content()
    page.goto(HOME)
    come_in(page, second.code)
    assert not page.locator("input[name=ps_disagree][value='4']").is_checked()
    for _topic in range(4):
        page.locator("[data-next]:visible").click()
    choose(page, "sf_work_contributed", "none")
    page.locator("[data-send]").click()
    page.get_by_role("link", name="Slut her").click()
    expect(page.get_by_text("Den næste kan svare nu")).to_be_visible()
    is_wiped(page, second.code, second.link)
    assert Envelope.objects.count() == 2
    assert wrong == []


def test_a_minute_without_a_touch_wipes_after_a_warning_that_can_be_prolonged(
    context_for: Contexts, wave: Wave, browser_town: Town
) -> None:
    way = ways_of(wave, browser_town.staff["nord"][4])
    page = context_for().new_page()
    page.clock.install()
    page.goto(HOME)
    come_in(page, way.code)
    choose(page, "ps_disagree", "4")
    page.clock.run_for(41_000)
    warning = page.get_by_role("alertdialog", name="Er du her stadig?")
    expect(warning).to_be_visible()
    expect(page.get_by_role("button", name="Jeg er her stadig")).to_be_focused()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    page.clock.run_for(30_000)
    assert page.locator("input[name=ps_disagree][value='4']").is_checked()
    page.clock.run_for(31_000)
    is_wiped(page, way.code, way.link)
    assert Envelope.objects.count() == 0


def test_nothing_leads_out_and_the_quick_exit_wipes(context_for: Contexts, wave: Wave, browser_town: Town) -> None:
    way = ways_of(wave, browser_town.staff["nord"][4])
    page = context_for().new_page()
    page.goto(HOME)
    come_in(page, way.code)
    page.locator("header a").first.click(force=True)
    assert page.url.endswith(HOME)
    for _topic in range(3):
        page.locator("[data-next]:visible").click()
    page.locator("[data-exit]:visible").first.click()
    is_wiped(page, way.code, way.link)


def test_without_javascript_the_tablet_says_that_it_cannot(context_for: Contexts, wave: Wave) -> None:
    page = context_for(javascript=False).new_page()
    page.goto(HOME)
    expect(page.get_by_text("fordi JavaScript er slået fra")).to_be_visible()
    assert page.get_by_label("Din kode").is_hidden()


def test_axe_finds_nothing_on_the_tablet(
    context_for: Contexts, wave: Wave, browser_town: Town, axe: Callable[[Page], list[str]]
) -> None:
    page = context_for(bypass_csp=True).new_page()
    page.clock.install()
    page.goto(HOME)
    assert axe(page) == []
    come_in(page, ways_of(wave, browser_town.staff["nord"][4]).code)
    assert axe(page) == []
    page.clock.run_for(41_000)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert axe(page) == []
