"""HR walks through the phone frame: from the anonymous part over the border to the physical part, and sends nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from surveys.master.apv2026 import MASTER
from surveys.questionnaires import questionnaire_load
from tests.browser.conftest import DESK
from tests.factories import Town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]


def test_the_frame_leads_from_part_to_part_and_sends_nothing(
    context_for: Callable[..., BrowserContext], browser_town: Town, live_server: object
) -> None:
    base = live_server.url  # type: ignore[attr-defined]
    asked = questionnaire_load(MASTER)
    client = Client()
    client.force_login(browser_town.person["hr"], backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = context_for(viewport=DESK)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: wrong.append(request.url) if request.method == "POST" else None)
    page.goto(reverse("surveys:questionnaire_phone", args=[asked.key, asked.version]))
    frame = page.frame_locator("iframe")
    for _topic in range(4):
        frame.locator("[data-next]:visible").click()
    frame.locator("[data-send]:visible").click()
    frame.locator("[data-send-empty]").click()
    expect(frame.get_by_role("heading", name="De fysiske rammer er ikke anonyme")).to_be_visible()
    frame.locator("[data-physical-link]").click()
    frame.locator("[name=fa_noise][value=danger]").check(force=True)
    expect(frame.locator(".danger:visible")).to_have_count(1)
    frame.get_by_role("button", name="Send de fysiske rammer").click()
    expect(frame.locator("[data-status]")).to_contain_text("Intet bliver sendt")
    assert wrong == []
