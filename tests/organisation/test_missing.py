"""What the organisation lacks, with a count and a way to mend it; and what its layers are called."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation import missing
from organisation.models import Committee, Level, Person, Role
from tests.factories import Town, make_employment, make_person, make_unit

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Person | None], Client]


@pytest.fixture
def hr(town: Town, as_person: ClientFor) -> Client:
    return as_person(town.person["hr"])


def names(key: str) -> set[str]:
    lack = missing.lack_of(key)
    assert lack is not None
    return {row.name for row in lack.rows()}


def test_each_list_names_what_is_missing(town: Town) -> None:
    assert names("leder") == {"Sundhed & Ældre", "Børn & Familie", "Skovskolen", "Udskolingen"}
    assert names("amr") == set()
    assert names("tr") == {"Trioen i Afsnit Syd og Køkkenet", "Trioen på Skovskolen"}
    assert names("forperson") == {"KommuneMED", "ArbejdspladsMED Skovskolen"}
    assert names("trio") == {"Plejehjemmet Birkehøj"}
    assert names("kanal") == set()


def test_a_role_that_has_ended_leaves_a_gap(town: Town) -> None:
    Role.objects.filter(kind="amr", person=town.person["amr_school"]).update(ends="2021-01-01")
    assert names("amr") == {"Skovskolen"}
    Role.objects.filter(kind="leader", unit=town.unit["nord"], ends=None).update(ends="2021-01-01")
    assert "Afsnit Nord" in names("leder")


def test_a_staff_meeting_needs_no_chair_and_a_leaver_no_channel(town: Town) -> None:
    Committee.objects.filter(pk=town.committee["skole"].pk).update(is_staff_meeting=True)
    assert names("forperson") == {"KommuneMED"}
    unreachable = make_person("Uden Alt", email=None)
    make_employment(unreachable, town.unit["nord"])
    make_person("Ikke Ansat", email=None)
    reached = make_person("Med Mobil", email=None, mobile="12345678")
    make_employment(reached, town.unit["nord"])
    assert names("kanal") == {"Uden Alt"}


def test_the_pages_count_link_and_are_for_hr(town: Town, hr: Client, as_person: ClientFor) -> None:
    page = hr.get(reverse("organisation:missing_list")).content.decode()
    assert reverse("organisation:missing_detail", args=["leder"]) in page
    detail = hr.get(reverse("organisation:missing_detail", args=["leder"])).content.decode()
    assert f"?enhed={town.unit['ud'].uuid}&amp;rolle=leader" in detail
    assert hr.get(reverse("organisation:missing_detail", args=["findes-ikke"])).status_code == 404
    for address in (reverse("organisation:missing_list"), reverse("organisation:level_list")):
        assert as_person(town.person["head"]).get(address).status_code == 404


@pytest.mark.parametrize("key", [lack.key for lack in missing.LACKS])
def test_every_list_opens_with_a_constant_number_of_queries(town: Town, hr: Client, key: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert hr.get(reverse("organisation:missing_detail", args=[key])).status_code == 200
        return sum("clockshift" not in query["sql"] for query in asked.captured_queries)

    make_employment(make_person(email=None), town.unit["nord"])
    before = count()
    for number in range(20):
        unit = make_unit(f"Ny {number}", "workplace", town.unit["boern"])
        Committee.objects.create(unit=unit, name=f"ArbejdspladsMED Ny {number}")
        make_employment(make_person(email=None), unit)
    assert count() <= before + 1  # the unit of a list that had no row before


def test_new_names_rename_the_committees_that_bore_the_old(town: Town, hr: Client) -> None:
    levels = list(Level.objects.order_by("pk"))
    form = {"form-TOTAL_FORMS": len(levels), "form-INITIAL_FORMS": len(levels)}
    for place, level in enumerate(levels):
        form |= {
            f"form-{place}-id": level.pk,
            f"form-{place}-name": "Center" if level.kind == "department" else level.name,
            f"form-{place}-name_plural": level.name_plural,
            f"form-{place}-committee_name": "LokalMED" if level.kind == "workplace" else level.committee_name,
        }
    assert hr.post(reverse("organisation:level_list"), form).status_code == 302
    assert Level.objects.get(kind="department").name == "Center"
    assert Committee.objects.get(pk=town.committee["birkehoej"].pk).name == "LokalMED Birkehøj"
    assert Committee.objects.get(pk=town.committee["sundhed"].pk).name == "AfdelingsMED Sundhed & Ældre"


def test_one_committee_is_renamed_and_made_a_staff_meeting(town: Town, hr: Client, as_person: ClientFor) -> None:
    address = reverse("organisation:committee_edit", args=[town.committee["skole"].uuid])
    assert hr.post(address, {"name": "Personalemødet på Skovskolen", "is_staff_meeting": "on"}).status_code == 302
    committee = Committee.objects.get(pk=town.committee["skole"].pk)
    assert (committee.name, committee.is_staff_meeting) == ("Personalemødet på Skovskolen", True)
    assert as_person(town.person["head"]).get(address).status_code == 404
