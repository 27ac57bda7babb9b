"""The fields in which a row of the file differs from ours, without those that HR holds."""

from __future__ import annotations

from typing import Any

from organisation.imports.corrections import WHOLE_ROW
from organisation.imports.preview import Kept, Preview
from organisation.imports.standing import Standing


def differences(
    result: Preview, now: Standing, kind: str, model: str, name: str, row: Any, wanted: dict[str, Any]
) -> dict[str, Any]:
    """The wanted fields that differ from the row. What HR corrected by hand stays, and is told in the preview."""
    corrected = now.corrected(model, row.pk)
    different = {}
    for field, value in wanted.items():
        ours = getattr(row, field)
        if ours == value:
            continue
        if field in corrected or WHOLE_ROW in corrected:
            result.kept.append(Kept(kind, name, field, _text(ours), _text(value)))
        else:
            different[field] = value
    return different


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
