"""How far the arbejdspladser are with dialogues and handleplaner, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from actionplans.models import ActionPlan
from actionplans.selectors import READY, measured_groups
from dialogs.models import Dialogue
from organisation.models import Campaign, WorkEnvironmentGroup


@dataclass
class TrioStatus:
    """One trio: its dialogue, if one is opened, and its plans."""

    group: WorkEnvironmentGroup
    dialogue: Dialogue | None = None
    plans: list[ActionPlan] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return self.dialogue is not None and self.dialogue.state == Dialogue.State.HELD

    @property
    def planned(self) -> bool:
        return self.dialogue is not None and self.dialogue.state == Dialogue.State.PLANNED

    @property
    def state(self) -> str:
        """ready: a plan that leader and AMR have signed; draft: a plan in the making; missing: none."""
        if any(plan.state in READY for plan in self.plans):
            return "ready"
        return "draft" if self.plans else "missing"


@dataclass
class WorkplaceStatus:
    """One arbejdsplads: the sum of its trios. It is ready when every trio is."""

    trios: list[TrioStatus] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Every trio has held its dialogue."""
        return bool(self.trios) and all(trio.held for trio in self.trios)

    @property
    def planned(self) -> bool:
        """Not all are held, but the rest have a date."""
        return not self.held and bool(self.trios) and all(trio.held or trio.planned for trio in self.trios)

    @property
    def held_count(self) -> int:
        return sum(trio.held for trio in self.trios)

    @property
    def state(self) -> str:
        states = {trio.state for trio in self.trios}
        if states == {"ready"}:
            return "ready"
        return "missing" if states <= {"missing"} else "draft"

    @property
    def plans(self) -> list[ActionPlan]:
        return [plan for trio in self.trios for plan in trio.plans]


def status_of_workplaces(campaign: Campaign, units: Iterable[int]) -> dict[int, WorkplaceStatus]:
    """Workplace unit id -> its status, for the given workplaces. Three queries whatever their number.

    Only trios with a unit in the campaign count: the others owe nothing.
    """
    statuses: dict[int, WorkplaceStatus] = defaultdict(WorkplaceStatus)
    trios: dict[int, TrioStatus] = {}
    for unit_id in units:
        statuses[unit_id] = WorkplaceStatus()
    for group in measured_groups(campaign).filter(workplace__in=list(statuses)).order_by("pk"):
        trios[group.pk] = TrioStatus(group)
        statuses[group.workplace_id].trios.append(trios[group.pk])
    for dialogue in Dialogue.objects.filter(campaign=campaign, group__workplace__in=list(statuses)):
        if dialogue.group_id in trios:
            trios[dialogue.group_id].dialogue = dialogue
    for plan in (
        ActionPlan.objects.filter(campaign=campaign, group__workplace__in=list(statuses))
        .only("uuid", "title", "state", "group_id", "follow_up_on")
        .order_by("pk")
    ):
        if plan.group_id in trios:
            trios[plan.group_id].plans.append(plan)
    return dict(statuses)
