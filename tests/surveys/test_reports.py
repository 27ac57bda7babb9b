"""Reports: functions of facts only, for those they are for, on page and paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import AuditEntry, Campaign, CampaignUnit, Person, Placement
from surveys import access, report_care, report_figures, report_files, reports
from surveys.facts import ANSWERED
from surveys.models import Comparability, Fact, Release, ReportShare, Wave
from surveys.scores import mean_of, whole
from tests.factories import Town
from tests.surveys.answered import asked, released, unit_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]
SENTENCE = "Vises ikke af hensyn til anonymiteten"


@pytest.fixture
def out(town: Town, campaign: Campaign, at: At) -> Release:
    return released(campaign, at, town)


def url(name: str, unit: CampaignUnit) -> str:
    return reverse(f"surveys:{name}", args=[unit.uuid])


READERS = {
    # who may open which unit's report, by role alone
    "nord": {"leader", "amr", "tr", "head", "med_workplace", "hr", "hr_2"},
    "syd": {"leader_syd", "amr_syd", "head", "med_workplace", "hr", "hr_2"},
    "koekken": {"leader_syd", "amr_syd", "head", "med_workplace", "hr", "hr_2"},
    "birkehoej": {"leader", "amr", "tr", "leader_syd", "amr_syd", "head", "med_workplace", "med_department",
                  "med_municipality", "hr", "hr_2"},
    "ind": {"leader_school", "amr_school", "hr", "hr_2"},
    "skole": {"leader_school", "amr_school", "med_other_department", "med_municipality", "hr", "hr_2"},
    "sundhed": {"leader", "amr", "tr", "leader_syd", "amr_syd", "head", "med_workplace", "med_department",
                "med_municipality", "hr", "hr_2"},
}  # fmt: skip


def test_who_may_open_which_report(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    for key, readers in READERS.items():
        unit = unit_of(campaign, town, key)
        may = {
            name for name, person in town.person.items()
            if access.reports_visible_to(person, out).filter(pk=unit.pk).exists()
        }  # fmt: skip
        assert may == readers, key
    nord = unit_of(campaign, town, "nord")
    for name, status in [("leader", 200), ("tr", 200), ("leader_syd", 404), ("employee", 404), ("property", 404),
                         ("med_department", 404), ("dpo", 404), ("former_leader", 404)]:  # fmt: skip
        for page in ("report_detail", "report_pdf"):
            assert as_person(town.person[name]).get(url(page, nord)).status_code == status, (name, page)
    assert as_person(None).get(url("report_detail", nord)).status_code == 302


def test_leader_amr_and_tr_see_the_same_page(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    nord = unit_of(campaign, town, "nord")
    pages = set()
    for name in ("leader", "amr", "tr"):
        html = as_person(town.person[name]).get(url("report_detail", nord)).content.decode()
        main = html[html.index('<main id="main"') : html.index("</main>")]
        pages.add(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", main))
    assert len(pages) == 1


def test_before_the_release_there_is_no_report_for_anybody(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    Release.objects.filter(pk=out.pk).update(state=Release.State.APPROVED)
    nord = unit_of(campaign, town, "nord")
    for name in ("leader", "hr", "head", "dpo"):
        assert as_person(town.person[name]).get(url("report_detail", nord)).status_code == 404
        assert as_person(town.person[name]).get(url("report_pdf", nord)).status_code == 404
    waiting = as_person(town.person["leader"]).get(reverse("surveys:report_list")).content.decode()
    assert "forsinket" in waiting


def test_staff_see_their_report_when_the_trio_shows_it(
    town: Town, campaign: Campaign, out: Release, as_person: As, at: At
) -> None:
    nord, syd = unit_of(campaign, town, "nord"), unit_of(campaign, town, "syd")
    employee, stranger = as_person(town.person["employee"]), as_person(town.staff["ind"][0])
    assert employee.get(url("report_detail", nord)).status_code == 404
    assert as_person(town.person["head"]).post(url("report_share", nord)).status_code == 403
    assert as_person(town.person["med_workplace"]).post(url("report_share", syd)).status_code == 403
    assert as_person(town.person["leader_syd"]).post(url("report_share", nord)).status_code == 404
    as_person(town.person["amr"]).post(url("report_share", nord))
    assert ReportShare.objects.filter(release=out, unit=nord).count() == 1
    for unit, status in [(nord, 200), (unit_of(campaign, town, "birkehoej"), 200),
                         (unit_of(campaign, town, "kommune"), 200), (syd, 404)]:  # fmt: skip
        assert employee.get(url("report_detail", unit)).status_code == status
    assert stranger.get(url("report_detail", nord)).status_code == 404
    assert stranger.get(url("report_detail", unit_of(campaign, town, "ind"))).status_code == 404
    at("2026-06-30 08:01")
    stranger = as_person(town.staff["ind"][0])
    assert stranger.get(url("report_detail", unit_of(campaign, town, "ind"))).status_code == 200
    assert stranger.get(url("report_detail", unit_of(campaign, town, "skole"))).status_code == 200
    assert stranger.get(url("report_detail", nord)).status_code == 404


def test_the_page_says_what_the_facts_say(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    nord = unit_of(campaign, town, "nord")
    report = reports.report_of(nord, out)
    fact = Fact.objects.get(release=out, unit=nord, item=ANSWERED)
    assert report.rate is not None
    assert report.rate.percent == f"{round(100 * fact.n / nord.invited)}\u00a0%"
    for topic in report.topics:
        means = []
        for bar, item in zip(topic.bars, [i for i in report_items(out, topic.key) if i.scored], strict=True):
            stored = Fact.objects.filter(release=out, unit=nord, item=item.key).first()
            assert bar.shown == (stored is not None)
            if stored is not None:
                mean = mean_of(item.values, stored.dist)
                assert mean is not None
                assert bar.score == whole(mean)
                means.append(mean)
        if topic.score is not None:
            assert 2 * len(means) >= topic.of
            assert topic.score == whole(sum(means) / len(means))
    graded = {topic.title for topic in report.topics}
    assert {row.label for row in report.rows if row.level} <= graded  # no grade for krænkende adfærd or sygefravær
    html = as_person(town.person["leader"]).get(url("report_detail", nord)).content.decode()
    assert report.rate.percent in html
    assert "Tre at bevare" in html
    assert AuditEntry.objects.filter(verb="report_read", subject_id=str(nord.uuid)).count() == 1


def report_items(out: Release, topic: str) -> list[Any]:
    from surveys.questionnaires import form_for

    return [item for item in form_for(out.wave.questionnaire_id).facts if item.theme == topic and item.of is None]


def test_a_unit_without_a_report_points_to_where_its_answers_count(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    small = unit_of(campaign, town, "koekken")
    response = as_person(town.person["leader_syd"]).get(url("report_detail", small))
    html = response.content.decode()
    assert response.status_code == 200
    assert SENTENCE in html
    report = reports.report_of(small, out)
    assert not report.has_own
    assert report.nearest is not None
    assert url("report_detail", report.nearest) in html
    assert not re.search(r"\d+\s*%", html[html.index("<main") : html.index("</main>")])


def test_hidden_items_are_hidden_with_one_sentence_and_no_count(
    town: Town, campaign: Campaign, at: At, as_person: As
) -> None:
    def say(placement: Placement, answers: dict[str, Any]) -> None:
        if placement.unit.unit_id == town.unit["nord"].pk:
            answers["kb_debrief"] = "5"  # all the same: hidden, and nothing may say why

    out = released(campaign, at, town, say=say)
    nord = unit_of(campaign, town, "nord")
    assert not Fact.objects.filter(release=out, unit=nord, item="kb_debrief").exists()
    html = as_person(town.person["leader"]).get(url("report_detail", nord)).content.decode()
    question = "Efter en svær situation er der nogen på arbejdet"
    row = html[html.index(question) : html.index('<div class="bar"', html.index(question))]
    assert SENTENCE in row
    assert not re.search(r"\d", re.sub(r"<svg.*?</svg>", "", row, flags=re.S))


def test_few_yes_are_said_as_fewer_than_five() -> None:
    shown = report_figures.Shown
    assert report_care.yes_share(shown(12, (0, 12))) == "0"
    assert report_care.yes_share(shown(9, (0, 9))) == "færre end 5"
    assert report_care.yes_share(shown(12, (4, 8))) == "færre end 5"
    assert report_care.yes_share(shown(10, (5, 5))) == "50\u00a0%"
    assert report_care.yes_share(None) == ""


def test_who_stood_behind_is_not_told_as_leader_where_there_are_few(town: Town, campaign: Campaign, at: At) -> None:
    def say(placement: Placement, answers: dict[str, Any]) -> None:
        answers["ka_threats"] = "yes" if placement.pk % 4 else "no"
        answers["ka_threats_who"] = ["leader"] if placement.pk % 3 else ["citizen", "leader"]
        if answers["ka_threats"] == "no":
            del answers["ka_threats_who"]
        for key in ("ka_threats_told", "ka_threats_freq", "ka_threats_handled", "ka_threats_why_not"):
            answers.pop(key, None)

    out = released(campaign, at, town, say=say)
    workplace = reports.report_of(unit_of(campaign, town, "birkehoej"), out)
    whole_report = reports.report_of(unit_of(campaign, town, "kommune"), out)
    assert workplace.care is not None
    assert whole_report.care is not None

    def labels(care: report_care.CareSection) -> set[str]:
        return {label for group in care.follow_ups for follow in group.questions for label, _said in follow.rows}

    told, told_above = labels(workplace.care), labels(whole_report.care)
    assert "Min nærmeste leder" not in told
    assert "Min nærmeste leder" in told_above
    assert "Borger, bruger, elev eller barn" in told_above


def test_an_earlier_figure_stands_beside_only_on_an_approved_link(town: Town, campaign: Campaign, out: Release) -> None:
    nord = unit_of(campaign, town, "nord")
    imported = Wave.objects.create(
        campaign=campaign, kind=Wave.Kind.IMPORTED, questionnaire=out.wave.questionnaire, state=Wave.State.OPENED,
        opens_at=out.wave.opens_at.replace(year=2023), closes_at=out.wave.closes_at.replace(year=2023),
    )  # fmt: skip
    then = Release.objects.create(
        wave=imported, state=Release.State.RELEASED, due_at=imported.closes_at, released_at=imported.closes_at,
        audit_green=True,
    )  # fmt: skip
    Fact.objects.create(release=then, unit=nord, item="ti23", n=11, mean=Decimal("30.00"))
    link = Comparability.objects.filter(questionnaire=out.wave.questionnaire, key="mt_overall")
    link.update(approved_by="")
    assert reports.report_of(nord, out).earlier_year is None
    link.update(approved_by="Mette Aagaard", kind="item")
    rows = [row for row in reports.report_of(nord, out).rows if row.previous.score is not None]
    assert [row.previous.score for row in rows] == [30]
    assert reports.report_of(nord, out).names["previous_short"] == "2023"
    link.update(kind="none", approved_by="")
    assert reports.report_of(nord, out).earlier_year is None


def test_advice_about_low_safety_is_for_the_trio_and_hr(town: Town, campaign: Campaign, at: At, as_person: As) -> None:
    def say(placement: Placement, answers: dict[str, Any]) -> None:
        low = placement.unit.unit_id == town.unit["nord"].pk
        for key in list(answers):
            if key.startswith("ps_"):
                answers[key] = ("12" if low != (key == "ps_hold_back") else "45")[placement.pk % 2]

    released(campaign, at, town, say=say)
    nord = unit_of(campaign, town, "nord")
    advice = "Et godt råd, før I holder dialogen"
    for name, sees in [("leader", True), ("tr", True), ("hr", True), ("med_workplace", False), ("head", False)]:
        html = as_person(town.person[name]).get(url("report_detail", nord)).content.decode()
        assert (advice in html) == sees, name
    as_person(town.person["amr"]).post(url("report_share", nord))
    assert advice not in as_person(town.person["employee"]).get(url("report_detail", nord)).content.decode()


def test_a_page_asks_the_same_number_of_questions_whatever_the_size(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    client = as_person(town.person["hr"])
    needed = {}
    for key in ("nord", "birkehoej", "kommune", "nord"):
        with CaptureQueriesContext(connection) as queries:
            client.get(url("report_detail", unit_of(campaign, town, key)))
        needed[key] = asked(queries)
    # One for the session, one for the parts left out where there are any; never one per unit.
    assert max(needed.values()) <= 22, needed
    lists = []
    for key in ("sundhed", "birkehoej"):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("surveys:report_list"), {"under": str(unit_of(campaign, town, key).uuid)})
        lists.append(asked(queries))
    assert lists[0] == lists[1]


def test_the_list_and_the_comparison_keep_the_organisations_order(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    client = as_person(town.person["head"])
    workplace = unit_of(campaign, town, "birkehoej")
    listed = client.get(reverse("surveys:report_list"), {"under": str(workplace.uuid)}).content.decode()
    compared = client.get(url("report_compare", workplace)).content.decode()
    for html in (listed, compared):
        main = html[html.index("<main") : html.index("</main>")]
        places = [main.index(name) for name in ("Afsnit Nord", "Afsnit Syd", "Køkkenet")]
        assert places == sorted(places)
    assert SENTENCE in compared
    outside = as_person(town.person["med_department"]).get(url("report_compare", workplace)).content.decode()
    assert "Afsnit Nord" not in outside


def test_the_list_begins_with_the_units_that_the_reader_came_for(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    for who, names in (("leader", ["Afsnit Nord"]), ("head", ["Plejehjemmet Birkehøj"]), ("hr", [])):
        html = as_person(town.person[who]).get(reverse("surveys:report_list")).content.decode()
        own = html[html.index("Jeres egne") :].split("</section>")[0] if "Jeres egne" in html else ""
        assert [name for name in ("Afsnit Nord", "Afsnit Syd", "Plejehjemmet Birkehøj") if name in own] == names, who


def test_a_question_where_never_is_best_says_so_among_the_three(
    town: Town, campaign: Campaign, at: At, as_person: As
) -> None:
    def say(placement: Placement, answers: dict[str, Any]) -> None:
        answers["kb_private_life"] = "1" if placement.pk % 7 else "2"

    out = released(campaign, at, town, say=say)
    report = reports.report_of(unit_of(campaign, town, "nord"), out)
    kept = next(point for point in report.keep if point.question.startswith("Hvor ofte går arbejdet ud over"))
    assert kept.reason.endswith(" · 100 er «Aldrig eller næsten aldrig»")
    straight = [point for point in report.keep + report.talk if not point.question.startswith("Hvor ofte")]
    assert straight
    assert not any("100 er" in point.reason for point in straight)
    whole = reports.report_of(CampaignUnit.objects.get(campaign=campaign, level_kind="municipality"), out)
    assert all("af 100" in point.reason for point in whole.keep)  # a bare figure is no reason


def test_the_pdf_is_tagged_and_carries_what_the_page_carries(
    town: Town, campaign: Campaign, at: At, as_person: As
) -> None:
    pypdf = pytest.importorskip("pypdf")

    def say(placement: Placement, answers: dict[str, Any]) -> None:
        if placement.unit.unit_id == town.unit["nord"].pk:
            answers["kb_debrief"] = "5"

    out = released(campaign, at, town, say=say)
    nord = unit_of(campaign, town, "nord")
    response = as_person(town.person["leader"]).get(url("report_pdf", nord))
    assert response["Content-Type"] == "application/pdf"
    document = pypdf.PdfReader(BytesIO(response.content))
    text = " ".join(page.extract_text() for page in document.pages)
    assert "Afsnit Nord" in text
    assert SENTENCE in text
    assert "Et godt råd" not in text
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "da"
    assert document.outline
    rows = table_rows(document.trailer["/Root"]["/StructTreeRoot"])
    body = [row for row in rows if row[0] != ("/TH", "/Column")]
    assert len(body) > 20
    assert {row[0] for row in body} == {("/TH", "/Row")}  # what reads aloud says the question with each figure
    assert {cell for row in body for cell in row[1:]} == {("/TD", None)}
    assert report_files.report_file(nord, out, "report").pk == report_files.report_file(nord, out, "report").pk


def table_rows(element: Any) -> list[list[tuple[str, str | None]]]:
    """Kind and scope of the cells of every table row in a document's structure."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if not isinstance(element, dict):
        return []
    if element.get("/S") == "/TR":
        cells = [cell.get_object() for cell in element["/K"]]
        scopes = [[a.get("/Scope") for a in cell.get("/A", []) if a.get("/O") == "/Table"] for cell in cells]
        return [[(cell["/S"], scope[0] if scope else None) for cell, scope in zip(cells, scopes, strict=True)]]
    children = element.get("/K", [])
    return [row for child in (children if isinstance(children, list) else [children]) for row in table_rows(child)]
