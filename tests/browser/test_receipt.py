"""The receipt in a real browser: worked out there, the same as the envelope that is stored, looked up at home."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Request, expect

from surveys import receipts
from surveys.models import Wave
from surveys.models.envelope import Envelope
from tests.browser.conftest import DESK
from tests.factories import Town
from tests.surveys.waves import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
Contexts = Callable[..., BrowserContext]


def photographed(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for one."""
    if folder := os.environ.get("TRIVSEL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_the_browsers_receipt_is_the_envelopes_and_is_found_the_next_day(
    context_for: Contexts, wave: Wave, browser_town: Town
) -> None:
    page = context_for().new_page()
    page.goto(reverse("surveys:answer", args=[code_of(wave, browser_town.person["employee"])]))
    page.locator("label:has(> input[name='ps_disagree'][value='4'])").click()
    for _topic in range(4):
        page.locator("[data-next]:visible").click()
    page.get_by_role("button", name="Send den anonyme del").click()
    expect(page.get_by_role("heading", name="Du er færdig med den anonyme del")).to_be_visible()
    told = page.locator("[data-receipt]").inner_text()
    assert told == receipts.code_of(bytes(Envelope.objects.get().sealed))
    page.locator("summary:has([data-receipt])").click()
    expect(
        page.get_by_text("Den kan slås op fra i morgen tidlig").or_(page.get_by_text("kan ikke slås op"))
    ).to_be_visible()
    assert fits(page)
    photographed(page, "border-390")

    Wave.objects.filter(pk=wave.pk).update(
        opens_at=wave.opens_at - timedelta(days=2), closes_at=wave.closes_at + timedelta(days=2)
    )
    assert receipts.lists_make() == 1
    page.goto(reverse("surveys:receipt_lists"))
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.get_by_label("Din kvittering").fill(told.upper().replace("-", " "))
    page.get_by_role("button", name="Led i listen").click()
    expect(page.get_by_text("Ja, kuverten lå i urnen i nat.")).to_be_visible()
    # The typeface of the code may come first here; of the code itself only the first sign goes out.
    pages = [request.url for request in asked if "/static/" not in request.url]
    assert [url.rsplit("/svar/", 1)[1] for url in pages] == [f"kvittering/{told[0]}/koder/"]
    assert fits(page)
    photographed(page, "receipt-390")
    other = f"{told[:-1]}{'0' if told[-1] != '0' else '1'}"
    page.get_by_label("Din kvittering").fill(other)
    page.get_by_role("button", name="Led i listen").click()
    expect(page.get_by_text("Nej, kuverten lå ikke i urnen i nat.")).to_be_visible()
    page.get_by_label("Din kvittering").fill("hej")
    page.get_by_role("button", name="Led i listen").click()
    expect(page.get_by_text("En kvittering er på tyve tegn")).to_be_visible()


@pytest.mark.parametrize("viewport", [None, DESK], ids=["phone", "desk"])
def test_the_anonymity_page_fits_and_shows_bytes(
    context_for: Contexts, wave: Wave, viewport: dict[str, int] | None
) -> None:
    page = (context_for(viewport=viewport) if viewport else context_for()).new_page()
    page.goto(reverse("surveys:anonymity"))
    expect(page.get_by_role("heading", name="Se selv, hvad der gemmes")).to_be_visible()
    assert fits(page)
    photographed(page, f"anonymity-{'1280' if viewport else '390'}")
