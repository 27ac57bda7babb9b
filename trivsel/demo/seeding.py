"""Fill an empty database with the demonstration, all or nothing, and know whose a full one is."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from organisation import clock
from organisation.audit import audit, played_by_demo
from organisation.imports.export import export_workbook
from organisation.models import AuditEntry, Campaign, Person, Unit
from trivsel.demo.campaign import campaign_make
from trivsel.demo.earlier import earlier_make
from trivsel.demo.municipality import Say, municipality_make
from trivsel.demo.stages import STAGES, note_played

SEEDED, ARRIVED = "demo_seeded", "demo_first_stage_reached"


class CannotSeed(Exception):
    """The database is not the demonstration's to fill; the message says why."""


def is_empty() -> bool:
    return not (Person.objects.exists() or Unit.objects.exists() or Campaign.objects.exists())


def is_ours() -> bool:
    """The demonstration filled this database, to the end: its mark is written in the same transaction."""
    return AuditEntry.objects.filter(verb=SEEDED).exists()


def has_arrived() -> bool:
    """The first start reached its stage. Until then `prepare` goes on where it was stopped."""
    return AuditEntry.objects.filter(verb=ARRIVED).exists()


def mark_arrived() -> None:
    with played_by_demo():
        audit(ARRIVED, Campaign.objects.get(year=2026), actor=None)


@transaction.atomic
def seed(*, employees: int, seed: int, say: Say) -> None:
    """Municipality, campaign, 2023. In one transaction: a seed that was stopped half-way has left nothing."""
    if not settings.DEMO:
        raise CannotSeed("Demonstrationen er slået fra (TRIVSEL_DEMO).")
    if not is_empty():
        raise CannotSeed("Databasen er ikke tom, og demonstrationen skriver kun i en tom.")
    say(f"Bygger Lindevig Kommune med {employees} ansatte (frø {seed}) …")
    clock.move_to(STAGES[0].at)
    with played_by_demo():
        town = municipality_make(employees=employees, seed=seed, say=say)
        say("Lægger årets datoer og spørgeskemaet …")
        campaign, questionnaire = campaign_make()
        say("Indlæser målingen fra 2023 …")
        earlier_make(town, questionnaire)
        audit(SEEDED, campaign, actor=None, employees=employees, seed=seed)
    note_played(STAGES[0].at)


def export(path: str, *, employees: int, seed: int) -> dict[str, int]:
    """Write the organisation as a workbook for the import, and leave the database as empty as it was."""
    if not is_empty():
        raise CannotSeed("Databasen er ikke tom. Brug export_organisation til at hente det, der står i den.")
    with transaction.atomic():
        municipality_make(employees=employees, seed=seed, say=lambda text: None)
        counts = export_workbook(path)
        transaction.set_rollback(True)
    return counts
