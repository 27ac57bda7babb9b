"""Write a trace. One call beside the change or the reading it tells about, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

from organisation import clock
from organisation.models import AuditEntry, Person, Unit, WorkEnvironmentGroup

_played: ContextVar[bool] = ContextVar("played", default=False)


@contextmanager
def played_by_demo() -> Iterator[None]:
    """Everything written inside is marked as played by the demonstration's people."""
    token = _played.set(True)
    try:
        yield
    finally:
        _played.reset(token)


def audit(
    verb: str,
    subject: Model,
    *,
    actor: Person | None,
    unit: Unit | int | None = None,
    group: WorkEnvironmentGroup | None = None,
    **detail: Any,
) -> AuditEntry:
    """Append one entry. `detail` takes ids, states and names of settings: never answers or free text.

    `unit` and `group` say whose it is: the trio of the unit, or the trio itself, may read the entry as HR may.
    """
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=actor,
        played=_played.get(),
        verb=verb,
        subject_type=subject._meta.label,
        subject_id=str(getattr(subject, "uuid", subject.pk)),
        unit_id=unit.pk if isinstance(unit, Unit) else unit,
        group=group,
        detail=detail,
    )
