"""HR changes the tree, finds its way in it, and takes the last change back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation import structure, units
from organisation.freezing import campaign_freeze
from organisation.models import (
    AuditEntry,
    Campaign,
    Employment,
    Level,
    ManualCorrection,
    Person,
    Role,
    StructureChange,
    Unit,
    UnitSuccession,
)
from tests.factories import Town, make_employment, make_person, make_unit

pytestmark = pytest.mark.django_db

ClientFor = Callable[[Person | None], Client]


@pytest.fixture(autouse=True)
def _a_day_in_march(at: Callable[[str], None]) -> None:
    at("2026-03-10 09:00")


@pytest.fixture
def hr(town: Town, as_person: ClientFor) -> Client:
    return as_person(town.person["hr"])


def merge(town: Town) -> StructureChange:
    return units.unit_merge(unit=town.unit["koekken"], into=town.unit["syd"], by=town.person["hr"])


def test_merging_moves_people_ends_roles_and_closes_the_unit(town: Town) -> None:
    change = merge(town)
    kitchen = Unit.objects.get(pk=town.unit["koekken"].pk)
    assert kitchen.ends == date(2026, 3, 9)
    assert set(Employment.objects.filter(person__in=town.staff["koekken"]).values_list("unit", flat=True)) == {
        town.unit["syd"].pk
    }
    assert Role.objects.get(unit=kitchen, kind="leader").ends == date(2026, 3, 9)
    assert change.unit == town.unit["syd"]
    assert structure.earlier_units(town.unit["syd"].pk) == sorted([town.unit["syd"].pk, kitchen.pk])


def test_what_hr_changed_is_held_against_the_next_import(town: Town) -> None:
    merge(town)
    moved = Employment.objects.get(person=town.staff["koekken"][0])
    assert ManualCorrection.objects.filter(subject_type="employment", subject_id=moved.pk, field="unit").exists()
    assert ManualCorrection.objects.filter(
        subject_type="unit", subject_id=town.unit["koekken"].pk, field="ends"
    ).exists()


def test_undo_sets_everything_back(town: Town) -> None:
    before = sorted(Employment.objects.values_list("pk", "unit_id"))
    roles = sorted(Role.objects.values_list("pk", "ends"), key=str)
    structure.change_undo(change=merge(town), by=town.person["hr"])
    assert sorted(Employment.objects.values_list("pk", "unit_id")) == before
    assert sorted(Role.objects.values_list("pk", "ends"), key=str) == roles
    assert Unit.objects.get(pk=town.unit["koekken"].pk).ends is None
    assert not UnitSuccession.objects.exists()
    assert not ManualCorrection.objects.exists()
    assert AuditEntry.objects.filter(verb="unit_change_undone").count() == 1


def test_only_the_last_change_can_be_undone_and_once(town: Town) -> None:
    first = merge(town)
    second = units.unit_move(unit=town.unit["syd"], parent=town.unit["skole"], by=town.person["hr"])
    with pytest.raises(ValidationError):
        structure.change_undo(change=first, by=town.person["hr"])
    structure.change_undo(change=second, by=town.person["hr"])
    with pytest.raises(ValidationError):
        structure.change_undo(change=second, by=town.person["hr"])
    structure.change_undo(change=first, by=town.person["hr"])
    assert Unit.objects.get(pk=town.unit["syd"].pk).parent == town.unit["birkehoej"]


def test_a_change_cannot_be_undone_once_something_depends_on_it(town: Town, campaign: Campaign) -> None:
    change = merge(town)
    Employment.objects.filter(person=town.staff["koekken"][0]).update(unit=town.unit["nord"])
    assert "ændret igen" in structure.depends_on(change)
    Employment.objects.filter(person=town.staff["koekken"][0]).update(unit=town.unit["syd"])
    assert structure.depends_on(change) == ""
    campaign_freeze(campaign)
    assert "frosset" in structure.depends_on(change)
    with pytest.raises(ValidationError):
        structure.change_undo(change=change, by=town.person["hr"])


def test_undoing_a_merge_brings_back_what_the_unit_was_before(town: Town) -> None:
    hr = town.person["hr"]
    structure.succession_set(unit=town.unit["syd"], kind="successor", earlier=[town.unit["nord"]], by=hr)
    structure.change_undo(change=merge(town), by=hr)
    row = UnitSuccession.objects.get(unit=town.unit["syd"])
    assert (row.kind, row.earlier) == ("successor", town.unit["nord"])


def test_moving_takes_everything_below_along(town: Town) -> None:
    units.unit_move(unit=town.unit["birkehoej"], parent=town.unit["boern"], by=town.person["hr"])
    nord = Unit.objects.get(pk=town.unit["nord"].pk)
    assert nord.path == [town.unit[key].pk for key in ("kommune", "boern", "birkehoej", "nord")]
    assert structure.earlier_units(town.unit["birkehoej"].pk) == [town.unit["birkehoej"].pk]


@pytest.mark.parametrize(
    ("unit", "parent", "why"),
    [
        ("birkehoej", "nord", "under sig selv"),
        ("birkehoej", "birkehoej", "under sig selv"),
        ("kommune", "boern", "ikke flyttes"),
        ("nord", "birkehoej", "allerede"),
        ("birkehoej", "ind", "kan ikke ligge under"),
    ],
)
def test_a_unit_is_not_moved_where_it_cannot_be(town: Town, unit: str, parent: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        units.unit_move(unit=town.unit[unit], parent=town.unit[parent], by=town.person["hr"])
    assert why in " ".join(refused.value.messages)
    assert not StructureChange.objects.exists()


def test_splitting_makes_a_successor_and_neither_is_compared(town: Town) -> None:
    jobs = list(Employment.objects.filter(person__in=town.staff["nord"][:5]))
    change = units.unit_split(
        unit=town.unit["nord"], number="E-NY", name="Afsnit Øst", employments=jobs, by=town.person["hr"]
    )
    east = Unit.objects.get(number="E-NY")
    assert change.unit == east
    assert Employment.objects.filter(unit=east).count() == 5
    assert east.work_environment_group == town.unit["nord"].work_environment_group
    assert structure.earlier_units(east.pk) == structure.earlier_units(town.unit["nord"].pk) == []
    structure.change_undo(change=change, by=town.person["hr"])
    east.refresh_from_db()
    assert east.ends == date(2026, 3, 9)
    assert not Employment.objects.filter(unit=east).exists()
    assert structure.earlier_units(town.unit["nord"].pk) == [town.unit["nord"].pk]


def test_a_unit_with_people_or_units_is_not_closed(town: Town) -> None:
    for key, why in [("nord", "ansatte er stadig"), ("kommune", "kan ikke lukkes")]:
        with pytest.raises(ValidationError) as refused:
            units.unit_close(unit=town.unit[key], by=town.person["hr"])
        assert why in " ".join(refused.value.messages)
    empty = units.unit_create(
        number="E-TOM",
        name="Tom",
        level=Level.objects.get(kind="team"),
        parent=town.unit["skole"],
        by=town.person["hr"],
    )
    assert structure.earlier_units(empty.pk) == []
    units.unit_close(unit=empty, by=town.person["hr"])
    empty.refresh_from_db()
    assert empty.ends == date(2026, 3, 10)  # it began today


def test_the_earlier_unit_must_fit_the_kind(town: Town) -> None:
    for kind, earlier in [("new", ["nord"]), ("same", []), ("merged_from", ["nord"]), ("same", ["nord", "syd"])]:
        with pytest.raises(ValidationError):
            structure.succession_set(
                unit=town.unit["ind"], kind=kind, earlier=[town.unit[key] for key in earlier], by=town.person["hr"]
            )
    structure.succession_set(unit=town.unit["ind"], kind="same", earlier=[town.unit["ud"]], by=town.person["hr"])
    assert structure.earlier_units(town.unit["ind"].pk) == [town.unit["ud"].pk]


# ---------------------------------------------------------------- pages


def test_only_hr_finds_the_pages(town: Town, as_person: ClientFor) -> None:
    pages = [reverse("organisation:unit_list"), reverse("organisation:unit_detail", args=[town.unit["nord"].uuid])]
    pages += [
        reverse(f"organisation:unit_{deed}", args=[town.unit["nord"].uuid])
        for deed in ("create", "edit", "move", "merge", "split", "close", "succession")
    ]
    for page in pages:
        assert as_person(town.person["hr"]).get(page).status_code == 200, page
        for who in ("leader", "head", "med_municipality", "dpo", "employee"):
            assert as_person(town.person[who]).get(page).status_code == 404, (page, who)
        assert as_person(None).get(page).status_code == 302


def test_the_tree_shows_a_parents_units_in_danish_order_and_finds_by_word(town: Town, hr: Client) -> None:
    make_unit("Ålegården", "team", town.unit["birkehoej"])
    make_unit("Ærtebjerg", "team", town.unit["birkehoej"])
    page = hr.get(reverse("organisation:unit_list"), {"under": town.unit["birkehoej"].uuid}).content.decode()
    order = [page.index(name) for name in ("Afsnit Nord", "Afsnit Syd", "Køkkenet", "Ærtebjerg", "Ålegården")]
    assert order == sorted(order)
    found = hr.get(reverse("organisation:unit_list"), {"q": "afsnit"}).content.decode()
    assert "Afsnit Nord" in found
    assert "Køkkenet" not in found
    part = hr.get(reverse("organisation:unit_list"), {"q": "afsnit", "del": "1"}, headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def test_the_page_of_a_unit_tells_who_is_there(town: Town, hr: Client) -> None:
    page = hr.get(reverse("organisation:unit_detail", args=[town.unit["nord"].uuid])).content.decode()
    for words in ("Karen Toft", "Afsnit Nord 1", "Trioen i Afsnit Nord", "Birkevej 1"):
        assert words in page


def test_a_refused_form_keeps_its_content_and_says_why(town: Town, hr: Client) -> None:
    address = reverse("organisation:unit_move", args=[town.unit["birkehoej"].uuid])
    page = hr.post(address, {"parent": "Afsnit Nord"}).content.decode()
    assert 'value="Afsnit Nord"' in page
    assert "under sig selv" in page
    page = hr.post(address, {"parent": "findes ikke"}).content.decode()
    assert "Ingen fundet" in page


def test_an_ambiguous_name_is_asked_about(town: Town, hr: Client) -> None:
    make_unit("Afsnit Nord", "team", town.unit["skole"])
    address = reverse("organisation:unit_merge", args=[town.unit["koekken"].uuid])
    page = hr.post(address, {"into": "afsnit nord"}).content.decode()
    assert "Flere har det navn" in page
    number = town.unit["nord"].number
    assert hr.post(address, {"into": f"Afsnit Nord ({number})"}).status_code == 302
    assert Employment.objects.filter(unit=town.unit["nord"], person__in=town.staff["koekken"]).count() == 3


def test_hr_corrects_merges_and_undoes_in_the_browsers_way(town: Town, hr: Client) -> None:
    nord = town.unit["nord"]
    level = Level.objects.get(kind="team").pk
    group = nord.work_environment_group_id
    form = {
        "name": "Afsnit Nordøst",
        "level": level,
        "p_number": "12",
        "work_environment_group": group,
        "buildings": "B1",
    }
    page = hr.post(reverse("organisation:unit_edit", args=[nord.uuid]), form).content.decode()
    assert "Et P-nummer har ti cifre." in page
    assert "Afsnit Nordøst" in page
    form["p_number"] = "1234567890"
    assert hr.post(reverse("organisation:unit_edit", args=[nord.uuid]), form).status_code == 302
    nord.refresh_from_db()
    assert nord.name == "Afsnit Nordøst"
    change = StructureChange.objects.get()
    assert hr.post(reverse("organisation:change_undo", args=[change.uuid])).status_code == 302
    nord.refresh_from_db()
    assert (nord.name, nord.p_number) == ("Afsnit Nord", "")


def test_suggestions_are_for_hr_and_name_number_and_place(town: Town, hr: Client, as_person: ClientFor) -> None:
    address = reverse("organisation:unit_suggest")
    page = hr.get(address, {"felt": "parent", "parent": "køk"}).content.decode()
    assert f"Køkkenet ({town.unit['koekken'].number})" in page
    assert as_person(town.person["head"]).get(address).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_municipality(town: Town, hr: Client) -> None:
    addresses = [
        reverse("organisation:unit_list"),
        reverse("organisation:unit_list") + "?q=enhed",
        reverse("organisation:unit_list") + f"?under={town.unit['birkehoej'].uuid}",
        reverse("organisation:unit_detail", args=[town.unit["birkehoej"].uuid]),
    ]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert hr.get(address).status_code == 200
            found.append(sum("clockshift" not in query["sql"] for query in asked.captured_queries))
        return found

    merged = make_unit("Stor enhed", "team", town.unit["skole"])
    make_employment(make_person(), make_unit("Enhed 0", "team", town.unit["birkehoej"]))
    make_employment(make_person(), town.unit["birkehoej"])
    make_employment(make_person(), merged)
    units.unit_merge(unit=merged, into=town.unit["ind"], by=town.person["hr"])
    counts()  # the first page of a session notes the roles it began with
    before = counts()
    merged = make_unit("Større enhed", "team", town.unit["skole"])
    for _number in range(10):
        make_employment(make_person(), merged)
    units.unit_merge(unit=merged, into=town.unit["ind"], by=town.person["hr"])
    for number in range(1, 40):
        unit = make_unit(f"Enhed {number}", "team", town.unit["birkehoej"])
        make_employment(make_person(), unit)
        make_employment(make_person(), town.unit["birkehoej"])
    after = counts()
    assert after == before
    assert max(after) <= 25


def test_the_history_of_a_unit_tells_who_did_what_in_words(town: Town, hr: Client) -> None:
    merge(town)
    page = hr.get(reverse("organisation:unit_detail", args=[town.unit["syd"].uuid])).content.decode()
    assert "lagt sammen med en anden enhed (Mette Aagaard)" in page
    assert "correction_recorded" not in page
