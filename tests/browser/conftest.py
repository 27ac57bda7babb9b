"""A real Chromium and a live server. One browser for the session, one context for a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from organisation import clock
from organisation.models import Campaign
from surveys.models import Wave
from surveys.views import answering, physical
from tests.factories import Town, make_campaign, make_town
from tests.surveys.waves import open_wave

# Playwright's own loop runs in this thread; the database is used between its calls, never inside them.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def chromium_path() -> str:
    for path in (os.environ.get("TRIVSEL_CHROMIUM", ""), "/usr/bin/chromium"):
        if path and Path(path).exists():
            return path
    pytest.fail("No Chromium: bin/test finds or fetches one and says so in TRIVSEL_CHROMIUM.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context_for(browser: Browser, live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """`context_for(javascript=False, viewport=PHONE)`: a fresh visitor, with the live server as base address."""
    opened: list[BrowserContext] = []

    def make(*, javascript: bool = True, viewport: dict[str, int] = PHONE, **more: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport=viewport,  # type: ignore[arg-type]
            locale="da-DK",
            **more,
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def browser_town(transactional_db: None) -> Town:
    cache.clear()
    answering._waves.clear()
    physical._kept.clear()
    return make_town()


@pytest.fixture
def wave(browser_town: Town) -> Wave:
    """A survey that is open at this very moment: the browser's clock and ours are both real here."""
    campaign: Campaign = make_campaign()
    today = clock.today()
    campaign.milestones.filter(key="survey").update(starts=today - timedelta(days=1), ends=today + timedelta(days=7))
    return open_wave(campaign)


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds on a page. The context must be made with bypass_csp=True."""

    def findings(page: Page) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['target']}" for violation in result["violations"] for node in violation["nodes"]
        ]

    return findings
