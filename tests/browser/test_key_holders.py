"""The key holders in a real browser: the sitting makes and splits the key, two hand in their parts, Python opens."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Request, expect
from shamir_mnemonic import combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share

from organisation import clock
from organisation.models import Person
from surveys import sealing, trustees
from surveys.closer import Closer
from surveys.models import KeyRequest, KeySet, Wave
from tests.browser.conftest import DESK, PHONE
from tests.factories import Town, make_campaign
from tests.surveys.holders import three
from tests.surveys.waves import planned_wave

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
Contexts = Callable[..., BrowserContext]
SHOTS = os.environ.get("TRIVSEL_SHOTS")  # a folder: keep pictures of what was seen


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def log_in(context: BrowserContext, person: Person, base: str) -> Page:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])
    return context.new_page()


@pytest.fixture
def planned(browser_town: Town) -> Wave:
    """A survey of next month with three holders, whose key is still to be made."""
    campaign = make_campaign()
    today = clock.today()
    campaign.milestones.filter(key="survey").update(starts=today + timedelta(days=30), ends=today + timedelta(days=40))
    wave = planned_wave(campaign)
    by = browser_town.person["hr"]
    trustees.key_mode_set(wave=wave, key_mode=Wave.KeyMode.TRUSTEES, people=three(browser_town), by=by)
    return wave


def sitting(page: Page) -> list[str]:
    """What three people do at one computer. Returns what stands on their papers."""
    papers: list[str] = []
    page.goto(reverse("surveys:key_sitting"))
    page.get_by_role("button", name="Lav nøglen").click()
    for number in (1, 2, 3):
        part = page.locator(f"[data-step=part][data-number='{number}']")
        expect(part.locator("[data-words] li")).to_have_count(33)
        expect(part.locator("h2")).to_be_focused()
        assert len(part.locator("svg path").get_attribute("d") or "") > 1000
        shot(page, f"sitting-{number}")
        words = part.locator("[data-words] li").all_inner_texts()
        papers.append(" ".join(words))
        part.get_by_role("button", name="Jeg har min del på papir").click()
        assert page.locator("[data-words] li").count() == 0
        check = page.locator(f"[data-step=check][data-number='{number}']")
        places = [int(text) for text in check.locator("[data-place]").all_inner_texts()]
        for field, place in zip(check.locator("input").all(), places, strict=True):
            field.fill("wrong" if number == 1 else words[place - 1])
        if number == 1:
            check.locator("[data-do=check]").click()
            expect(page.locator("[data-said]")).to_contain_text("passer ikke")
            for field, place in zip(check.locator("input").all(), places, strict=True):
                field.fill(words[place - 1])
        check.locator("input").last.press("Enter")
    return papers


def test_a_sitting_a_rehearsal_and_what_leaves_the_page(
    context_for: Contexts, planned: Wave, browser_town: Town, live_server: object, axe: Callable[[Page], list[str]]
) -> None:
    base = live_server.url  # type: ignore[attr-defined]
    context = context_for(viewport=DESK, bypass_csp=True)
    page = log_in(context, browser_town.person["hr"], base)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    sent: list[Request] = []
    page.goto(reverse("surveys:key_holders"))
    shot(page, "holders")
    assert axe(page) == []
    page.on("request", lambda request: sent.append(request))
    papers = sitting(page)
    # Everything until here came from the page itself: only it and its files were fetched.
    assert [request.method for request in sent if request.method != "GET"] == []
    fetched = len(sent)
    page.on("dialog", lambda dialog: dialog.accept())
    context.set_offline(True)
    page.get_by_role("button", name="Gem den offentlige nøgle").click()
    expect(page.locator("[data-said]")).to_contain_text("kom ikke frem")
    context.set_offline(False)
    page.get_by_role("button", name="Gem den offentlige nøgle").click()
    page.wait_for_url("**" + reverse("surveys:key_holders"))
    posted = [request.post_data or "" for request in sent[fetched:] if request.method == "POST"]
    assert {part.split("=")[0] for body in posted for part in body.split("&")} == {"public_key", "set_id"}
    assert not any(word in body for body in posted for paper in papers for word in paper.split()[4:])

    made = KeySet.objects.get(wave=planned)
    for two in ((0, 1), (0, 2), (1, 2)):
        private = combine_mnemonics([papers[place] for place in two])
        assert sealing.public_of(private) == bytes(made.public_key)

    # The rehearsal: two holders, each in a browser of their own.
    page.get_by_role("button", name="Start prøven").click()
    asked = KeyRequest.objects.get(wave=planned)
    closer = Closer()
    closer.look()
    other_set = generate_mnemonics(1, [(2, 3)], b"z" * 32)[0][0]
    address = reverse("surveys:share_hand_in", args=[asked.uuid])
    hr = log_in(context_for(viewport=PHONE, bypass_csp=True), browser_town.person["hr"], base)
    hr.on("pageerror", lambda error: wrong.append(str(error)))
    hr.goto(address)
    assert axe(hr) == []
    shot(hr, "hand-in")
    words = papers[0].split()
    swapped = [*words[:20], "academic" if words[20] != "academic" else "acid", *words[21:]]
    for typed, said in (
        (" ".join(words[:30]), "Der er 30 ord"),
        (papers[0].replace(words[6], "xyzzy", 1), "findes ikke på ordlisten"),
        (" ".join(swapped), "Ord nr. 21 er forkert"),
        (papers[1], f"tilhører {browser_town.person['med_municipality'].name}"),
        (other_set, "en anden måling"),
    ):
        hr.locator("textarea").fill(typed)
        hr.get_by_role("button", name="Giv min del").click()
        expect(hr.locator("[data-said]")).to_contain_text(said, timeout=60_000)
    shot(hr, "hand-in-wrong")
    bodies: list[str] = []
    hr.on("request", lambda request: bodies.append(request.post_data or "") if request.method == "POST" else None)
    hr.locator("textarea").fill(papers[0].upper())
    hr.get_by_role("button", name="Giv min del").click()
    expect(hr.get_by_text("Din del er modtaget")).to_be_visible()
    assert not any(word in body for body in bodies for word in words[4:])
    assert closer.look() == 0

    dpo = log_in(context_for(viewport=DESK), browser_town.person["dpo"], base)
    dpo.goto(address)
    dpo.locator("textarea").fill(papers[2])
    dpo.get_by_role("button", name="Giv min del").click()
    expect(dpo.get_by_text("Din del er modtaget")).to_be_visible()
    assert closer.look() == 1
    expect(hr.get_by_text("Prøven gik godt")).to_be_visible(timeout=15_000)
    shot(hr, "hand-in-done")
    made.refresh_from_db()
    assert made.rehearsed_at is not None
    assert [text for text in wrong if "ERR_INTERNET_DISCONNECTED" not in text] == []


def test_parts_split_here_are_put_together_there(context_for: Contexts) -> None:
    """The browser's SLIP-39 and Python's are two libraries: each reads what the other has split, every two of three."""
    page = context_for().new_page()
    page.add_script_tag(path=settings.BASE_DIR / "static" / "vendor" / "shares.js")
    combine = "parts => Array.from(TrivselShares.combine(parts))"
    secrets_ = [bytes(32), bytes([255]) * 32, os.urandom(32)]
    for secret in secrets_:
        by_python = generate_mnemonics(1, [(2, 3)], secret)[0]
        by_browser = page.evaluate("secret => TrivselShares.split(new Uint8Array(secret))", list(secret))
        for parts in (by_python, by_browser):
            assert [len(part.split()) for part in parts] == [33, 33, 33]
            for two in ((0, 1), (2, 0), (1, 2)):
                given = [parts[place] for place in two]
                assert bytes(page.evaluate(combine, given)) == secret
                assert combine_mnemonics(given) == secret
            # Both read the same of a part: which key it belongs to, and which of the three it is.
            for number, part in enumerate(parts, start=1):
                share = Share.from_mnemonic(part)
                assert (share.index + 1, share.member_threshold, share.extendable) == (number, 2, True)
                assert page.evaluate("TrivselShares.read", part) == {"setId": share.identifier, "number": number}
    [first, *_others] = generate_mnemonics(1, [(2, 3)], secrets_[0])[0]
    stranger = generate_mnemonics(1, [(2, 3)], secrets_[1])[0][1]
    refused = "parts => { try { TrivselShares.combine(parts); return false; } catch (error) { return true; } }"
    assert page.evaluate(refused, [first, stranger])  # parts of two keys
    assert page.evaluate(refused, [first])  # one alone


def test_without_javascript_both_pages_say_that_they_need_it(
    context_for: Contexts, planned: Wave, browser_town: Town, live_server: object
) -> None:
    base = live_server.url  # type: ignore[attr-defined]
    page = log_in(context_for(javascript=False), browser_town.person["hr"], base)
    page.goto(reverse("surveys:key_sitting"))
    expect(page.get_by_text("JavaScript være slået til")).to_be_visible()
    expect(page.get_by_role("button", name="Lav nøglen")).to_be_hidden()
    trustees.key_set_save(wave=planned, public_key=sealing.key_pair()[1], set_id=7, by=browser_town.person["hr"])
    asked = trustees.rehearsal_start(wave=planned, by=browser_town.person["hr"])
    Closer().look()
    page.goto(reverse("surveys:share_hand_in", args=[asked.uuid]))
    expect(page.get_by_text("JavaScript være slået til")).to_be_visible()
    expect(page.get_by_role("button", name="Giv min del")).to_be_hidden()
