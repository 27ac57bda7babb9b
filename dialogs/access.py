"""Who may see a dialogue, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from dialogs.models import Dialogue
from organisation.access import committees_of, facilitated_units, groups_of, is_hr, own_units
from organisation.models import CampaignUnit


class Standing(StrEnum):
    """What a reader is to the dialogue; the first that fits decides what the page holds."""

    TRIO = "trio"  # everything, and writes
    HR = "hr"  # everything
    FACILITATOR = "facilitator"  # leads the meeting, in a role with a last day: the invitation and the guide
    MED = "med"  # ArbejdspladsMED of the workplace: status and agreements
    STAFF = "staff"  # employed in the units: the invitation, and afterwards the agreements


def _of_own_trio(person: Any) -> Q:
    return Q(group__in=groups_of(person))


def _of_own_workplace_committee(person: Any) -> Q:
    return Q(group__workplace__in=committees_of(person).values("unit"))


def _of_own_units(person: Any) -> Q:
    """There is an invitation to read once a date is set."""
    dated = Q(state__in=[Dialogue.State.PLANNED, Dialogue.State.HELD])
    through = Dialogue.units.through.objects.filter(
        campaignunit__in=CampaignUnit.objects.filter(unit__in=own_units(person)).values("pk")
    )
    return dated & Q(pk__in=through.values("dialogue_id"))


def _of_facilitated_units(person: Any) -> Q:
    return Q(units__unit__in=facilitated_units(person))


def dialogues_visible_to(person: Any) -> QuerySet[Dialogue]:
    dialogues = Dialogue.objects.select_related("campaign", "group__workplace").prefetch_related("units")
    if is_hr(person):
        return dialogues
    return dialogues.filter(
        _of_own_trio(person)
        | _of_own_workplace_committee(person)
        | _of_own_units(person)
        | Q(pk__in=Dialogue.objects.filter(_of_facilitated_units(person)).values("pk"))
    ).order_by("pk")


def dialogue_for(person: Any, uuid: UUID) -> Dialogue:
    """The dialogue, or 404 for those who need not know about it."""
    return get_object_or_404(dialogues_visible_to(person), uuid=uuid)


def standing(person: Any, dialogue: Dialogue) -> Standing:
    """What the reader of a visible dialogue is to it."""
    this = Dialogue.objects.filter(pk=dialogue.pk)
    if this.filter(_of_own_trio(person)).exists():
        return Standing.TRIO
    if is_hr(person):
        return Standing.HR
    if this.filter(_of_facilitated_units(person)).exists():
        return Standing.FACILITATOR
    if this.filter(_of_own_workplace_committee(person)).exists():
        return Standing.MED
    return Standing.STAFF


def may_write(person: Any, dialogue: Dialogue) -> bool:
    """Only the trio itself."""
    return standing(person, dialogue) == Standing.TRIO
