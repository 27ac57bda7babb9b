"""What is made of a report and set beside it: differences, files, levels, the red thread, indicators."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from organisation.models import AuditEntry, Campaign, CampaignUnit, JobRun, Person, StoredFile
from surveys import report_figures, report_files, reports
from surveys.models import Fact, Indicator, Release
from surveys.scores import mean_of, whole
from surveys.tasks import reports_make as reports_make_task
from tests.factories import Town, make_person, make_role
from tests.surveys.answered import asked, counted, released, unit_of
from tests.surveys.wide import make_wide

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
SENTENCE = "Vises ikke af hensyn til anonymiteten"


@pytest.fixture
def out(town: Town, campaign: Campaign, at: At) -> Release:
    return released(campaign, at, town)


def url(name: str, unit: CampaignUnit) -> str:
    return reverse(f"surveys:{name}", args=[unit.uuid])


def report_items(out: Release, topic: str) -> list[Any]:
    from surveys.questionnaires import form_for

    return [item for item in form_for(out.wave.questionnaire_id).facts if item.theme == topic and item.of is None]


# ---------------------------------------------------------------- differences, files, levels


@pytest.mark.parametrize(
    ("own", "other", "says"),
    [
        ((70, 20), (66, 20), ""),  # four points mean nothing
        ((70, 20), (65, 20), "↑ 5 over"),
        ((60, 10), (65, 10), "↓ 5 under"),
        ((70, 9), (60, 20), "(10 over)"),
        ((50, 20), (60, 9), "(10 under)"),
        (None, (60, 9), ""),
    ],
)
def test_an_arrow_takes_five_points_and_ten_answers_in_both(own: Any, other: Any, says: str) -> None:
    assert report_figures.beside(own, other) == report_figures.Beside(other[0], says)
    assert report_figures.beside(own, None) == report_figures.NOTHING


def test_a_report_is_set_beside_the_nearest_the_afdeling_and_the_municipality(
    town: Town, campaign: Campaign, out: Release
) -> None:
    assert reports.report_of(unit_of(campaign, town, "nord"), out).levels == (
        "Plejehjemmet Birkehøj", "Sundhed & Ældre", "Kommunen",
    )  # fmt: skip
    assert reports.report_of(unit_of(campaign, town, "birkehoej"), out).levels == ("Sundhed & Ældre", "Kommunen")
    assert reports.report_of(unit_of(campaign, town, "kommune"), out).levels == ()


def test_a_topic_without_a_predecessor_is_new_and_others_asked_something_else(
    town: Town, campaign: Campaign, out: Release
) -> None:
    rows = {row.short: row for row in reports.report_of(unit_of(campaign, town, "nord"), out).rows if row.short}
    assert rows["Psykologisk tryghed"].previous.text == "nyt emne i 2026"
    assert rows["Krav og balance"].previous.text == "andre spørgsmål"


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("kind", ["report", "notice", "slides"])
def test_every_layout_is_made_in_both_languages_for_every_unit(
    town: Town, campaign: Campaign, out: Release, kind: str, language: str
) -> None:
    pypdf = pytest.importorskip("pypdf")
    pages = {"report": range(4, 9), "notice": range(1, 2), "slides": range(5, 9)}[kind]
    for key in ("nord", "birkehoej", "kommune"):
        unit = unit_of(campaign, town, key)
        with override(language):
            made = report_files.report_file(unit, out, kind)
        document = pypdf.PdfReader(BytesIO(bytes(made.data)))
        text = " ".join(page.extract_text() for page in document.pages)
        assert len(document.pages) in pages, (key, len(document.pages))
        assert document.trailer["/Root"]["/Lang"] == language
        assert unit.name in text
        if kind != "report":
            assert "mobbet" not in text
            assert "bullied" not in text


def test_a_name_in_letters_that_our_type_lacks_stops_no_report(town: Town, campaign: Campaign, out: Release) -> None:
    nord = unit_of(campaign, town, "nord")
    nord.name = "Afsnit \u5317"
    assert bytes(report_files.report_file(nord, out, "notice").data).startswith(b"%PDF")


def test_a_file_is_made_once_and_anew_when_its_figures_change(
    town: Town, campaign: Campaign, out: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def typeset(layout: str, data: dict[str, Any]) -> bytes:
        made.append(layout)
        return b"%PDF"

    monkeypatch.setattr(report_files, "typeset", typeset)
    nord = unit_of(campaign, town, "nord")
    first = report_files.report_file(nord, out, "report")
    assert report_files.report_file(nord, out, "report").pk == first.pk
    assert made == ["report.typ"]
    with override("en"):
        report_files.report_file(nord, out, "report")
    CampaignUnit.objects.filter(pk=nord.pk).update(name="Afsnit Nordlys")
    nord.refresh_from_db()
    assert report_files.report_file(nord, out, "report").pk != first.pk
    assert not StoredFile.objects.filter(pk=first.pk).exists()
    assert len(made) == 3


def test_the_sweep_makes_what_is_missing_and_stops_when_its_time_is_out(
    town: Town, campaign: Campaign, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_files, "typeset", lambda layout, data: b"%PDF")
    out = counted(campaign, at)
    before = report_files.progress_of(out)
    assert before.done == 0
    assert report_files.reports_make(seconds=-1) == 0  # killed or out of time: nothing is half done
    told: list[tuple[int, int]] = []
    assert report_files.reports_make(lambda done, total: told.append((done, total))) == before.total
    assert told[-1] == (before.total, before.total)
    assert report_files.progress_of(out).done == before.total
    assert report_files.reports_make() == 0
    Release.objects.filter(pk=out.pk).update(state=Release.State.WITHDRAWN, withdrawn_reason="En fejl.")
    report_files.reports_make()
    assert not StoredFile.objects.filter(key__startswith="report:").exists()


@pytest.mark.django_db(databases=["default", "urn"], transaction=True)
def test_two_workers_do_not_make_the_same_file() -> None:
    place = "report:1:report:da:x:1:"

    def never() -> bytes:
        raise AssertionError("made twice")

    def work() -> None:
        with pytest.raises(report_files.Busy):
            report_files.file_of(place, content="a", content_type="x", make=never, wait=False)
        connection.close()

    def make() -> bytes:
        other = threading.Thread(target=work)
        other.start()
        other.join()
        return b"made"

    assert bytes(report_files.file_of(place, content="a", content_type="x", make=make).data) == b"made"
    assert bytes(report_files.file_of(place, content="a", content_type="x", make=never).data) == b"made"


def test_the_spreadsheet_holds_facts_and_sentences(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    workplace = unit_of(campaign, town, "birkehoej")
    response = as_person(town.person["head"]).get(url("report_sheet", workplace))
    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["Læs mig", "Emner", "Spørgsmål", "Ja og nej", "Fysiske fund"]
    topics = {row[0]: row[1:] for row in book["Emner"].iter_rows(min_row=2, values_only=True)}
    assert list(topics) == ["Plejehjemmet Birkehøj", "Afsnit Nord", "Afsnit Syd", "Køkkenet"]
    report = reports.report_of(workplace, out)
    assert list(topics["Plejehjemmet Birkehøj"]) == [topic.score for topic in report.topics]
    assert set(topics["Køkkenet"]) == {SENTENCE}
    yes = list(book["Ja og nej"].iter_rows(min_row=2, values_only=True))
    assert {row[0] for row in yes} == {"Plejehjemmet Birkehøj"}  # no row of neighbouring units beside
    assert any(str(row[2]).startswith("Forhold på arbejdet") for row in yes)
    said = [row[3] for row in yes]
    assert any(isinstance(one, int) and one for one in said)  # a share is a number to work with
    assert all(isinstance(one, int) or one in ("færre end 5", SENTENCE) for one in said)
    outside = as_person(town.person["med_department"]).get(url("report_sheet", workplace))
    assert "Afsnit Nord" not in str(list(load_workbook(BytesIO(outside.content))["Emner"].values))


def test_krænkende_adfærd_has_no_place_in_the_heat_map_and_a_filter_shows_one_topics_questions(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    client, workplace = as_person(town.person["head"]), unit_of(campaign, town, "birkehoej")
    heads = re.findall(
        r'<th scope="col"[^>]*>(.*?)</th>', client.get(url("report_compare", workplace)).content.decode()
    )
    assert heads == ["Psykologisk tryghed", "Krav og balance", "Motivation og tilfredshed"]
    html = client.get(url("report_compare", workplace), {"emne": "kb"}).content.decode()
    assert len(re.findall(r'<th scope="col"', html)) == 9
    assert "Hvor ofte lykkes det dig at holde de pauser, du har brug for?" in html
    assert client.get(url("report_compare", workplace), {"emne": "ka"}).content.decode().count('<th scope="col"') == 3


def test_one_question_is_shown_over_the_levels_and_yes_never_for_the_units_beside(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    client, nord = as_person(town.person["head"]), unit_of(campaign, town, "nord")
    main = _main(client.get(url("report_item", nord), {"spoergsmaal": "kb_breaks"}).content.decode())
    rows = main[main.index("<tbody") :]
    names = ("Afsnit Nord", "Plejehjemmet Birkehøj", "Sundhed &amp; Ældre", "Afsnit Syd")
    places = [rows.index(f">{name}<") for name in names]
    assert places == sorted(places)
    stored = Fact.objects.get(release=out, unit=unit_of(campaign, town, "birkehoej"), item="kb_breaks")
    item = next(item for item in report_items(out, "kb") if item.key == "kb_breaks")
    mean = mean_of(item.values, stored.dist)
    assert mean is not None
    assert f"<b>{whole(mean)}</b>" in main
    told = _main(client.get(url("report_item", nord), {"spoergsmaal": "ka_threats"}).content.decode())
    table = told[told.index("<table") : told.index("</table>")]
    assert "Plejehjemmet Birkehøj" in table
    assert "Afsnit Syd" not in table
    assert "<svg" not in table


def _main(html: str) -> str:
    return html[html.index('<main id="main"') : html.index("</main>")]


def test_two_levels_stand_side_by_side(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    client, nord = as_person(town.person["leader"]), unit_of(campaign, town, "nord")
    whole_unit = unit_of(campaign, town, "kommune")
    main = _main(client.get(url("report_levels", nord), {"niveau": str(whole_unit.uuid)}).content.decode())
    heads = re.findall(r'role="columnheader"[^>]*>([^<]*)</th>', main)
    assert "Kommunen" in heads
    assert "Plejehjemmet Birkehøj" not in heads
    main = _main(client.get(url("report_levels", nord), {"niveau": "noget andet"}).content.decode())
    assert "Kommunen" in re.findall(r'role="columnheader"[^>]*>([^<]*)</th>', main)


def test_the_red_thread_says_what_hr_wrote_and_is_for_the_trio(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    nord = unit_of(campaign, town, "nord")
    leader, hr = as_person(town.person["leader"]), as_person(town.person["hr"])
    assert "Led ikke efter, hvem det er." in leader.get(url("report_care", nord)).content.decode()
    assert "distribution" not in _main(leader.get(url("report_care", nord)).content.decode())
    wrote = hr.post(
        reverse("surveys:guideline_edit"), {"rules_da": "Vi griber altid ind.", "call_da": "", "avoid_da": ""}
    )
    assert wrote.status_code == 302
    html = leader.get(url("report_care", nord)).content.decode()
    assert "Vi griber altid ind." in html
    assert "Led ikke efter, hvem det er." in html  # a part left empty keeps our words
    assert as_person(town.person["med_workplace"]).get(url("report_care", nord)).status_code == 403
    assert AuditEntry.objects.filter(verb="guideline_written").count() == 3


def test_hr_sets_when_staff_see_the_report_at_the_latest(
    town: Town, campaign: Campaign, out: Release, as_person: As, at: At
) -> None:
    ind, hr = unit_of(campaign, town, "ind"), as_person(town.person["hr"])
    page = reverse("trivsel:milestone_edit", args=["staff_reports"])
    assert "Medarbejderne ser rapporten senest" in hr.get(reverse("trivsel:hr_campaign")).content.decode()
    assert hr.get(page).status_code == 200
    sent = {"title": "Medarbejderne ser rapporten senest", "starts": "2026-05-20", "at": "08:00", "ends_at": "23:59"}
    assert hr.post(page, sent).status_code == 302
    assert hr.get(reverse("trivsel:milestone_edit", args=["noget"])).status_code == 404
    at("2026-05-20 07:59")
    assert as_person(town.staff["ind"][0]).get(url("report_detail", ind)).status_code == 404
    at("2026-05-20 08:00")
    assert as_person(town.staff["ind"][0]).get(url("report_detail", ind)).status_code == 200


def test_the_municipalitys_report_shows_its_indicators_by_the_topics_they_rest_on(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    hr, unit = as_person(town.person["hr"]), unit_of(campaign, town, "kommune")
    sent = {"da": "Indikator 5: Stærkt samarbejde", "en": "", "topics": ["ps", "mt"], "order": "1"}
    assert hr.post(reverse("surveys:indicator_create"), sent).status_code == 302
    lines = reports.report_of(unit, out).indicators
    scores = {topic.title: topic.score for topic in reports.report_of(unit, out).topics}
    assert [line.name for line in lines] == ["Indikator 5: Stærkt samarbejde"]
    assert dict(lines[0].topics) == {title: score for title, score in scores.items() if "krav" not in title}
    assert "Stærkt samarbejde" in hr.get(url("report_detail", unit)).content.decode()
    assert (
        "Stærkt samarbejde" not in hr.get(url("report_detail", unit_of(campaign, town, "birkehoej"))).content.decode()
    )
    row = Indicator.objects.get()
    assert hr.get(reverse("surveys:indicator_list")).status_code == 200
    assert hr.post(reverse("surveys:indicator_edit", args=[row.pk]), {**sent, "topics": []}).status_code == 200
    assert hr.post(reverse("surveys:indicator_delete", args=[row.pk])).status_code == 302
    assert not Indicator.objects.exists()


def test_the_release_page_tells_how_far_the_files_have_come(
    town: Town, campaign: Campaign, out: Release, as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr = as_person(town.person["hr"])
    page = hr.get(reverse("surveys:release_detail", args=[out.uuid])).content.decode()
    total = report_files.progress_of(out).total
    assert f"0 af {total} rapporter ligger klar som PDF." in page
    monkeypatch.setattr(report_files, "typeset", lambda layout, data: b"%PDF")
    reports_make_task()
    bar = hr.get(reverse("surveys:release_files", args=[out.uuid])).content.decode()
    assert f"{total} af {total} rapporter ligger klar som PDF." in bar
    assert "hx-get" not in bar
    assert JobRun.objects.get(name="reports_make").done == total


def test_the_pages_ask_as_many_questions_of_a_large_municipality_as_of_a_small_one(as_person: As) -> None:
    hr = make_person("HR", email="hr@lindevig.example")
    make_role(hr, "hr")
    client = as_person(hr)
    needed: dict[int, list[int]] = {}
    for units in (30, 150):
        with transaction.atomic():
            units_of = CampaignUnit.objects.filter(campaign=make_wide(units).wave.campaign_id)
            top, team = units_of.get(level_kind="municipality"), units_of.filter(level_kind="team")[1]
            pages = [("report_detail", top), ("report_detail", team), ("report_compare", top), ("report_item", top)]
            pages += [("report_compare", team.parent), ("report_item", team), ("report_levels", team)]
            for name, unit in [*pages, ("report_care", team)]:
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(url(name, unit)).status_code == 200
                needed.setdefault(units, []).append(asked(queries))
            transaction.set_rollback(True)
    # The very first request of a process looks a few things up for all later ones.
    assert [many <= few for few, many in zip(needed[30], needed[150], strict=True)] == [True] * 8, needed
    assert max(needed[150]) <= 30, needed
