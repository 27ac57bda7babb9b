"""Logging in as people do it: every page of it in our look, and a passkey from a virtual authenticator."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_pages import log_in
from tests.factories import Town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]


def with_authenticator(context: BrowserContext, page: Page) -> None:
    """A phone's own passkey store, which always says yes."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_logs_in_alone(browser_town: Town, context_for: Callable[..., BrowserContext]) -> None:
    person = browser_town.person["leader"]
    context = context_for(viewport=PHONE)
    log_in(context, person)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    with_authenticator(context, page)
    page.goto("/konto/2fa/")
    page.get_by_role("link", name="Tilføj en adgangsnøgle").click()
    page.get_by_label("Navn").fill("Min telefon")
    page.get_by_role("button", name="Tilføj").click()
    page.get_by_text("Adgangsnøglen er tilføjet.").wait_for()
    assert page.get_by_role(
        "heading", name="Genoprettelseskoder"
    ).is_visible()  # shown at once, and not asked for again
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1
    context.clear_cookies()
    page.goto("/konto/login/")
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    page.wait_for_url("**/opgaver/")
    assert page.locator("header").get_by_text(person.name).count()  # folded into the menu on a phone
    assert complaints == []


def test_a_passkey_as_the_second_step_after_the_mail(
    browser_town: Town, context_for: Callable[..., BrowserContext]
) -> None:
    person = browser_town.person["leader"]
    context = context_for(viewport=DESK)
    log_in(context, person)
    page = context.new_page()
    with_authenticator(context, page)
    page.goto("/konto/2fa/webauthn/add/")
    page.get_by_label("Brug den alene").uncheck()
    page.get_by_role("button", name="Tilføj").click()
    page.get_by_text("Adgangsnøglen er tilføjet.").wait_for()
    context.clear_cookies()
    page.goto("/konto/login/")
    page.get_by_label("Arbejdsmail").fill(str(person.email))
    page.get_by_role("button", name="Send mig en kode").click()
    page.get_by_label("Kode").wait_for()
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    page.get_by_label("Kode").fill(code[1])
    page.get_by_role("button", name="Log ind").click()
    page.get_by_role("button", name="Brug din adgangsnøgle").click()
    page.wait_for_url("**/opgaver/")


ENTRANCE = ["/konto/login/", "/konto/login/code/", "/konto/password/reset/", "/konto/password/reset/done/",
            "/konto/password/reset/key/a-b/", "/konto/password/reset/key/done/", "/konto/inactive/",
            "/konto/3rdparty/login/cancelled/", "/konto/3rdparty/login/error/", "/konto/saml/sso/login/"]  # fmt: skip
INSIDE = ["/konto/2fa/", "/konto/2fa/totp/activate/", "/konto/2fa/webauthn/", "/konto/2fa/webauthn/add/",
          "/konto/password/set/", "/konto/logout/"]  # fmt: skip
WITH_FACTORS = ["/konto/2fa/", "/konto/2fa/reauthenticate/", "/konto/2fa/webauthn/", "/konto/reauthenticate/",
                "/konto/password/change/"]  # fmt: skip


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["390", "1280"])
def test_every_page_of_logging_in_wears_our_look(
    browser_town: Town,
    context_for: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
    viewport: dict[str, int],
    language: str,
) -> None:
    cache.clear()
    leader, amr = browser_town.person["leader"], browser_town.person["amr"]
    TOTP.activate(amr, generate_totp_secret())
    RecoveryCodes.activate(amr)
    Authenticator.objects.create(user=amr, type="webauthn", data={"name": "Min telefon", "credential": {}})
    amr.set_password("kaffe og kage klokken ti")
    amr.save()
    wrong: list[str] = []
    for person, addresses in ((None, ENTRANCE), (leader, INSIDE), (amr, WITH_FACTORS)):
        context = context_for(viewport=viewport, bypass_csp=True)
        context.add_cookies([{"name": "django_language", "value": language, "domain": "localhost", "path": "/"}])
        if person:
            log_in(context, person)
        page = context.new_page()
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            if answer.status not in (200, 401) or page.url.split("?")[0].endswith(address) is False:
                wrong.append(f"{address}: {answer.status} {page.url}")
            wrong += [f"{address}: {found}" for found in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                wrong.append(f"{address}: wider than the screen")
            if not page.locator("header .brand, header .top__in").first.is_visible():
                wrong.append(f"{address}: another look")
    assert not wrong, "\n".join(wrong)
