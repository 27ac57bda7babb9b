"""Base template, partials, dates and style sheets: what every page relies on."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import include, path
from django.utils import translation

from organisation.templatetags import dates, ui
from organisation.wheel import WheelMark

ROOT = Path(django_settings.BASE_DIR)
CSS = ROOT / "static" / "css"


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


# The addresses that base.html links to, so that the look can be tested without the pages.
urlpatterns = [
    path("konto/ud/", nothing, name="account_logout"),
    path("konto/ind/", nothing, name="account_login"),
    path("konto/2fa/", nothing, name="mfa_index"),
    path("sprog/", include("django.conf.urls.i18n")),
    path(
        "",
        include(
            (
                [
                    path("", nothing, name="front"),
                    path("opgaver/", nothing, name="task_list"),
                    path("was/", nothing, name="accessibility"),
                    path("mine-data/", nothing, name="my_data"),
                ],
                "trivsel",
            )
        ),
    ),
    path(
        "",
        include(([path("anonym/", nothing, name="anonymity"), path("faq/", nothing, name="faq")], "surveys")),
    ),
]
pytestmark = pytest.mark.urls(__name__)

PAGE: dict[str, Any] = {
    "municipality": {"name": "Lindevig Kommune", "short_name": "Lindevig", "logo": "", "help_line": "HR, 00 00 12 34"},
    "rooms": [
        {"label": "Mine opgaver", "url": "/opgaver/", "current": True},
        {"label": "Afsnit Nord", "url": "/nord/", "current": False},
    ],
    "person": "Karen Toft",
    "person_title": "Leder i trioen, Afsnit Nord",
}
BAR = {
    "date": dt.date(2026, 5, 19),
    "stage": "out",
    "stages": [{"key": "open", "label": "åben", "done": True}, {"key": "out", "label": "rapporter ude"}],
    "next": {"key": "dialogues", "label": "dialoger"},
    "url": "/demo/flyt/",
    "login_url": "/demo/",
    "inbox_url": "/demo/indbakke/",
}


@pytest.fixture(autouse=True)
def _danish_and_no_demo(settings: Any) -> None:
    settings.DEMO = False  # the clock then needs no database
    translation.activate("da")


# ---------------------------------------------------------------- dates and numbers

TODAY = dt.date(2026, 5, 19)


def test_dates_in_danish() -> None:
    assert dates.dk_date(TODAY) == "tirsdag 19. maj"
    assert dates.dk_short(TODAY) == "19. maj"
    assert dates.dk_long(TODAY) == "19. maj 2026"
    assert dates.dk_day(dt.date(2026, 4, 8)) == "8/4"
    assert dates.dk_span(dt.date(2026, 4, 8), dt.date(2026, 4, 22)) == "8/4 – 22/4"
    assert dates.dk_span(TODAY, TODAY) == "19/5"
    assert dates.dk_week(TODAY) == "uge 21"


def test_a_moment_is_told_in_copenhagen_time() -> None:
    assert dates.dk_moment(dt.datetime(2026, 5, 5, 6, 0, tzinfo=dt.UTC)) == "5. maj kl. 08.00"
    assert dates.dk_short(dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)) == "1. april"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "i dag"),
        (1, "i morgen"),
        (-1, "i går"),
        (7, "om 7 dage"),
        (42, "om 6 uger"),
        (-3, "for 3 dage siden"),
        (-60, "for 8 uger siden"),
    ],
)
def test_distances(days: int, words: str) -> None:
    assert dates.dk_distance(TODAY + dt.timedelta(days=days), TODAY) == words


def test_a_deadline_is_over_only_from_the_day_after() -> None:
    assert dates.dk_overdue(TODAY, TODAY) == ""
    assert dates.dk_overdue(TODAY - dt.timedelta(days=3), TODAY) == "3 dage over fristen"


def test_numbers_have_danish_marks() -> None:
    assert dates.dk_number(1234.5, 1) == "1.234,5"
    assert dates.dk_number(4898) == "4.898"
    assert dates.dk_number(0.5) == "1"
    assert dates.percent(81.4) == "81\u00a0%"
    assert dates.share(1, 3) == "33\u00a0%"
    assert dates.share(1, 0) == ""


def test_english_has_its_own_marks() -> None:
    with translation.override("en"):
        assert dates.dk_date(TODAY) == "Tuesday 19 May"
        assert dates.dk_day(dt.date(2026, 4, 8)) == "8 Apr"
        assert dates.dk_number(1234.5, 1) == "1,234.5"
        assert dates.percent(81) == "81%"


def test_nothing_stays_nothing() -> None:
    for filter_ in (dates.dk_date, dates.dk_short, dates.dk_day, dates.dk_distance, dates.dk_number, dates.percent):
        assert filter_(None) == ""


# ---------------------------------------------------------------- base template


def test_the_page_knows_its_language_rooms_and_person() -> None:
    html = render_to_string("base.html", PAGE)
    assert html.startswith("<!doctype html>")
    assert '<html lang="da">' in html
    assert '<a href="/opgaver/" aria-current="page">Mine opgaver</a>' in html
    assert "<strong>Karen Toft</strong>Leder i trioen, Afsnit Nord" in html
    assert "Hjælp: HR, 00 00 12 34" in html
    for words in ("Sådan er svarene anonyme", "Spørgsmål og svar", "Tilgængelighedserklæring", "Log ud", "English"):
        assert words in html


def test_the_first_thing_on_the_page_leads_past_the_menu() -> None:
    html = render_to_string("base.html", PAGE)
    assert re.search(r"<body[^>]*>\s*<a class=\"skipnav\" href=\"#main\">", html)
    assert '<main id="main"' in html


def test_no_page_carries_inline_script_style_or_another_host() -> None:
    for name in ("base.html", "answering_base.html", "bare.html", "404.html", "500.html"):
        html = render_to_string(name, {**PAGE, "demo": True, "demo_bar": BAR})
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), name
        assert "<style" not in html, name
        assert not re.search(r"\sstyle=", html), name
        assert not re.search(r"\son[a-z]+=", html), name
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html), name


def test_htmx_is_told_to_respect_the_policy() -> None:
    html = render_to_string("base.html", PAGE)
    assert '{"includeIndicatorStyles": false, "allowEval": false}' in html
    assert html.index("htmx-config") < html.index("htmx-2")


def test_without_a_person_one_can_log_in() -> None:
    html = render_to_string("base.html", {**PAGE, "person": None})
    assert "Log ind" in html
    assert "Log ud" not in html


def test_the_demonstration_shows_its_bar_and_nothing_else_does() -> None:
    assert "demo-bar" not in render_to_string("base.html", PAGE)
    html = render_to_string("base.html", {**PAGE, "demo": True, "demo_bar": BAR})
    assert "tirsdag 19. maj" in html
    assert '<li aria-current="step">rapporter ude</li>' in html
    assert "Gå til dialoger" in html
    assert html.index("demo-bar") > html.index("</footer>")


def test_a_bar_without_an_address_to_post_to_sets_no_token() -> None:
    html = render_to_string("partials/demo_bar.html", {"demo_bar": {**BAR, "url": "", "move_url": "/demo/"}})
    assert "<form" not in html
    assert '<a href="/demo/">Flyt datoen</a>' in html


def test_a_running_bar_asks_again() -> None:
    bar = {**BAR, "running": True, "poll_url": "/demo/bar/", "progress": {"text": "3 af 9", "done": 3, "total": 9}}
    html = render_to_string("partials/demo_bar.html", {"demo_bar": bar})
    assert 'hx-get="/demo/bar/"' in html
    assert 'role="status"' in html
    assert "<button" not in html


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_error_pages_need_no_context_at_all(name: str) -> None:
    html = render_to_string(name)
    assert "<h1>" in html
    assert "Til forsiden" in html


def test_the_answering_page_is_small_and_reads_both_ways() -> None:
    with translation.override("ar"):
        html = render_to_string("answering_base.html", PAGE)
    assert '<html lang="ar" dir="rtl">' in html
    assert "dkfds" not in html
    assert "htmx" not in html
    assert "csrfmiddlewaretoken" not in html
    assert html.count('rel="stylesheet"') == 2


# ---------------------------------------------------------------- partials


class PlanForm(forms.Form):
    title = forms.CharField(label="Hvad hedder planen?", help_text="Et navn, I kan huske.")
    who = forms.ChoiceField(label="Hvem?", choices=[("1", "Kun mig"), ("2", "Alle")], widget=forms.RadioSelect)
    known = forms.BooleanField(label="I må gerne vide, at det er mig", required=False)


def test_a_field_is_joined_to_its_label_help_and_error() -> None:
    html = render_to_string("partials/form.html", {"form": PlanForm({}), "submit": "Gem planen"})
    control = re.search(r'<input type="text"[^>]*>', html)
    assert control
    described = re.search(r'aria-describedby="([^"]+)"', control.group())
    assert described
    for name in described.group(1).split():
        assert f'id="{name}"' in html
    assert 'aria-invalid="true"' in control.group()
    assert '<label for="id_title">' in html
    assert "<legend>Hvem?" in html


def test_the_summary_leads_to_each_field() -> None:
    rows = ui.wrong_fields(PlanForm({}))
    assert [row["href"] for row in rows] == ["#id_title", "#id_who_0"]
    html = render_to_string("partials/form.html", {"form": PlanForm({}), "submit": "Gem"})
    for row in rows:
        assert f'id="{row["href"][1:]}"' in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert "Noget mangler" not in render_to_string("partials/form.html", {"form": PlanForm(), "submit": "Gem"})


def test_a_hidden_figure_is_one_sentence_and_no_reason() -> None:
    html = render_to_string("partials/hidden.html")
    assert html.count("Vises ikke af hensyn til anonymiteten.") == 1


def test_a_hidden_row_draws_no_figure_but_keeps_the_others() -> None:
    beside = [{"score": 69}, {"score": 70}]
    rows = [{"label": "Tryghed", "shown": False, "own": None, "beside": beside, "level": "effort"}]
    names = {"own": "Nord", "levels": ["Birkehøj", "Kommunen"], "workplace": "Birkehøj", "whole": "Kommunen"}
    html = render_to_string("partials/dots_table.html", {"rows": rows, "names": names, "caption": "Emner"})
    assert "Vises ikke af hensyn til anonymiteten" in html
    assert "Indsats" not in html
    assert ">69" in html


TABLES: list[tuple[str, dict[str, Any]]] = [
    (
        "dots_table",
        {
            "rows": [{"label": "T", "shown": True, "own": 1, "beside": [{"score": 2}], "whole": 2}],
            "names": {"own": "Vi", "levels": ["Alle"], "whole": "Alle"},
        },
    ),
    (
        "status_table",
        {
            "rows": [{"label": "S", "workplaces": 3, "held": 2, "ready": 1, "draft": 1, "missing": 1}],
            "head": "Afdeling",
        },
    ),
    ("arrow_table", {"activities": [{"what": "A", "holder": "M", "deadline": TODAY, "progress": 2}]}),
]


@pytest.mark.parametrize(("name", "context"), TABLES)
def test_tables_that_become_grids_say_what_they_are(name: str, context: dict[str, Any]) -> None:
    html = render_to_string(f"partials/{name}.html", context)
    assert '<table class="' in html
    assert 'role="table"' in html
    for tag, roles in (("tr", ("row",)), ("td", ("cell",)), ("th", ("rowheader", "columnheader"))):
        for cell in re.findall(rf"<{tag}\b[^>]*>", html):
            assert any(f'role="{role}"' in cell for role in roles), cell


def test_only_a_late_unfinished_activity_is_late() -> None:
    late = {"what": "A", "holder": "M", "deadline": dt.date(2020, 1, 1), "progress": 2}
    html = render_to_string("partials/arrow_table.html", {"activities": [late]})
    assert "over fristen" in html
    html = render_to_string("partials/arrow_table.html", {"activities": [{**late, "done": True}]})
    assert "over fristen" not in html


def test_the_arrow_moves_without_script() -> None:
    html = render_to_string("partials/arrow.html", {"progress": 2, "what": "Pauser", "url": "/flyt/"})
    assert re.findall(r'<button name="progress" value="(\d)"', html) == ["1", "2", "3", "4", "5"]
    assert "Flyt pilen" not in render_to_string("partials/arrow.html", {"progress": 2, "what": "Pauser"})


def test_work_is_polled_until_it_is_done() -> None:
    work = {"done": 251, "total": 402, "text": "251 af 402 rapporter er skrevet", "url": "/w/"}
    assert 'hx-get="/w/"' in render_to_string("partials/work.html", {"work": work})
    assert "hx-get" not in render_to_string("partials/work.html", {"work": {**work, "finished": True}})


def test_the_year_marks_where_we_are() -> None:
    marks = [WheelMark(dt.date(2026, 5, 11), "Trivselsdialoger", "dialogue", dt.date(2026, 6, 30))]
    html = render_to_string("partials/year.html", {"marks": marks, "today": TODAY})
    assert '<tr aria-current="date">' in html
    assert "Her er vi nu" in html


def test_a_board_card_can_be_moved_without_dragging() -> None:
    moves = [{"value": "assessed", "label": "Vurderet"}]
    card = {"title": "Træk", "url": "/f/1/", "danger": True, "moves": moves, "move_url": "/f/1/flyt/"}
    html = render_to_string("partials/board_card.html", {"card": card})
    assert '<button name="to" value="assessed">Vurderet</button>' in html
    assert "Farligt – bør stoppes nu" in html


def test_every_partial_tells_what_it_takes() -> None:
    for partial in (ROOT / "templates" / "partials").glob("*.html"):
        assert partial.read_text().startswith("{% comment %}"), partial.name


# ---------------------------------------------------------------- style sheets


def test_the_answering_style_sheet_stays_small_and_old_fashioned() -> None:
    text = (CSS / "answering.css").read_text()
    rules = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    # The page has 60 KB compressed for everything; its looks may take five of them, tokens included.
    assert len(gzip.compress(text.encode() + (CSS / "tokens.css").read_bytes())) < 5_000
    # A browser without :has() drops such a block whole, and then shows every follow-up: nothing is lost.
    rules = re.sub(r"@supports selector\(:has\(\*\)\) \{(?:[^{}]*\{[^{}]*\})*\s*\}", "", rules)
    for modern in ("@layer", ":has(", "field-sizing", ":is(", ":where(", "@import", "url("):
        assert modern not in rules, modern


def test_our_rules_lie_over_the_design_system() -> None:
    for sheet in ("base.css", "layout.css", "print.css", "components/figures.css", "components/work.css"):
        text = (CSS / sheet).read_text()
        assert "@layer vendor, app;" in text
        assert text.index("@layer app {") < text.index("{\n") + 200


def test_every_sheet_is_closed_and_loads_nothing_from_elsewhere() -> None:
    for sheet in CSS.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        assert text.count("{") == text.count("}"), sheet.name
        assert "//" not in text, sheet.name
        assert "url(data" not in text.replace('"', ""), sheet.name


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_and_controls_have_contrast() -> None:
    tokens = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", (CSS / "tokens.css").read_text()))
    for name in ("ink", "ink-2", "accent", "warm", "danger"):
        assert contrast(tokens[name], "#ffffff") >= 4.5, name
    assert contrast(tokens["ink-2"], tokens["mist"]) >= 4.5
    assert contrast(tokens["accent"], tokens["accent-soft"]) >= 4.5
    assert contrast(tokens["line-2"], "#ffffff") >= 3
