"""A later release: the same facts, or the same plan on a repaired count. Never more than was shown."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from organisation import clock
from organisation.models import Campaign, CampaignUnit, Person
from organisation.templatetags.dates import dk_moment
from surveys import access, closing, facts, keys, paper, release, report_files, reports, rereleases
from surveys.auditor import audit
from surveys.exports import export_release, known_before
from surveys.models import Fact, Release, ReportShare, Wave
from surveys.release import CannotRelease
from surveys.tasklist import tasks_of
from tests.factories import Town
from tests.surveys.answered import CLOSED, REPORTS, SURVEY, WAITING, counted, everybody_answers, released, unit_of
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]


@pytest.fixture
def out(town: Town, campaign: Campaign, at: At) -> Release:
    return released(campaign, at, town)


def approve(made: Release, town: Town) -> Release:
    for person in (town.person["hr"], town.person["dpo"]):
        release.release_approve(made, by=person)
    assert release.releases_publish_due() == 1
    made.refresh_from_db()
    return made


def figures(made: Release) -> set[tuple[object, ...]]:
    return {
        (unit, item, n, tuple(dist), tuple(minus))
        for unit, item, n, dist, minus in made.facts.values_list("unit_id", "item", "n", "dist", "minus")
    }


# --- a new edition of the same facts --------------------------------------------------------------------------


def test_an_edition_repeats_the_facts_and_replaces_the_release_before(town: Town, out: Release) -> None:
    ReportShare.objects.create(
        release=out, unit=unit_of(out.wave.campaign, town, "nord"), by=town.person["leader"], at=clock.now()
    )
    made = rereleases.edition_make(out.wave, by=town.person["hr"], reason="Rettet tekst om pauser")
    assert (made.number, made.kind, made.state) == (2, Release.Kind.EDITION, Release.State.WAITING)
    assert made.audit_green
    assert "releases: 2" in made.audit_report
    assert figures(made) == figures(out)
    assert access.released(out.wave.campaign) == out
    approve(made, town)
    out.refresh_from_db()
    assert out.state == Release.State.REPLACED
    assert access.released(out.wave.campaign) == made
    assert made.shares.get().by == town.person["leader"]


def test_what_is_withdrawn_goes_with_its_follow_ups_and_all_else_stays(town: Town, out: Release) -> None:
    nord = unit_of(out.wave.campaign, town, "nord")
    made = rereleases.edition_make(out.wave, by=town.person["hr"], reason="Fejl", units=[nord.pk], items=["ka_threats"])
    gone = figures(out) - figures(made)
    assert figures(made) < figures(out)
    assert {row[1] for row in gone if row[0] != nord.pk} == {
        item for item in out.facts.values_list("item", flat=True) if str(item).startswith("ka_threats")
    }
    assert not made.facts.filter(unit=nord).exists()
    # Withdrawn figures remain known: both releases are tried together.
    assert audit([export_release(out), export_release(made)]) == []


def test_an_edition_needs_hr_a_reason_and_reports_that_have_been_out(town: Town, campaign: Campaign, at: At) -> None:
    waiting = counted(campaign, at)
    with pytest.raises(CannotRelease):
        rereleases.edition_make(waiting.wave, by=town.person["hr"], reason="For tidligt")
    at(WAITING)
    for person in (town.person["hr"], town.person["dpo"]):
        release.release_approve(waiting, by=person)
    at(REPORTS)
    release.releases_publish_due()
    for by, reason in [("dpo", "Fejl"), ("leader", "Fejl"), ("hr", " ")]:
        with pytest.raises(CannotRelease):
            rereleases.edition_make(waiting.wave, by=town.person[by], reason=reason)
    assert Release.objects.count() == 1


def test_one_edition_at_a_time(town: Town, out: Release) -> None:
    rereleases.edition_make(out.wave, by=town.person["hr"], reason="En")
    with pytest.raises(CannotRelease, match="venter allerede en ny udgave"):
        rereleases.edition_make(out.wave, by=town.person["hr"], reason="To")


def test_an_edition_made_by_mistake_is_given_up_and_the_next_builds_on_what_was_out(
    town: Town, campaign: Campaign, out: Release, as_person: As
) -> None:
    hr, leader = town.person["hr"], town.person["leader"]
    wrong = rereleases.edition_make(out.wave, by=hr, reason="Forkert spørgsmål", items=["mt_overall"])
    release.release_approve(wrong, by=hr)
    # Trio and readers keep what is out while it waits.
    assert any("rapporten for Afsnit Nord" in task.title for task in tasks_of(leader))
    assert any(task.title == "Godkend den nye udgave af rapporterne" for task in tasks_of(town.person["dpo"]))
    url = reverse("surveys:release_detail", args=[wrong.uuid])
    html = as_person(hr).get(url).content.decode()
    assert "når to har godkendt" in html
    assert "Kassér den nye udgave" in html
    assert "Kassér den nye udgave" not in as_person(town.person["dpo"]).get(url).content.decode()
    as_person(town.person["dpo"]).post(url, {"deed": "discard"})
    wrong.refresh_from_db()
    assert wrong.state == Release.State.WAITING
    as_person(hr).post(url, {"deed": "discard"})
    wrong.refresh_from_db()
    assert (wrong.state, wrong.approvals.count()) == (Release.State.WITHDRAWN, 0)
    assert access.released(campaign) == out
    for given_up in (wrong, out):
        with pytest.raises(CannotRelease):
            rereleases.edition_discard(given_up, by=hr)
    made = rereleases.edition_make(out.wave, by=hr, reason="Rettet tekst", items=["kb_say_in_work"])
    assert made.number == 3
    approve(made, town)
    assert access.released(campaign) == made
    assert made.facts.filter(item="mt_overall").exists()
    coverage = release.coverage_of(made)
    assert coverage.withdrawn == out.facts.filter(item="kb_say_in_work").count()
    assert coverage.figures_hidden == release.coverage_of(out).figures_hidden
    nord = unit_of(campaign, town, "nord")
    told = as_person(leader).get(reverse("surveys:report_detail", args=[nord.uuid])).content.decode()
    asked = "I hvor høj grad er du selv med til at bestemme, hvordan dine opgaver bliver løst?"
    assert asked in told.split("trukket tilbage og vises ikke mere:")[1].split("</aside>")[0]
    assert paper.LAYOUTS["report"](reports.report_of(nord, made))["edition"][-1] == asked


def test_the_database_opens_no_edition_that_shows_what_was_hidden_or_changed(
    town: Town, campaign: Campaign, out: Release
) -> None:
    hidden = unit_of(campaign, town, "koekken")
    changed = out.facts.filter(item="mt_overall").first()
    assert changed is not None
    shown = {"unit": changed.unit, "item": "mt_overall", "n": changed.n, "minus": changed.minus}
    for kind, fact in [
        ("edition", {"unit": hidden, "item": "mt_overall", "n": 6, "dist": [1, 5, 0, 0, 0]}),
        ("repair", {"unit": hidden, "item": "mt_overall", "n": 6, "dist": [1, 5, 0, 0, 0]}),
        ("repair", {**shown, "dist": changed.dist, "minus": [str(hidden.pk)]}),
        ("edition", {**shown, "dist": list(reversed(changed.dist or ()))}),
    ]:
        with transaction.atomic():
            made = Release.objects.create(
                wave=out.wave, number=2, kind=kind, reason="x", due_at=clock.now(), audit_green=True
            )
            Fact.objects.create(release=made, **fact)
            for person in ("hr", "dpo"):
                made.approvals.create(person=town.person[person], at=clock.now())
            with (
                pytest.raises(IntegrityError, match="only what the last one out showed"),
                transaction.atomic(),
            ):
                Release.objects.filter(pk=made.pk).update(state=Release.State.APPROVED)
            transaction.set_rollback(True)


def test_the_database_keeps_one_release_out_and_asks_why(out: Release) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(wave=out.wave, number=2, kind="edition", due_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(wave=out.wave, number=2, due_at=clock.now(), reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(
            wave=out.wave, number=2, kind="edition", reason="x", due_at=clock.now(), state="released",
            released_at=clock.now(), audit_green=True,
        )  # fmt: skip


# --- a repaired count -------------------------------------------------------------------------------------------


@pytest.fixture
def tallied(town: Town, campaign: Campaign, at: At) -> tuple[Release, closing.Tally]:
    """A released survey, with the count that a sealed tally would hold."""
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    at(CLOSED)
    closing.waves_close()
    tally = tally_of(wave)
    closing.wave_count(wave)
    Wave.objects.filter(pk=wave.pk).update(key_mode=Wave.KeyMode.TRUSTEES)
    made = Release.objects.get(wave=wave)
    at(WAITING)
    for person in (town.person["hr"], town.person["dpo"]):
        release.release_approve(made, by=person)
    at(REPORTS)
    assert release.releases_publish_due() == 1
    made.wave.refresh_from_db()
    return made, tally


def tally_of(wave: Wave) -> closing.Tally:
    try:
        return closing._tally(wave)
    except TypeError:
        return closing._tally(wave, keys.opener(wave))  # type: ignore[call-arg]


def repaired(made: Release, tally: closing.Tally) -> Release:
    return rereleases.repair_make(
        made.wave, respondents=tally.respondents, answers=tally.answers, reason="Skalaen var vendt om"
    )


def test_a_repair_counts_the_same_people_in_the_same_units_again(
    town: Town, tallied: tuple[Release, closing.Tally]
) -> None:
    out, tally = tallied
    for of_unit in tally.answers.values():  # the fault: a scale was turned round everywhere
        if "ps_hold_back" in of_unit:
            of_unit["ps_hold_back"].reverse()
    made = approve(repaired(out, tally), town)
    then = {row[:2]: row for row in figures(out)}
    now = {row[:2]: row for row in figures(made)}
    assert now.keys() == then.keys()
    for key, (_unit, item, n, dist, minus) in now.items():
        assert (n, minus) == then[key][2::2]
        kept = made.facts.get(unit_id=key[0], item=key[1]).kept
        assert dist == then[key][3] if item != "ps_hold_back" or kept else dist == tuple(reversed(then[key][3]))
    assert audit(known_before(out.wave)) == []


def test_where_fewer_than_five_answers_changed_the_old_figure_stays_marked(
    town: Town, campaign: Campaign, tallied: tuple[Release, closing.Tally]
) -> None:
    out, tally = tallied
    nord = unit_of(campaign, town, "nord")
    counts = tally.answers[nord.pk]["mt_overall"]
    most = counts.index(max(counts))
    counts[most] -= 1  # one person's answer only
    counts[(most + 1) % len(counts)] += 1
    made = approve(repaired(out, tally), town)
    assert figures(made) == figures(out)
    kept = set(made.facts.filter(kept=True).values_list("item", flat=True))
    assert kept == {"mt_overall"}
    assert set(made.facts.filter(kept=True).values_list("unit_id", flat=True)) == {
        row.pk for row in CampaignUnit.objects.filter(campaign=campaign, unit_id__in=nord.path)
    } & set(made.facts.filter(item="mt_overall").values_list("unit_id", flat=True))
    assert audit([export_release(out), export_release(made)]) == []
    for layout in ("report", "notice", "slides"):
        edition = paper.LAYOUTS[layout](reports.report_of(nord, made))["edition"]
        assert made.reason in edition[0]
        assert dk_moment(made.released_at) in edition[0]  # as on the page
        assert edition[2:] == ["Hvor tilfreds er du alt i alt med at gå på arbejde her?"]
    printed = pypdf.PdfReader(BytesIO(bytes(report_files.report_file(nord, made, "report").data))).pages[0]
    told = " ".join(printed.extract_text().split())
    assert made.reason in told
    assert "Hvor tilfreds er du alt i alt" in told


def test_without_that_care_the_audit_would_be_red(
    campaign: Campaign, town: Town, tallied: tuple[Release, closing.Tally]
) -> None:
    out, tally = tallied
    counts = tally.answers[unit_of(campaign, town, "nord").pk]["mt_overall"]
    most = counts.index(max(counts))
    counts[most] -= 1
    counts[(most + 1) % len(counts)] += 1
    old, _kept = rereleases._rows(out)
    naive = facts.planned_of(rereleases._same_plan(out.wave, old, tally.respondents, tally.answers))
    assert not facts.audit_plan(out.wave, naive, number=2).green


def test_a_repair_is_for_key_holders_and_thirty_days(tallied: tuple[Release, closing.Tally], at: At) -> None:
    out, tally = tallied
    at("2026-06-20 09:00")
    with pytest.raises(CannotRelease, match="30 dage"):
        repaired(out, tally)
    at("2026-06-20 09:01")
    Wave.objects.filter(pk=out.wave_id).update(key_mode=Wave.KeyMode.AUTOMATIC)
    out.wave.refresh_from_db()
    with pytest.raises(CannotRelease, match="nøgleholdere"):
        repaired(out, tally)


# --- HR's page ----------------------------------------------------------------------------------------------------


def test_hr_makes_an_edition_on_the_page(town: Town, campaign: Campaign, out: Release, as_person: As) -> None:
    url = reverse("surveys:release_again", args=[out.uuid])
    hr = as_person(town.person["hr"])
    assert (
        reverse("surveys:release_again", args=[out.uuid])
        in hr.get(reverse("surveys:release_detail", args=[out.uuid])).content.decode()
    )
    page = hr.post(url, {"reason": "", "units": "Findes ikke"})
    assert page.status_code == 422
    assert "Findes ikke" in page.content.decode()
    assert Release.objects.count() == 1
    nord = unit_of(campaign, town, "nord")
    answer = hr.post(url, {"reason": "Spørgsmålet var trykt forkert", "items": ["mt_overall"], "units": nord.name})
    made = Release.objects.get(number=2)
    assert answer.headers["Location"] == reverse("surveys:release_detail", args=[made.uuid])
    assert not made.facts.filter(unit=nord).exists()
    assert not made.facts.filter(item="mt_overall").exists()
    html = hr.get(reverse("surveys:release_detail", args=[made.uuid])).content.decode()
    assert "Spørgsmålet var trykt forkert" in html
    approve(made, town)
    report = as_person(town.person["head"]).get(
        reverse("surveys:report_detail", args=[unit_of(campaign, town, "birkehoej").uuid])
    )
    assert "Spørgsmålet var trykt forkert" in report.content.decode()
