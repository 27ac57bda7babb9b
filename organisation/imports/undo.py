"""Take an import back: everything as it stood before, or a reason why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from organisation.channels import addresses_changed
from organisation.imports.apply import LOCK, _depths, _plain
from organisation.imports.bulk import delete_many, update_many
from organisation.models import (
    AuditEntry,
    Building,
    Campaign,
    Committee,
    Employment,
    ManualCorrection,
    Person,
    Role,
    Room,
    Unit,
    WorkEnvironmentGroup,
)


class CannotUndo(Exception):
    """Something has been built on the import since. The text says what."""


# Children before those they point at.
_CREATED: tuple[type[models.Model], ...] = (
    Role, Committee, Employment, Unit.buildings.through, Unit, WorkEnvironmentGroup, Person, Room, Building,
)  # fmt: skip
_CHANGED: tuple[type[models.Model], ...] = (Building, Person, Employment, Committee, Role)


def undo_changes(reverse: dict[str, Any], *, applied_at: datetime) -> None:
    """Put everything back, in the caller's transaction. Raises CannotUndo, and nothing is changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    _nothing_depends(reverse, applied_at)
    _still_as_written(reverse)
    try:
        with transaction.atomic():
            for model in _CREATED:
                pks = reverse["created"].get(model._meta.db_table, [])
                if pks:
                    delete_many(model._meta.db_table, pks)
            _restore(reverse)
            with connection.cursor() as cursor:
                # Foreign keys are looked at now, not at commit: whoever points at a row that is gone says no here.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise CannotUndo(_("Der er siden lavet noget, som bygger på de nye enheder, personer eller roller.")) from error


def _nothing_depends(reverse: dict[str, Any], applied_at: datetime) -> None:
    if Campaign.objects.filter(frozen_at__gte=applied_at).exists():
        raise CannotUndo(_("Organisationen er siden frosset til en måling."))
    if ManualCorrection.objects.filter(at__gte=applied_at).exists():
        raise CannotUndo(_("Der er siden rettet i organisationen i hånden."))
    given = reverse["created"].get(Role._meta.db_table, [])
    holders = Role.objects.filter(pk__in=given).values("person_id")
    if given and AuditEntry.objects.filter(at__gte=applied_at, actor_id__in=holders).exists():
        raise CannotUndo(_("En af de nye roller er allerede brugt."))


def _still_as_written(reverse: dict[str, Any]) -> None:
    """Every changed field still holds what the import wrote."""
    every: tuple[type[models.Model], ...] = (*_CHANGED, Unit)
    for model in every:
        rows = reverse["changed"].get(model._meta.db_table, [])
        if not rows:
            continue
        columns = sorted({column for _pk, _old, new in rows for column in new})
        now = {
            pk: dict(zip(columns, values, strict=True))
            for pk, *values in model._default_manager.filter(pk__in=[row[0] for row in rows]).values_list(
                "pk", *columns
            )
        }
        for pk, _old, new in rows:
            if pk not in now or _plain({column: now[pk][column] for column in new}) != new:
                raise CannotUndo(_("Noget af det, importen ændrede, er ændret igen siden."))


def _restore(reverse: dict[str, Any]) -> None:
    changed = reverse["changed"]
    people = changed.get(Person._meta.db_table, [])
    update_many(Person, [(pk, {"email": None}) for pk, old, _new in people if "email" in old])
    addresses_changed(
        email=[pk for pk, old, _new in people if "email" in old],
        mobile=[pk for pk, old, _new in people if "mobile" in old],
    )
    for model in _CHANGED:
        update_many(model, [(pk, old) for pk, old, _new in changed.get(model._meta.db_table, [])])
    units = changed.get(Unit._meta.db_table, [])
    update_many(Unit, [(pk, old) for pk, old, _new in units if "parent_id" not in old])
    moved = {pk: old["parent_id"] for pk, old, _new in units if "parent_id" in old}
    if moved:
        parents: dict[str, str | None] = {
            str(pk): str(parent) if parent else None for pk, parent in Unit.objects.values_list("pk", "parent_id")
        }
        parents.update((str(pk), str(parent) if parent else None) for pk, parent in moved.items())
        depth = _depths(parents)
        for pk, parent in sorted(moved.items(), key=lambda item: depth[str(item[0])]):
            Unit.objects.filter(pk=pk).update(parent_id=parent)
    through: Any = Unit.buildings.through
    through.objects.bulk_create(
        [through(unit_id=unit, building_id=old["building"]) for unit, old, _new in changed.get("located", [])]
    )
