"""A box for a few sentences looks like one: more than a line high, also before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext

from organisation import clock
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]


def test_a_text_box_is_higher_than_a_field(context_for: Callable[..., BrowserContext]) -> None:
    clock.move_to(datetime(2026, 6, 3, 9, tzinfo=ZoneInfo("Europe/Copenhagen")))
    client = Client()
    client.force_login(
        make_world().town.person["leader"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    context = context_for()
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "domain": "localhost", "path": "/"}]
    )
    page = context.new_page()
    page.goto(reverse("actionplans:plan_create"))
    field, box = page.locator("#id_title").bounding_box(), page.locator("#id_problem").bounding_box()
    assert field
    assert box
    assert box["height"] >= 1.8 * field["height"]
