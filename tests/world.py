"""The town in June 2026: reports out, a finding on the board, a dialogue held, a plan with an arrow."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from actionplans.models import ActionPlan, Activity
from actionplans.services import activity_add, plan_create
from dialogs.models import Agreement, Dialogue
from dialogs.services import AgreementDraft, dialogue_hold, dialogues_open
from organisation import clock
from organisation.freezing import campaign_freeze
from organisation.models import (
    Campaign,
    CampaignUnit,
    Import,
    Person,
    PlacementException,
    StoredFile,
    StructureChange,
)
from organisation.units import unit_edit
from surveys.master.apv2026 import MASTER
from surveys.models import Fact, Finding, Item, PhysicalReport, Release, ReleaseApproval, Wave
from surveys.questionnaires import questionnaire_load
from tests.factories import Town, make_campaign, make_employment, make_person, make_role, make_town


@dataclass
class World:
    town: Town
    campaign: Campaign
    wave: Wave
    release: Release
    unit: dict[str, CampaignUnit]
    finding: Finding
    report: PhysicalReport
    dialogue: Dialogue
    agreement: Agreement
    plan: ActionPlan
    activity: Activity
    received: Import
    asked: PlacementException
    change: StructureChange

    def person_of(self, who: str) -> Person | None:
        """Somebody of the access matrix's cast; nobody for a visitor."""
        if who == "visitor":
            return None
        named = {"colleague": self.town.staff["syd"][0], "neighbour": self.town.person["leader_syd"]}
        return named.get(who) or self.town.person[who]


def make_wave(campaign: Campaign, state: str = Wave.State.PLANNED) -> Wave:
    dates = {milestone.key: milestone for milestone in campaign.milestones.all()}
    return Wave.objects.create(
        campaign=campaign,
        questionnaire=questionnaire_load(MASTER),
        opens_at=dates["survey"].starts_moment,
        closes_at=dates["survey"].ends_moment,
        state=state,
    )


def make_release(wave: Wave, hr: list[object], units: dict[str, CampaignUnit]) -> Release:
    """Released facts, written directly: everybody of a unit with ten or more invited answered in the middle."""
    release = Release.objects.create(
        wave=wave,
        due_at=clock.now(),
        released_at=clock.now(),
        audit_green=True,
        facts_sha256="0" * 64,
    )
    for person in hr:
        ReleaseApproval.objects.create(release=release, person=person, at=clock.now())
    items = Item.objects.filter(topic__questionnaire=wave.questionnaire, scale__kind="scale", parent=None)
    rows = []
    for unit in units.values():
        n = unit.invited if unit.invited >= 10 else None
        rows.append(Fact(release=release, unit=unit, item="_answered", n=n, dist=None if n is None else [n]))
        for item in items:
            dist = None if n is None else [1, 1, n - 4, 1, 1]
            rows.append(Fact(release=release, unit=unit, item=item.key, n=n, dist=dist))
    Fact.objects.bulk_create(rows)
    release.state = Release.State.RELEASED
    release.save(update_fields=["state"])
    return release


def hire_more(town: Town) -> None:
    """Those whom no other test needs; after freezing, so that they change no count."""
    for key, kind, scope, at in [
        ("facilitator", "facilitator", town.unit["nord"], "kommune"),
        ("med_other_workplace", "med_member", town.committee["skole"], "ud"),
        ("key_holder", "key_holder", None, "kommune"),
    ]:
        if key not in town.person:
            town.person[key] = make_person(key.replace("_", " ").title(), email=f"{key}@lindevig.example")
            make_employment(town.person[key], town.unit[at])
            make_role(town.person[key], kind, scope, ends=date(2026, 6, 30) if kind == "facilitator" else None)


def make_world() -> World:
    """Call at a moment in June 2026."""
    town, campaign = make_town(), make_campaign()
    campaign_freeze(campaign)
    hire_more(town)
    by_unit = {row.unit_id: row for row in CampaignUnit.objects.filter(campaign=campaign)}
    unit = {key: by_unit[row.pk] for key, row in town.unit.items()}
    wave = make_wave(campaign, Wave.State.OPENED)
    release = make_release(wave, [town.person["hr"], town.person["hr_2"]], unit)
    item = Item.objects.get(topic__questionnaire=wave.questionnaire, key="fa_climate")
    finding = Finding.objects.create(
        campaign=campaign, unit=unit["nord"], item=item, title="Træk fra vinduet", severity="major"
    )
    report = PhysicalReport.objects.create(
        finding=finding,
        severity="major",
        person=town.person["employee"],
        description="Det trækker fra vinduet i personalerummet.",
        photo=StoredFile.objects.create(content_type="image/jpeg", data=b"\xff\xd8\xff", stored_on=clock.today()),
        reported_on=date(2026, 4, 9),
        form_key=uuid.uuid4(),
        item_key=item.key,
        follow_code_hash=b"0" * 32,
    )
    dialogues_open()
    dialogue = Dialogue.objects.get(campaign=campaign, group=town.group["nord"])
    dialogue_hold(
        dialogue=dialogue,
        held_on=clock.today(),
        participants=12,
        topics=["kb"],
        agreements=[AgreementDraft(text="Vi holder pauser", topic="kb", owner="Karen Toft")],
        by=town.person["leader"],
    )
    agreement = dialogue.agreements.get()
    plan = plan_create(
        group=town.group["nord"],
        campaign=campaign,
        title="Pauser, der holder",
        problem="Pauserne ryger, når der er travlt.",
        goal="Alle holder deres pause.",
        follow_up_on=clock.today() + timedelta(days=90),
        agreement=agreement,
        topic="kb",
        by=town.person["leader"],
    )
    activity = activity_add(
        plan=plan,
        what="Makkerordning i vagterne",
        owner_name="Jonas Brink",
        owner=town.person["amr"],
        deadline=clock.today() + timedelta(days=30),
        by=town.person["leader"],
    )
    hr = town.person["hr"]
    received = Import.objects.create(source="files", state="applied", by=hr, at=clock.now(), applied_at=clock.now())
    asked = PlacementException.objects.create(
        campaign=campaign,
        kind="moved",
        state="asked",
        person=town.person["employee"],
        stood_in=unit["nord"],
        asked_at=clock.now(),
    )
    ud = town.unit["ud"]
    unit_edit(
        unit=ud,
        name="Udskolingen 7.-9.",
        level=ud.level,
        p_number="",
        work_environment_group=ud.work_environment_group,
        buildings=None,
        by=hr,
    )
    change = StructureChange.objects.get()
    return World(
        town=town,
        campaign=campaign,
        wave=wave,
        release=release,
        unit=unit,
        finding=finding,
        report=report,
        dialogue=dialogue,
        agreement=agreement,
        plan=plan,
        activity=activity,
        received=received,
        asked=asked,
        change=change,
    )
