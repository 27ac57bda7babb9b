"""The demonstration's bar takes one line of an ordinary laptop's screen, whatever the stage and the date."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import BrowserContext

from tests.browser.conftest import DESK
from tests.factories import Town
from trivsel.demo.stages import STAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
LONGEST = {"da": "onsdag 23. september", "en": "Wednesday 23 September"}
FILL = """([day, label]) => {
  document.querySelector(".demo__in > p").lastChild.textContent = " · " + day;
  document.querySelector(".demo button").textContent = label;
}"""


@pytest.mark.parametrize("language", ["da", "en"])
def test_it_does_not_wrap(town: Town, context_for: Callable[..., BrowserContext], language: str) -> None:
    page = context_for(viewport=DESK, extra_http_headers={"Accept-Language": language}).new_page()
    page.goto(reverse("trivsel:front"))
    with override(language):
        label = max((f"{'Go to' if language == 'en' else 'Gå til'} {stage.label}" for stage in STAGES), key=len)
    page.evaluate(FILL, [LONGEST[language], label])
    assert page.locator(".demo").bounding_box()["height"] < 70  # type: ignore[index]
    assert page.evaluate("document.querySelector('.demo__in').scrollWidth <= document.documentElement.clientWidth")
