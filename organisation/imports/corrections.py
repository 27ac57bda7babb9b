"""What HR corrected by hand: remembered per field, so that no later import sets it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.imports.words import field_word
from organisation.models import Building, Committee, Employment, ManualCorrection, Person, Role, Unit

WHOLE_ROW = ""
# Fields of the models that the internal format calls something else.
_FORMAT_NAMES = {"work_environment_group": "trio", "unit_id": "unit", "person_id": "person", "parent_id": "parent"}


def subject_type(model: type[models.Model] | models.Model) -> str:
    """The word under which corrections of a model are kept: «unit», «person», «employment», «role» and so on."""
    return str(model._meta.model_name)


def correction_record(*, subject: models.Model, field: str = WHOLE_ROW, by: Person) -> ManualCorrection:
    """Remember that HR set `field` of a unit, person, employment, role, committee or building by hand.

    Call it beside the change, in the same transaction. An empty field holds the whole row: a role or an employment
    that HR added is not ended for missing in the file, and one that HR ended is not given again.
    """
    correction, _created = ManualCorrection.objects.update_or_create(
        subject_type=subject_type(subject),
        subject_id=subject.pk,
        field=field,
        defaults={"by": by, "at": clock.now()},
    )
    audit("correction_recorded", subject, actor=by, field=field)
    return correction


def correction_drop(*, correction: ManualCorrection, by: Person) -> None:
    """Let the next import decide about the field again."""
    audit(
        "correction_dropped",
        correction,
        actor=by,
        subject_type=correction.subject_type,
        subject_id=correction.subject_id,
        field=correction.field,
    )
    correction.delete()


def corrections_by_row(model: type[models.Model]) -> dict[int, set[str]]:
    """row id -> the fields of it that HR holds."""
    held: dict[int, set[str]] = {}
    for subject_id, field in ManualCorrection.objects.filter(subject_type=subject_type(model)).values_list(
        "subject_id", "field"
    ):
        held.setdefault(subject_id, set()).add(_FORMAT_NAMES.get(field, field))
    return held


def described(corrections: Iterable[ManualCorrection]) -> list[dict[str, Any]]:
    """Corrections in words: what was corrected, which field, by whom, when."""
    corrections = list(corrections)
    names: dict[tuple[str, int], str] = {}
    for model in (Unit, Person, Employment, Role, Committee, Building):
        word = subject_type(model)
        ids = [c.subject_id for c in corrections if c.subject_type == word]
        rows: Any = model._default_manager.filter(pk__in=ids)
        if model in (Employment, Role):
            rows = rows.select_related("person", "unit")
        names.update(((word, row.pk), str(row)) for row in rows)
    return [
        {
            "id": c.pk,
            "what": names.get((c.subject_type, c.subject_id), _("slettet")),
            "field": field_word(_FORMAT_NAMES.get(c.field, c.field)),
            "by": c.by,
            "at": c.at,
        }
        for c in corrections
    ]
