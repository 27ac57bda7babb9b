"""«Everybody can»: the keyboard alone, 400 % zoom, every language, read aloud, and cut off half-way."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, Response, Route, expect

from organisation.models import StoredFile
from surveys import languages
from surveys.models import Finding, PhysicalReport, Wave
from surveys.models.envelope import Envelope
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_answer_phone import Contexts, choose, opened, visible_topic
from tests.factories import Town
from tests.surveys.waves import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "urn"])]
ZOOMED = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %
LANGUAGES = ("da", "en", "pl", "uk", "ar")


@pytest.fixture
def path(wave: Wave, browser_town: Town) -> str:
    for code in ("pl", "uk", "ar"):
        languages.language_approve(questionnaire=wave.questionnaire, code=code, by=browser_town.person["hr"])
    return reverse("surveys:answer", args=[code_of(wave, browser_town.person["employee"])])


def press_until(page: Page, key: str, selector: str, most: int = 400) -> None:
    """Press one key until the focus stands where `selector` says."""
    for _press in range(most):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def sticks_out(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


# --- keyboard -----------------------------------------------------------------------------------------------------


def test_both_parts_with_the_keyboard_alone(context_for: Contexts, path: str, wave: Wave) -> None:
    page = context_for(viewport=DESK).new_page()
    page.goto(path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til sidens indhold")).to_be_focused()
    page.keyboard.press("Enter")
    press_until(page, "Tab", "[name=ps_voice_concern]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=ps_voice_concern][value='3']")).to_be_checked()
    press_until(page, "Shift+Tab", ".q__help summary")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fx hvis noget går for hurtigt").first).to_be_visible()
    for topic in ("kb", "mt", "ka", "sf"):
        press_until(page, "Tab", "[data-next]")
        page.keyboard.press("Enter")
        assert visible_topic(page) == topic
        assert page.evaluate("document.activeElement.id") == f"h-{topic}"
        if topic == "ka":
            press_until(page, "Tab", "[name=ka_violence]")
            page.keyboard.press("Space")
            # The follow-ups open below, and the next stop is the first of them.
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.name") == "ka_violence_freq"
            page.keyboard.press("Space")
    press_until(page, "Tab", "[data-send]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Du er færdig med den anonyme del")).to_be_focused()
    assert opened(wave) == [{"ps_voice_concern": "3", "ka_violence": "yes", "ka_violence_freq": "once"}]
    press_until(page, "Tab", "[data-physical-link]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fysiske rammer", exact=True)).to_be_visible()
    press_until(page, "Tab", "[name=fa_noise]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=fa_noise][value=minor]")).to_be_checked()
    press_until(page, "Tab", "#fa_noise_describe")
    page.keyboard.type("Ventilationen larmer.")
    press_until(page, "Tab", "#physical .btn--primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tak, vi har fået dit svar")).to_be_focused()
    assert PhysicalReport.objects.get().description == "Ventilationen larmer."


def test_the_way_out_is_quick_and_leaves_nothing(context_for: Contexts, path: str) -> None:
    context = context_for()
    context.route(
        "https://www.dmi.dk/**", lambda route: route.fulfill(body="<h1>Vejret</h1>", content_type="text/html")
    )
    for way in ("key", "button"):
        page = context.new_page()
        page.goto(path)
        choose(page, "ps_disagree", "4")
        before = page.evaluate("history.length")
        if way == "key":
            for _press in range(3):
                page.keyboard.press("Escape")
        else:
            for _topic in range(3):
                page.locator("[data-next]:visible").click()
            page.get_by_role("link", name="Forlad siden hurtigt").first.click()
        expect(page.get_by_role("heading", name="Vejret")).to_be_visible()
        assert page.evaluate("history.length") == before
        page.goto(path)
        assert page.locator("[name=ps_disagree]:checked").count() == 0
        page.close()


# --- zoom and languages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_language(
    context_for: Contexts, path: str, axe: Callable[[Page], list[str]], language: str
) -> None:
    page = context_for(viewport=PHONE, bypass_csp=True).new_page()
    code, spoken = path.split("/")[2], f"?sprog={language}"
    found: dict[str, list[str]] = {}
    for name, address in {
        "form": path,
        "physical": reverse("surveys:answer_physical", args=[code]),
        "start": reverse("surveys:answer_start"),
        "done": reverse("surveys:answer_done"),
        "follow": reverse("surveys:answer_follow"),
        "unknown": reverse("surveys:answer", args=["AAAA3333"]),
        "unit": reverse("surveys:wrong_unit", args=[code]),
    }.items():
        page.goto(address + spoken)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        if name == "form":
            for _topic in range(3):
                page.locator("[data-next]:visible").click()
            choose(page, "ka_threats", "yes")
            page.locator(".q__help summary:visible").first.click()
        if name == "physical":
            choose(page, "fa_noise", "danger")
        found[name] = axe(page)
    page.goto(path + spoken)
    choose(page, "ps_disagree", "2")
    while page.locator("[data-next]:visible").count():
        page.locator("[data-next]:visible").click()
    page.locator("[data-send]:visible").click()
    expect(page.locator(".border")).to_be_visible()
    found["border"] = axe(page)
    page.locator("[data-physical-link]").click()
    choose(page, "fa_noise", "danger")
    page.locator("#physical .btn--primary").click()
    expect(page.locator(".receipt code")).to_be_visible()
    found["receipt"] = axe(page)
    assert not any(found.values()), found


@pytest.mark.parametrize("language", ["da", "ar"])
def test_at_400_percent_nothing_is_lost_and_nothing_scrolls_sideways(
    context_for: Contexts, path: str, wave: Wave, language: str
) -> None:
    page = context_for(viewport=ZOOMED).new_page()
    page.goto(f"{path}?sprog={language}")
    wide: dict[str, int] = {}
    while True:
        wide[visible_topic(page)] = sticks_out(page)
        page.locator(".topic:visible .scale label:visible").nth(1).click()
        if not page.locator("[data-next]:visible").count():
            break
        page.locator("[data-next]:visible").click()
    page.locator("[data-send]:visible").click()
    expect(page.locator(".border")).to_be_visible()
    wide["border"] = sticks_out(page)
    page.locator("[data-physical-link]").click()
    choose(page, "fa_noise", "danger")
    wide["physical"] = sticks_out(page)
    page.locator("#physical .btn--primary").click()
    expect(page.locator(".receipt code")).to_be_visible()
    wide["receipt"] = sticks_out(page)
    assert not any(width > 0 for width in wide.values()), wide
    assert len(opened(wave)[0]) == 5
    assert PhysicalReport.objects.count() == 1


def test_in_arabic_the_scale_keeps_its_order_and_runs_from_the_right(
    context_for: Contexts, path: str, wave: Wave
) -> None:
    page = context_for(viewport=DESK).new_page()
    page.goto(f"{path}?sprog=ar")
    labels = page.locator(".scale:has([name=ps_disagree]) label")
    assert [labels.nth(place).locator("input").get_attribute("value") for place in range(6)] == [
        *("1", "2", "3", "4", "5"),
        "dk",
    ]
    places = [labels.nth(place).bounding_box() for place in range(6)]
    lefts = [place["x"] for place in places if place]
    assert lefts == sorted(lefts, reverse=True)
    # «Strongly disagree» stands where Arabic begins to read.
    choose(page, "ps_disagree", "1")
    while page.locator("[data-next]:visible").count():
        page.locator("[data-next]:visible").click()
    page.locator("[data-send]:visible").click()
    expect(page.locator(".border h1, .section h1").first).to_contain_text("القسم المجهول")
    assert opened(wave) == [{"ps_disagree": "1"}]


def test_changing_the_language_sends_no_answer_and_keeps_what_was_written(
    context_for: Contexts, path: str, wave: Wave
) -> None:
    page = context_for().new_page()
    page.goto(path)
    choose(page, "ps_disagree", "4")
    page.locator("[data-next]:visible").click()
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.locator(".lang summary").click()
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert visible_topic(page) == "kb"
    expect(page.locator("[name=ps_disagree][value='4']")).to_be_checked()
    assert posts == []
    page.goto(reverse("surveys:answer_physical", args=[path.split("/")[2]]))
    choose(page, "fa_noise", "major")
    page.locator("#fa_noise_describe").fill("Støj fra gaden.")
    key = page.locator("[name=form_key]").input_value()
    page.locator(".lang summary").click()
    page.get_by_role("button", name="Українська").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(page.locator("#fa_noise_describe")).to_have_value("Støj fra gaden.")
    expect(page.locator("[name=form_key]")).to_have_value(key)
    assert not PhysicalReport.objects.exists()


def test_a_shared_tablet_keeps_no_draft_but_carries_answers_into_another_language(
    context_for: Contexts, path: str
) -> None:
    context = context_for()

    def as_tablet(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<html ", "<html data-kiosk ", 1))

    context.route(f"**{path}*", as_tablet)
    page = context.new_page()
    page.goto(path)
    choose(page, "ps_disagree", "4")
    assert page.evaluate("sessionStorage.length") == 0
    page.locator(".lang summary").click()
    page.get_by_role("button", name="Polski").click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page.locator("[name=ps_disagree][value='4']")).to_be_checked()
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    assert page.locator("[name=ps_disagree]:checked").count() == 0


# --- read aloud ---------------------------------------------------------------------------------------------------

VOICES = """
    const spoken = window.spoken = [];
    const voices = [{lang: "da-DK", name: "Dansk"}, {lang: "ar-SA", name: "Arabic"}];
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    Object.defineProperty(window, "speechSynthesis", {value: {
        getVoices: () => voices, cancel: () => {}, addEventListener: () => {},
        speak: (one) => spoken.push([one.lang, one.text]),
    }});
