"""Remember what a change of the tree did, and take the last one back as long as nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.imports.corrections import correction_record, subject_type
from organisation.models import (
    Campaign,
    CampaignUnit,
    Committee,
    Employment,
    ManualCorrection,
    Person,
    Role,
    StructureChange,
    Unit,
    UnitSuccession,
    WorkEnvironmentGroup,
)

MODELS: dict[str, type[models.Model]] = {
    "unit": Unit,
    "employment": Employment,
    "role": Role,
    "workenvironmentgroup": WorkEnvironmentGroup,
}
# The word of the import for a field, where it is not the model's own.
IMPORT_FIELD = {"work_environment_group_id": "trio", "parent_id": "parent", "level_id": "level", "unit_id": "unit"}


class Notebook:
    """What one change does, row by row: writes it, holds it against later imports, and keeps the values before."""

    def __init__(self, *, by: Person) -> None:
        self.by = by
        self.before: list[list[Any]] = []  # [model, id, {field: [value before, value after]}]
        self.made: list[int] = []  # units
        self.held: list[list[Any]] = []  # corrections that were not there before

    def set(self, row: models.Model, **values: Any) -> None:
        """Set fields of a unit, employment or role by hand."""
        old = {name: getattr(row, name) for name in values}
        changed = {name: value for name, value in values.items() if old[name] != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        pairs = {name: [_plain(old[name]), _plain(value)] for name, value in changed.items()}
        self.before.append([subject_type(row), row.pk, pairs])
        for name in changed:
            self.hold(row, IMPORT_FIELD.get(name, name))

    def hold(self, row: models.Model, field: str = "") -> None:
        known = ManualCorrection.objects.filter(subject_type=subject_type(row), subject_id=row.pk, field=field)
        if not known.exists():
            self.held.append([subject_type(row), row.pk, field])
        correction_record(subject=row, field=field, by=self.by)

    def close(self, kind: str, unit: Unit) -> StructureChange:
        """Write the change and its trace."""
        change = StructureChange.objects.create(
            kind=kind,
            unit=unit,
            by=self.by,
            at=clock.now(),
            reverse={"before": self.before, "made": self.made, "held": self.held},
        )
        audit(f"unit_{kind}", unit, actor=self.by, unit=unit, change=str(change.uuid))
        return change


def _typed(row: models.Model, name: str, value: Any) -> Any:
    """A remembered value as the field's own type again: a date, not its text."""
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field.to_python(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def last_day(starts: date) -> date:
    """What ends now was there until yesterday; what began today ends today, for nothing ends before it began."""
    return max(starts, clock.today() - timedelta(days=1))


def last_change() -> StructureChange | None:
    """The newest change that stands: the only one that can be taken back."""
    return StructureChange.objects.filter(undone_at=None).select_related("unit", "by").first()


def depends_on(change: StructureChange) -> str:
    """Why a change cannot be taken back, told to HR; empty when it can."""
    if change.undone_at is not None:
        return _("Ændringen er allerede fortrudt.")
    newest = last_change()
    if newest is None or newest.pk != change.pk:
        return _("Der er ændret noget siden. Kun den seneste ændring kan fortrydes.")
    if Campaign.objects.filter(frozen_at__gte=change.at).exists():
        return _("Organisationen er frosset til en måling siden. Ændringen kan ikke fortrydes.")
    for name in {name for name, _pk, _pairs in change.reverse["before"]}:
        rows = MODELS[name]._default_manager.in_bulk(
            [pk for model, pk, _pairs in change.reverse["before"] if model == name]
        )
        # The last value the change wrote is the one that must still stand: a row may be there twice.
        written: dict[tuple[int, str], Any] = {}
        for model, pk, pairs in change.reverse["before"]:
            if model == name:
                written |= {(pk, field): after for field, (_before, after) in pairs.items()}
        for (pk, field), after in written.items():
            if pk not in rows or _plain(getattr(rows[pk], field)) != after:
                return _("En person, en rolle eller en enhed er ændret igen siden. Ændringen kan ikke fortrydes.")
    moved_in = {pk for name, pk, pairs in change.reverse["before"] if name == "employment" and "unit_id" in pairs}
    made = change.reverse["made"]
    if (
        Employment.objects.filter(unit__in=made).exclude(pk__in=moved_in).exists()
        or Role.objects.filter(unit__in=made).exists()
        or Unit.objects.filter(parent__in=made).exists()
        or Committee.objects.filter(unit__in=made).exists()
        or WorkEnvironmentGroup.objects.filter(workplace__in=made).exists()
        or CampaignUnit.objects.filter(unit__in=made).exists()
    ):
        return _("Der er kommet personer, roller eller enheder til siden. Ændringen kan ikke fortrydes.")
    return ""


@transaction.atomic
def change_undo(*, change: StructureChange, by: Person) -> StructureChange:
    """Set everything back as it was before the last change. ValidationError when something depends on it."""
    change = StructureChange.objects.select_for_update().get(pk=change.pk)
    if reason := depends_on(change):
        raise ValidationError(reason)
    for name, pk, pairs in reversed(change.reverse["before"]):
        row = MODELS[name]._default_manager.get(pk=pk)
        for field, (before, _after) in pairs.items():
            setattr(row, field, _typed(row, field, before))
        row.save(update_fields=list(pairs))
    for name, pk, field in change.reverse["held"]:
        ManualCorrection.objects.filter(subject_type=name, subject_id=pk, field=field).delete()
    UnitSuccession.objects.filter(change=change).delete()
    UnitSuccession.objects.bulk_create(
        [
            UnitSuccession(unit_id=unit, kind=kind, earlier_id=earlier)
            for unit, kind, earlier in change.reverse.get("successions", [])
        ]
    )
    for unit in Unit.objects.filter(pk__in=change.reverse["made"]):
        _unmake(unit)
    change.undone_at = clock.now()
    change.save(update_fields=["undone_at"])
    audit("unit_change_undone", change.unit, actor=by, unit=change.unit, change=str(change.uuid), kind=change.kind)
    return change


def _unmake(unit: Unit) -> None:
    """A unit that was made by the change is closed, not deleted: the trace names it. Its number is free again."""
    unit.number = f"fortrudt-{unit.uuid}"
    unit.starts = unit.ends = min(unit.starts, clock.today() - timedelta(days=1))
    unit.save(update_fields=["number", "starts", "ends"])


# ---------------------------------------------------------------- what a unit was before


def succession_note(unit: Unit, kind: str, earlier: Iterable[Unit], *, change: StructureChange | None = None) -> None:
    """Write what a unit was before, in place of what was written; the change remembers that for its undo."""
    replaced = UnitSuccession.objects.filter(unit=unit)
    if change is not None:
        kept = change.reverse.setdefault("successions", [])
        kept += [list(row) for row in replaced.values_list("unit_id", "kind", "earlier_id")]
        change.save(update_fields=["reverse"])
    replaced.delete()
    rows = [UnitSuccession(unit=unit, kind=kind, earlier=old, change=change) for old in earlier]
    if kind == UnitSuccession.Kind.NEW:
        rows = [UnitSuccession(unit=unit, kind=kind, change=change)]
    UnitSuccession.objects.bulk_create(rows)


@transaction.atomic
def succession_set(*, unit: Unit, kind: str, earlier: list[Unit], by: Person) -> None:
    """HR's word on what a unit was in the measurement before. ValidationError where the kind and the units disagree."""
    if kind == UnitSuccession.Kind.NEW and earlier:
        raise ValidationError({"earlier": _("En ny enhed har ingen tidligere enhed.")})
    if kind != UnitSuccession.Kind.NEW and not earlier:
        raise ValidationError({"earlier": _("Skriv, hvilken enhed den var før.")})
    if kind in (UnitSuccession.Kind.SAME, UnitSuccession.Kind.SUCCESSOR) and len(earlier) > 1:
        raise ValidationError({"earlier": _("Den samme enhed eller en afløser har kun én tidligere enhed.")})
    if kind == UnitSuccession.Kind.MERGED_FROM and len(earlier) < 2:
        raise ValidationError({"earlier": _("En sammenlagt enhed har mindst to tidligere enheder.")})
    if kind == UnitSuccession.Kind.SAME:
        other = UnitSuccession.objects.filter(kind=kind, earlier__in=earlier).exclude(unit=unit).first()
        if other is not None:
            raise ValidationError({"earlier": _("En anden enhed er allerede den samme som den tidligere enhed.")})
    succession_note(unit, kind, earlier)
    audit("unit_succession_set", unit, actor=by, unit=unit, kind=kind, earlier=[old.pk for old in earlier])


def earlier_units(unit_id: int) -> list[int]:
    """The earlier units whose figures, summed, may be set beside this unit's. Empty: «ingen sammenligning».

    A unit without a row is the same as it always was. A successor or a new unit is compared with nothing.
    """
    rows = list(UnitSuccession.objects.filter(unit=unit_id).values_list("kind", "earlier_id"))
    if not rows:
        return [unit_id]
    kinds = {kind for kind, _earlier in rows}
    if kinds <= {UnitSuccession.Kind.SAME, UnitSuccession.Kind.MERGED_FROM}:
        return sorted(earlier for _kind, earlier in rows if earlier is not None)
    return []
