"""The preview tells exactly what an import would change, and an import changes exactly that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from organisation.imports import services
from organisation.imports.corrections import correction_record
from organisation.imports.undo import CannotUndo
from organisation.models import (
    AuditEntry,
    Campaign,
    ChannelFault,
    Employment,
    Import,
    Person,
    Role,
    StoredFile,
    Unit,
    WorkEnvironmentGroup,
)
from tests.factories import Town, make_campaign, make_employment, make_person, make_role
from tests.organisation.importing import (
    applied,
    column,
    drop,
    exported,
    found,
    preview,
    put,
    row_of,
    tables,
)

pytestmark = pytest.mark.django_db


def everything() -> dict[str, Any]:
    """All rows that an import can touch, to compare before and after."""
    return {
        "units": list(Unit.objects.order_by("pk").values()),
        "persons": list(Person.objects.order_by("pk").values()),
        "employments": list(Employment.objects.order_by("pk").values()),
        "roles": list(Role.objects.order_by("pk").values()),
        "groups": list(WorkEnvironmentGroup.objects.order_by("pk").values()),
        "located": sorted(Unit.buildings.through.objects.values_list("unit_id", "building_id")),
    }


def test_the_export_imports_again_unchanged(town: Town) -> None:
    result = preview(exported())
    assert found(result) == {}
    assert result.problems == []
    assert (result.lost_roles, result.small_units, result.kept) == ([], [], [])
    assert result.unchanged["employments"] == Employment.objects.filter(ends=None).count()


def test_a_preview_writes_nothing(town: Town) -> None:
    before = everything()
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    drop(sheets, "persons", town.person["amr"].number or "")
    preview(sheets)
    assert everything() == before


def test_every_kind_of_change_is_told_with_its_name(town: Town) -> None:
    sheets = exported()
    leaver, mover = town.staff["nord"][1], town.staff["nord"][2]
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    put(sheets, "units", town.unit["koekken"].number, "parent", town.unit["skole"].number)
    drop(sheets, "employments", leaver.employments.get().number)
    put(sheets, "employments", mover.employments.get().number, "unit", town.unit["syd"].number)
    sheets["persons"].append(["M900", "Ny Medarbejder", "ny@lindevig.example", "", "da"])
    sheets["employments"].append(["A900", "M900", town.unit["nord"].number, "Vikar", "", "30", "2026-01-01", "", ""])
    put(sheets, "persons", town.person["tr"].number or "", "name", "Signe Lund Holm")
    result = preview(sheets)
    assert found(result) == {
        "units": {"changed": 1, "moved": 1},
        "persons": {"added": 1, "changed": 1},
        "employments": {"added": 1, "moved": 1, "ended": 1},
    }
    names = {(change.kind, change.action, change.name) for change in result.changes}
    assert ("employments", "ended", leaver.name) in names
    assert ("employments", "moved", mover.name) in names
    assert ("units", "changed", "Afsnit Nord") in names
    assert result.problems == []


def test_applied_is_what_was_previewed_and_then_nothing_is_left(town: Town) -> None:
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    put(sheets, "units", town.unit["birkehoej"].number, "parent", town.unit["boern"].number)
    put(sheets, "units", town.unit["syd"].number, "trio", "En ny trio")
    sheets["units"].append(["N1", town.unit["birkehoej"].number, "Afsnit Øst", "Enhed", "", "En ny trio", "B1", "", ""])
    sheets["persons"].append(["M900", "Ny Leder", "", "00 00 00 01", "da"])
    sheets["employments"].append(["A900", "M900", "N1", "Leder", "", "37", "2026-01-01", "", ""])
    sheets["roles"].append(["M900", "leder", "N1", "", "", ""])
    entry = applied(sheets, town.person["hr"])
    assert entry.state == Import.State.APPLIED
    new = Unit.objects.get(number="N1")
    assert new.path == [*Unit.objects.get(number=town.unit["birkehoej"].number).path, new.pk]
    assert new.path[1] == town.unit["boern"].pk
    syd = Unit.objects.get(pk=town.unit["syd"].pk)
    assert new.work_environment_group == syd.work_environment_group
    assert new.work_environment_group is not None
    assert new.work_environment_group.workplace_id == town.unit["birkehoej"].pk
    assert [building.number for building in new.buildings.all()] == ["B1"]
    assert not Person.objects.get(number="M900").has_usable_password()
    assert Role.objects.filter(unit=new, person__number="M900", kind="leader").count() == 1
    assert found(preview(exported())) == {}
    assert found(preview(sheets)) == {}
    assert entry.tables is None
    assert AuditEntry.objects.filter(verb="import_applied", actor=town.person["hr"]).exists()


def test_leavers_end_their_roles_and_the_preview_says_so(town: Town) -> None:
    sheets = exported()
    drop(sheets, "employments", town.person["leader"].employments.get().number)
    result = preview(sheets)
    assert [(role.person, role.role, role.scope) for role in result.lost_roles] == [
        ("Karen Toft", "Leder", "Afsnit Nord")
    ]
    applied(sheets, town.person["hr"])
    assert not Role.objects.filter(person=town.person["leader"], ends=None).exists()


def test_a_holder_who_moves_is_listed_and_keeps_the_role(town: Town) -> None:
    sheets = exported()
    put(sheets, "employments", town.person["amr"].employments.get().number, "unit", town.unit["ind"].number)
    result = preview(sheets)
    assert [(role.person, role.moved) for role in result.lost_roles] == [("Jonas Brink", True)]
    assert "roles" not in found(result)


def test_units_that_fall_under_five(town: Town) -> None:
    sheets = exported()
    for person in town.staff["ud"][:4]:
        put(sheets, "employments", person.employments.get().number, "unit", town.unit["ind"].number)
    result = preview(sheets)
    assert [(unit.name, unit.before, unit.after) for unit in result.small_units] == [("Udskolingen", 7, 3)]


def test_a_new_leader_takes_over_from_the_day(town: Town) -> None:
    sheets = exported()
    rows = sheets["roles"]
    old = next(row for row in rows if row[0] == town.person["leader"].number and row[1] == "leder")
    rows.remove(old)
    rows.append([town.staff["nord"][3].number or "", "leder", town.unit["nord"].number, "", "01-11-2026", ""])
    applied(sheets, town.person["hr"])
    before, after = Role.objects.filter(kind="leader", unit=town.unit["nord"], starts__gte=date(2020, 1, 1)).order_by(
        "starts"
    )
    assert (before.person, before.ends) == (town.person["leader"], date(2026, 10, 31))
    assert after.person == town.staff["nord"][3]


def test_a_sheet_that_is_not_sent_is_left_alone(town: Town) -> None:
    sheets = {"roles": exported()["roles"]}
    sheets["roles"].append([town.staff["syd"][0].number or "", "TR", town.unit["syd"].number, "", "", ""])
    assert found(preview(sheets)) == {"roles": {"added": 1}}


def test_corrections_by_hand_survive_and_are_shown(town: Town) -> None:
    hr = town.person["hr"]
    sheets = exported()
    unit = town.unit["nord"]
    unit.name = "Afsnit Nord og Nordvest"
    unit.save()
    correction_record(subject=unit, field="name", by=hr)
    extra = make_role(town.staff["nord"][4], "facilitator", unit)
    correction_record(subject=extra, by=hr)
    result = preview(sheets)
    assert found(result) == {}
    assert [(kept.kind, kept.field, kept.ours, kept.theirs) for kept in result.kept if kept.kind == "units"] == [
        ("units", "name", "Afsnit Nord og Nordvest", "Afsnit Nord")
    ]
    assert any(kept.kind == "roles" for kept in result.kept)


def test_a_role_ended_by_hand_is_not_given_again(town: Town) -> None:
    sheets = exported()
    role = Role.objects.get(person=town.person["amr"], kind="amr")
    role.ends = date(2026, 1, 31)
    role.save()
    correction_record(subject=role, field="ends", by=town.person["hr"])
    result = preview(sheets)
    assert found(result) == {}
    assert [kept.kind for kept in result.kept] == ["roles"]


def test_undo_puts_everything_back(town: Town) -> None:
    before = everything()
    sheets = exported()
    put(sheets, "units", town.unit["birkehoej"].number, "parent", town.unit["boern"].number)
    put(sheets, "units", town.unit["syd"].number, "trio", "En ny trio")
    put(sheets, "units", town.unit["syd"].number, "buildings", "")
    sheets["units"].append(["N1", town.unit["birkehoej"].number, "Afsnit Øst", "Enhed", "", "", "B1", "", ""])
    sheets["persons"].append(["M900", "Ny", "", "", "da"])
    sheets["employments"].append(["A900", "M900", "N1", "", "", "37", "2026-01-01", "", ""])
    drop(sheets, "employments", town.person["leader"].employments.get().number)
    put(sheets, "persons", town.person["tr"].number or "", "email", "andet@lindevig.example")
    entry = applied(sheets, town.person["hr"])
    assert everything() != before
    services.import_undo(entry=entry, by=town.person["hr"])
    assert everything() == before
    entry.refresh_from_db()
    assert (entry.state, entry.reverse, entry.preview) == (Import.State.UNDONE, None, None)


def joiner(town: Town) -> Import:
    sheets = exported()
    sheets["persons"].append(["M900", "Ny", "", "", "da"])
    sheets["employments"].append(["A900", "M900", town.unit["nord"].number, "", "", "37", "2026-01-01", "", ""])
    sheets["roles"].append(["M900", "TR", town.unit["syd"].number, "", "", ""])
    return applied(sheets, town.person["hr"])


def test_undo_is_refused_after_the_freeze(town: Town) -> None:
    entry = joiner(town)
    campaign = make_campaign()
    from organisation.freezing import campaign_freeze

    campaign_freeze(campaign)
    with pytest.raises(CannotUndo, match="frosset"):
        services.import_undo(entry=entry, by=town.person["hr"])
    assert Person.objects.filter(number="M900").exists()
    assert Campaign.objects.get().frozen_at is not None


def test_undo_is_refused_when_a_new_role_was_used(town: Town) -> None:
    from organisation.audit import audit

    entry = joiner(town)
    audit("plan_signed", town.unit["syd"], actor=Person.objects.get(number="M900"))
    with pytest.raises(CannotUndo, match="brugt"):
        services.import_undo(entry=entry, by=town.person["hr"])


def test_undo_is_refused_when_something_points_at_a_new_row(town: Town) -> None:
    entry = joiner(town)
    make_employment(Person.objects.get(number="M900"), town.unit["syd"])
    before = everything()
    with pytest.raises(CannotUndo, match="bygger på"):
        services.import_undo(entry=entry, by=town.person["hr"])
    assert everything() == before


def test_undo_is_refused_when_a_changed_field_was_changed_again(town: Town) -> None:
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    entry = applied(sheets, town.person["hr"])
    Unit.objects.filter(pk=town.unit["nord"].pk).update(name="Noget tredje")
    with pytest.raises(CannotUndo, match="ændret igen"):
        services.import_undo(entry=entry, by=town.person["hr"])


def test_nothing_is_written_when_the_organisation_changed_after_the_preview(town: Town) -> None:
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    from tests.organisation.importing import workbook

    entry = services.import_receive(files=[("o.xlsx", workbook(sheets))], by=town.person["hr"])
    services.import_preview(entry.pk)
    entry.refresh_from_db()
    Unit.objects.filter(pk=town.unit["syd"].pk).update(name="Omdøbt imens")
    services.import_queue(entry=entry, by=town.person["hr"])
    services.import_write(entry.pk)
    entry.refresh_from_db()
    assert entry.state == Import.State.READY
    assert "er ændret" in entry.refused
    assert Unit.objects.get(pk=town.unit["nord"].pk).name == "Afsnit Nord"


def test_applying_twice_writes_once(town: Town) -> None:
    entry = joiner(town)
    assert services.import_write(entry.pk) == 0
    assert Person.objects.filter(number="M900").count() == 1


def test_the_person_of_a_new_installation_gets_the_number(town: Town) -> None:
    first = Person.objects.create_user(name="Første HR", email="foerste@lindevig.example")
    sheets = exported()
    sheets["persons"].append(["M901", "Første HR", "foerste@lindevig.example", "", "da"])
    sheets["employments"].append(["A901", "M901", town.unit["kommune"].number, "", "", "37", "2026-01-01", "", ""])
    applied(sheets, town.person["hr"])
    first.refresh_from_db()
    assert first.number == "M901"


def test_two_jobs_of_one_person_are_fine(town: Town) -> None:
    sheets = exported()
    number = town.staff["nord"][0].number or ""
    sheets["employments"].append(["A902", number, town.unit["syd"].number, "Vikar", "", "6", "2026-01-01", "", ""])
    result = preview(sheets)
    assert found(result) == {"employments": {"added": 1}}
    assert result.problems == []


def test_swapped_addresses_and_a_swapped_tree(town: Town) -> None:
    """Two people trade e-mail addresses, and a unit trades place with the one above it."""
    sheets = exported()
    one, other = town.person["amr"], town.person["tr"]
    put(sheets, "persons", one.number or "", "email", other.email)
    put(sheets, "persons", other.number or "", "email", one.email)
    put(sheets, "units", town.unit["nord"].number, "parent", town.unit["sundhed"].number)
    put(sheets, "units", town.unit["birkehoej"].number, "parent", town.unit["nord"].number)
    entry = applied(sheets, town.person["hr"])
    one.refresh_from_db()
    assert one.email == other.email
    assert Unit.objects.get(pk=town.unit["syd"].pk).path[-3:-1] == [town.unit["nord"].pk, town.unit["birkehoej"].pk]
    services.import_undo(entry=entry, by=town.person["hr"])
    assert Unit.objects.get(pk=town.unit["nord"].pk).path[-2] == town.unit["birkehoej"].pk


def test_a_new_address_is_not_marked_with_the_fault_of_the_old(town: Town) -> None:
    one, other = town.person["amr"], town.person["tr"]
    for person in (one, other):
        ChannelFault.objects.create(person=person, channel="email")
        ChannelFault.objects.create(person=person, channel="sms")
    sheets = exported()
    put(sheets, "persons", one.number or "", "email", "ny.adresse@lindevig.example")
    entry = applied(sheets, town.person["hr"])
    left = set(ChannelFault.objects.values_list("person", "channel"))
    assert left == {(one.pk, "sms"), (other.pk, "email"), (other.pk, "sms")}
    ChannelFault.objects.create(person=one, channel="email")  # the new one failed too
    services.import_undo(entry=entry, by=town.person["hr"])
    assert (one.pk, "email") not in set(ChannelFault.objects.values_list("person", "channel"))


def test_kept_files_go_after_thirty_days(town: Town, at: Any) -> None:
    at("2026-03-02 09:00")
    services.import_begin(tables=tables(exported()), source=Import.Source.FILES, by=town.person["hr"])
    entry = Import.objects.get()
    services.import_preview(entry.pk)
    assert StoredFile.objects.count() == 2
    at("2026-04-02 09:00")
    assert services.imports_forget() == 1
    assert StoredFile.objects.count() == 0
    assert Import.objects.get().state == Import.State.DISCARDED
    assert services.imports_forget() == 0


def test_a_row_with_an_error_leaves_ours_as_it_was(town: Town) -> None:
    sheets = exported()
    person = town.staff["nord"][1]
    put(sheets, "employments", person.employments.get().number, "starts", "i går")
    put(sheets, "units", town.unit["syd"].number, "name", "Afsnit Måne")
    result = preview(sheets)
    assert [problem.code for problem in result.problems] == ["date"]
    assert found(result) == {"units": {"changed": 1}}
    entry = applied(sheets, town.person["hr"], skip=True)
    assert entry.state == Import.State.APPLIED
    assert person.employments.get().ends is None


def test_the_first_import_of_an_empty_installation(db: None) -> None:
    hr = make_person("HR", email="hr@lindevig.example")
    make_role(hr, "hr")
    from organisation.imports.export import template_workbook
    from organisation.imports.reading import tables_of

    content = tables_of([("skabelon.xlsx", template_workbook())])
    entry = services.import_begin(tables=content, source=Import.Source.FILES, by=hr)
    services.import_preview(entry.pk)
    entry.refresh_from_db()
    assert entry.counts["problems"] == 0, "the guide is a sheet that is not read, and no error"
    services.import_queue(entry=entry, by=hr)
    services.import_write(entry.pk)
    assert Unit.objects.get(number="101").path == list(
        Unit.objects.filter(number__in=["1", "10", "100", "101"]).order_by("pk").values_list("pk", flat=True)
    )
    assert Role.objects.filter(kind="leader", person__number="M1001").count() == 1
    assert column(exported(), "units", "trio") == 5
    assert row_of(exported(), "employments", "A1003")[8] == "barsel"


def test_a_unit_that_hr_merged_by_hand_stays_merged(town: Town) -> None:
    """The payroll still knows the kitchen: those HR moved stay moved, and a newcomer there is asked about."""
    hr = town.person["hr"]
    sheets = exported()
    kitchen = town.unit["koekken"]
    for employment in Employment.objects.filter(unit=kitchen):
        employment.unit = town.unit["syd"]
        employment.save()
        correction_record(subject=employment, field="unit", by=hr)
    Role.objects.filter(unit=kitchen).update(ends=date(2026, 1, 31))
    for role in Role.objects.filter(unit=kitchen):
        correction_record(subject=role, field="ends", by=hr)
    Unit.objects.filter(pk=kitchen.pk).update(ends=date(2026, 1, 31))
    correction_record(subject=kitchen, field="ends", by=hr)
    sheets["roles"] = [row for row in sheets["roles"] if row[2] != kitchen.number]
    result = preview(sheets)
    assert found(result) == {}
    assert result.problems == []
    assert {kept.kind for kept in result.kept} == {"units", "employments"}
    sheets["persons"].append(["M900", "Ny", "", "", "da"])
    sheets["employments"].append(["A900", "M900", kitchen.number, "", "", "37", "2026-01-01", "", ""])
    assert [problem.code for problem in preview(sheets).problems] == ["unknown_unit"]
