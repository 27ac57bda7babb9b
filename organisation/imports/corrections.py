"""What HR corrected by hand: remembered per field, so that no later import sets it back."""

from __future__ import annotations

from django.db import models

from organisation import clock
from organisation.audit import audit
from organisation.models import ManualCorrection, Person

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
    correction, _ = ManualCorrection.objects.update_or_create(
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
