"""What was done to a unit, in words: the verbs of the trace as HR reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.models import AuditEntry, Unit

# `correction_recorded` stands beside each change and is left out: the change itself tells it.
WORDS: dict[str, str | Promise] = {
    "unit_create": _("oprettet"),
    "unit_edit": _("rettet"),
    "unit_move": _("flyttet"),
    "unit_merge": _("lagt sammen med en anden enhed"),
    "unit_split": _("delt ud af en anden enhed"),
    "unit_close": _("lukket"),
    "unit_change_undone": _("seneste ændring fortrudt"),
    "unit_succession_set": _("forløb siden forrige måling skrevet"),
    "role_given": _("rolle givet"),
    "role_ended": _("rolle afsluttet"),
    "committee_changed": _("MED-udvalget rettet"),
    "late_joiner_added": _("en medarbejder inviteret i hånden"),
    "placement_moved": _("en medarbejder tæller nu her"),
    "wrong_unit_reported": _("en medarbejder har skrevet, at det er den forkerte enhed"),
    "report_read": _("rapporten læst"),
}


@dataclass(frozen=True)
class Deed:
    at: datetime
    who: str
    words: str | Promise


def history_of(unit: Unit, most: int = 20) -> list[Deed]:
    """The newest deeds about a unit that have a word. One query."""
    entries = (
        AuditEntry.objects.filter(Q(unit=unit) | Q(subject_type="organisation.Unit", subject_id=str(unit.uuid)))
        .filter(verb__in=WORDS)
        .select_related("actor")[:most]
    )
    return [Deed(entry.at, entry.actor.name if entry.actor else "", WORDS[entry.verb]) for entry in entries]