"""


def test_a_question_is_read_aloud_in_its_language(context_for: Contexts, path: str) -> None:
    context = context_for()
    context.add_init_script(VOICES)
    page = context.new_page()
    page.goto(path)
    assert page.locator("fieldset .read:visible").count() == 0
    page.get_by_role("button", name="Læs spørgsmålene op").locator("visible=true").click()
    assert page.evaluate("spoken[0]") == ["da-DK", "Min enhed – psykologisk tryghed"]
    page.evaluate("spoken.length = 0")
    page.locator(".item:has([name=ps_disagree]) .read").first.click()
    read = page.evaluate("spoken.map((one) => one[1])")
    assert read[0].startswith("Man kan mene noget andet end flertallet")
    assert read[1:] == [
        *("Helt uenig", "Uenig", "Hverken enig eller uenig", "Enig", "Helt enig"),
        "Ved ikke / ikke relevant",
    ]
    expect(page.get_by_role("button", name="Stop oplæsning").locator("visible=true")).to_be_visible()
    page.goto(f"{path}?sprog=ar")
    page.locator(".topic__head .read:visible").click()
    assert page.evaluate("spoken[0][0]") == "ar-SA"
    page.goto(f"{path}?sprog=pl")
    assert page.locator(".read").count() == 0


# --- the connection, and pictures ---------------------------------------------------------------------------------


def test_cut_off_half_way_the_answers_stay_and_arrive_once(context_for: Contexts, path: str, wave: Wave) -> None:
    context = context_for()
    page = context.new_page()
    page.goto(path)
    choose(page, "ps_disagree", "4")
    context.set_offline(True)
    expect(page.get_by_text("Du kan svare videre")).to_be_visible()
    while page.locator("[data-next]:visible").count():
        page.locator("[data-next]:visible").click()
    choose(page, "sf_prevent_talk", "2")
    page.locator("[data-send]:visible").click()
    expect(page.get_by_text("Vi prøver igen af os selv")).to_be_visible()
    assert not Envelope.objects.exists()
    context.set_offline(False)
    expect(page.locator(".border")).to_be_visible()
    assert opened(wave) == [{"ps_disagree": "4", "sf_prevent_talk": "2"}]


def test_an_answer_that_was_lost_on_the_way_back_does_not_double_the_physical_part(
    context_for: Contexts, path: str
) -> None:
    page = context_for().new_page()
    page.goto(reverse("surveys:answer_physical", args=[path.split("/")[2]]))
    choose(page, "fa_noise", "major")
    page.locator("#fa_noise_describe").fill("Støj fra gaden.")
    tries: list[str] = []

    def arrives_but_the_answer_does_not(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        tries.append(route.request.url)
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/fysisk/", arrives_but_the_answer_does_not)
    page.locator("#physical .btn--primary").click()
    expect(page.get_by_text("Vi prøver igen af os selv")).to_be_visible()
    expect(page.locator("#fa_noise_describe")).to_have_value("Støj fra gaden.")
    expect(page.get_by_role("heading", name="Tak, vi har fået dit svar")).to_be_focused()
    assert len(tries) == 2
    assert PhysicalReport.objects.get().description == "Støj fra gaden."
    assert page.evaluate("sessionStorage.length") == 0


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    target = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(target, kind)
    return target.getvalue()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_picture_that_cannot_be_used_costs_nothing_else(context_for: Contexts, path: str, javascript: bool) -> None:
    page = context_for(javascript=javascript).new_page()
    page.goto(reverse("surveys:answer_physical", args=[path.split("/")[2]]))
    for key in ("fa_noise", "fa_light"):
        choose(page, key, "minor")
    page.locator("#fa_noise_describe").fill("Støj fra gaden.")
    good = {"name": "god.png", "mimeType": "image/png", "buffer": picture("PNG")}
    heic = {"name": "IMG_1.HEIC", "mimeType": "image/heic", "buffer": b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40}
    page.locator("#fa_noise_photo").set_input_files(good)  # type: ignore[arg-type]
    page.locator("#fa_light_photo").set_input_files(heic)  # type: ignore[arg-type]
    page.locator("#physical .btn--primary").click()
    expect(page.locator(".errors")).to_contain_text("HEIC")
    expect(page.locator("#fa_light_photo_wrong")).to_contain_text("skærmbillede")
    expect(page.locator("#fa_noise_describe")).to_have_value("Støj fra gaden.")
    assert not Finding.objects.exists()
    page.locator("#fa_light_photo").set_input_files([])
    page.locator("#physical .btn--primary").click()
    expect(page.locator(".receipt code")).to_be_visible()
    assert Finding.objects.count() == 2
    assert StoredFile.objects.count() == 1


def test_a_large_picture_is_made_smaller_before_it_travels(context_for: Contexts, path: str, tmp_path: Path) -> None:
    page = context_for().new_page()
    page.goto(reverse("surveys:answer_physical", args=[path.split("/")[2]]))
    choose(page, "fa_noise", "minor")
    large = tmp_path / "stort.png"
    large.write_bytes(picture("PNG", (2400, 1800)))
    assert large.stat().st_size > 3_000_000
    page.locator("#fa_noise_photo").set_input_files(large)
    expect(page.locator(".photo:visible [data-file]")).to_have_text("stort.png")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.locator("#physical .btn--primary").click()
    expect(page.locator(".receipt code")).to_be_visible()
    assert int(sent.value.header_value("content-length") or 0) < 1_500_000
    stored = Image.open(BytesIO(bytes(StoredFile.objects.get().data)))
    assert stored.size == (1600, 1200)
    assert not stored.getexif()


# --- small --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_visit_is_at_most_60_kilobytes_in_8_requests(context_for: Contexts, path: str, language: str) -> None:
    page = context_for().new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{path}?sprog={language}")
    page.wait_for_load_state("networkidle")
    assert len(answers) <= 8, [answer.url for answer in answers]
    # The real server has packed its files beforehand; this one sends them plain.
    sizes = {answer.url.rsplit("/", 1)[-1]: len(gzip.compress(answer.body())) for answer in answers}
    headers = sum(len(f"{name}{value}") + 4 for answer in answers for name, value in answer.headers.items())
    assert sum(sizes.values()) + headers <= 60_000, sizes
