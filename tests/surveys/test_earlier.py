"""Earlier measurements: a spreadsheet becomes facts; hidden then is blank now; nothing changes on failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from organisation.models import Campaign, CampaignUnit, Person, StoredFile, Unit, UnitSuccession
from organisation.structure import earlier_units
from surveys import earlier, exports, reports
from surveys.auditor import audit
from surveys.earlier_figures import earlier_figures
from surveys.earlier_sheet import FIGURE_HEADS, UNIT_HEADS, sheet_read, template_workbook
from surveys.models import Comparability, Fact, Release, Wave
from tests.factories import Town
from tests.surveys.answered import released, unit_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
CLOSED_ON = date(2023, 4, 26)


def workbook(units: Sequence[Sequence[Any]], figures: Sequence[Sequence[Any]], *, tab: str = "Enheder") -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, heads, rows in (
        (tab, UNIT_HEADS, units),
        ("Tal", FIGURE_HEADS, figures),
    ):
        page = book.add_worksheet(name)
        for number, cells in enumerate([heads, *rows]):
            for column, cell in enumerate(cells):
                page.write(number, column, cell)
    book.close()
    return out.getvalue()


def then(town: Town) -> list[list[Any]]:
    """2023: the municipality, Birkehøj, Afsnit Nord, and two units that were put together into Afsnit Syd."""
    number = {key: unit.number for key, unit in town.unit.items()}
    return [
        [number["kommune"], "Lindevig Kommune", "", "kommune", 60, "", ""],
        [number["birkehoej"], "Plejehjemmet Birkehøj", number["kommune"], "arbejdsplads", 60, "", ""],
        [number["nord"], "Afsnit Nord", number["birkehoej"], "enhed", 20, "", ""],
        ["gl-1", "Natholdet", number["birkehoej"], "enhed", 12, number["syd"], "lagt sammen"],
        ["gl-2", "Dagholdet", number["birkehoej"], "enhed", 16, number["syd"], "lagt sammen"],
    ]


def figures(town: Town, *, night: Any = (10, 60)) -> list[list[Any]]:
    number = {key: unit.number for key, unit in town.unit.items()}
    return [
        [number["kommune"], "besvarelser", 45, "", ""],
        [number["kommune"], "ti23", 45, "66,5", ""],
        [number["nord"], "ti23", 15, 71.3, ""],
        ["gl-1", "ti23", *night, ""],
        ["gl-2", "ti23", 15, "", "0;0;5;5;5"],
        [number["birkehoej"], "ti23", "skjult", "", ""],
    ]


def link(campaign: Campaign) -> None:
    Comparability.objects.filter(key="mt_overall").update(earlier_key="ti23", kind="item", approved_by="HR")


@pytest.fixture
def out(town: Town, campaign: Campaign, at: At) -> Release:
    made = released(campaign, at, town)
    link(campaign)
    return made


def test_the_template_can_be_read_again() -> None:
    read = sheet_read(template_workbook())
    assert read.errors == []
    assert [unit.number for unit in read.units] == ["1", "10", "11", "12", "13"]
    assert [row.n for row in read.figures] == [15, 15, None]


def test_its_figures_become_facts_and_stand_beside_todays(town: Town, campaign: Campaign, out: Release) -> None:
    made = earlier.measurement_import(
        sheet_read(workbook(then(town), figures(town))), closed_on=CLOSED_ON, by=town.person["hr"]
    )
    assert (made.wave.kind, made.state, made.wave.campaign.year) == (Wave.Kind.IMPORTED, Release.State.RELEASED, 2023)
    assert made.facts.filter(n__isnull=True).count() == 1
    nord, syd = unit_of(campaign, town, "nord"), unit_of(campaign, town, "syd")
    row = next(row for row in reports.report_of(nord, out).rows if row.previous.score is not None)
    assert row.previous.score == 71
    # Two units were put together: their sum, weighted by their answers (10 × 60 and 15 × 75).
    assert len(earlier_units(town.unit["syd"].pk)) == 2
    found = earlier_figures([syd, unit_of(campaign, town, "birkehoej")], out.wave)
    assert (found[syd.pk]["mt_overall"].n, float(found[syd.pk]["mt_overall"].mean)) == (25, 69.0)
    assert unit_of(campaign, town, "birkehoej").pk not in found
    # A unit that is gone has a row that ended with the measurement, and today's tree does not know it.
    gone = Unit.objects.get(number="2023:gl-1")
    assert (gone.starts, gone.ends) == (CLOSED_ON, CLOSED_ON)


def test_hidden_in_one_part_is_a_blank_for_the_whole(town: Town, campaign: Campaign, out: Release) -> None:
    earlier.measurement_import(
        sheet_read(workbook(then(town), figures(town, night=("skjult", "")))), closed_on=CLOSED_ON, by=town.person["hr"]
    )
    assert unit_of(campaign, town, "syd").pk not in earlier_figures([unit_of(campaign, town, "syd")], out.wave)


def test_the_page_and_the_export_tell_the_same_changes(town: Town, campaign: Campaign, out: Release) -> None:
    earlier.measurement_import(
        sheet_read(workbook(then(town), figures(town))), closed_on=CLOSED_ON, by=town.person["hr"]
    )
    export = exports.export_release(out)
    changes = {group["id"]: group["trends"] for group in export["groups"] if group["trends"]}
    told = 0
    for unit in CampaignUnit.objects.filter(campaign=campaign):
        report = reports.report_of(unit, out)
        for row in report.rows if report.has_own else ():
            if row.previous.score is not None and row.own is not None:
                assert changes[str(unit.pk)]["mt_overall"]["change"] == row.own - row.previous.score
                told += 1
    assert told == len(changes) > 1
    assert [v for v in audit(exports.known_now()) if not v.known] == []


def test_old_figures_that_give_themselves_away_are_known_and_do_not_block(
    town: Town, campaign: Campaign, out: Release
) -> None:
    rows = figures(town)
    rows[-1] = [town.unit["birkehoej"].number, "ti23", 43, 68, ""]  # 43 − 15 − 10 − 15 = 3
    sheet = sheet_read(workbook(then(town), rows))
    found = earlier.preview(sheet, closed_on=CLOSED_ON, by=town.person["hr"])
    assert found.known >= 1
    assert not Campaign.objects.filter(year=2023).exists()
    made = earlier.measurement_import(sheet, closed_on=CLOSED_ON, by=town.person["hr"])
    assert "known from imported reports alone: 0" not in made.audit_report
    assert "violations: 0" in made.audit_report


@pytest.mark.parametrize(
    ("place", "cells", "sheet", "column", "says"),
    [
        ("units", ["", "Uden nummer", "", "enhed", 5, "", ""], "Enheder", "A", "nummer mangler"),
        ("units", ["x", "X", "findes-ikke", "enhed", 5, "", ""], "Enheder", "C", "står ikke på arket"),
        ("units", ["x", "X", "", "enhed", 5, "", ""], "Enheder", "C", "Præcis én enhed"),
        ("units", ["x", "X", "gl-1", "hold", 5, "", ""], "Enheder", "D", "Niveauet skal være"),
        ("units", ["x", "X", "gl-1", "enhed", "mange", "", ""], "Enheder", "E", "helt tal"),
        ("units", ["x", "X", "gl-1", "enhed", 500, "", ""], "Enheder", "E", "færre end i enhederne"),
        ("units", ["x", "X", "gl-1", "enhed", 5, "1", "måske"], "Enheder", "G", "samme, afløst"),
        ("figures", ["gl-1", "ny nøgle", 9, 50, ""], "Tal", "B", "kort ord"),
        ("figures", ["gl-1", "kr23", 3, 50, ""], "Tal", "C", "færre end 5"),
        ("figures", ["gl-1", "kr23", "ni", 50, ""], "Tal", "C", "helt tal eller ordet"),
        ("figures", ["gl-1", "kr23", 9, 101, ""], "Tal", "D", "0 til 100"),
        ("figures", ["gl-1", "kr23", 9, "", ""], "Tal", "D", "mangler"),
        ("figures", ["gl-1", "kr23", 9, 50, "1;2;3"], "Tal", "E", "fem hele tal"),
        ("figures", ["gl-1", "kr23", 9, 50, "1;2;3;1;1"], "Tal", "E", "fem hele tal"),
        ("figures", ["gl-1", "kr23", 9, 90, "1;1;5;1;1"], "Tal", "D", "passer ikke"),
        ("figures", ["gl-1", "ti23", 9, 50, ""], "Tal", "B", "to tal"),
        ("figures", ["findes-ikke", "kr23", 9, 50, ""], "Tal", "A", "står ikke på arket"),
    ],
)
def test_what_is_wrong_is_told_by_sheet_row_and_column(
    town: Town, place: str, cells: list[Any], sheet: str, column: str, says: str
) -> None:
    units, rows = then(town), figures(town)
    (units if place == "units" else rows).append(cells)
    read = sheet_read(workbook(units, rows))
    assert any((e.sheet, e.column) == (sheet, column) and says in e.says for e in read.errors), read.errors


def test_hr_uploads_sees_the_preview_and_says_yes(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    hr = as_person(town.person["hr"])
    address = reverse("surveys:earlier_list")
    assert hr.get(reverse("surveys:earlier_template")).content[:2] == b"PK"

    def upload(data: bytes, closed_on: str = "2023-04-26") -> Any:
        return hr.post(address, {"closed_on": closed_on, "file": SimpleUploadedFile("m.xlsx", data)})

    top = then(town)[0][0]
    unknown = ["gl-1", "Natholdet", top, "enhed", 3, "findes-ikke", "samme"]
    units = [*then(town)[:3], unknown, ["gl-2", "Dagholdet", top, "enhed", 3, "", ""]]
    units[0] = [top, "Kommunen", "", "kommune", 90, "", ""]
    for data, says in [
        (b"hej", "Intet er ændret"),
        (workbook(then(town), []), "Der er ingen tal"),
        (workbook(then(town), figures(town), tab="Afdelinger"), "Arket mangler"),
        (workbook(units, figures(town)), "findes ikke i organisationen"),
    ]:
        page = upload(data)
        assert page.status_code == 422
        assert says in page.content.decode()
    assert upload(workbook(then(town), figures(town)), "2026-04-26").status_code == 422
    assert not Wave.objects.filter(kind=Wave.Kind.IMPORTED).exists()
    assert not StoredFile.objects.filter(key__startswith="earlier:").exists()

    shown = upload(workbook(then(town), figures(town)))
    preview = shown.headers["Location"]
    html = hr.get(preview).content.decode()
    assert "Hvor tilfreds er du alt i alt med at gå på arbejde her?" in html
    assert "mt_overall" not in html
    assert not Wave.objects.filter(kind=Wave.Kind.IMPORTED).exists()
    assert as_person(town.person["hr_2"]).get(preview).status_code == 404
    assert hr.post(preview, {"deed": "use"}).status_code == 302
    made = Release.objects.get(wave__kind=Wave.Kind.IMPORTED)
    assert Fact.objects.filter(release=made).count() == 6
    assert UnitSuccession.objects.filter(unit=town.unit["syd"]).count() == 2
    assert hr.get(preview).status_code == 404
    listed = hr.get(address).content.decode()
    unknown = listed[listed.index("Enheder, der ikke kendes igen") :].split("</section>")[0]
    assert reverse("organisation:unit_succession", args=[town.unit["koekken"].uuid]) in unknown
    assert reverse("organisation:unit_succession", args=[town.unit["syd"].uuid]) not in unknown
    assert upload(workbook(then(town), figures(town))).status_code == 422  # there is one from 2023

    hr.post(reverse("surveys:earlier_withdraw", args=[made.uuid]), {"reason": "Forkert fil"})
    made.refresh_from_db()
    assert made.state == Release.State.WITHDRAWN
    nord = reports.report_of(unit_of(campaign, town, "nord"), out)
    assert all(row.previous.score is None for row in nord.rows)
    assert upload(workbook(then(town), figures(town))).status_code == 302
