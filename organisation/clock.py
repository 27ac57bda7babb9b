"""The one clock for business time. The demonstration can move it, forward only; production never.

Sessions, log-in codes, rate limits, heartbeats and Celery keep real time.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

_known: dict[str, tuple[float, timedelta]] = {}
_KNOWN_FOR_SECONDS = 0.5


def offset() -> timedelta:
    """How far business time is ahead of real time: zero outside the demonstration."""
    if not settings.DEMO:
        return timedelta()
    read_at, value = _known.get("offset", (0.0, timedelta()))
    if time.monotonic() - read_at > _KNOWN_FOR_SECONDS:
        from organisation.models import ClockShift

        value = ClockShift.objects.filter(pk=1).values_list("offset", flat=True).first() or timedelta()
        _known["offset"] = (time.monotonic(), value)
    return value


def now() -> datetime:
    """Business time, aware."""
    return timezone.now() + offset()


def today() -> date:
    """The Copenhagen date of business time."""
    return timezone.localdate(now())


class ClockGoesForward(ValueError):
    """The demonstration's clock was asked to go back."""


def move_to(moment: datetime) -> None:
    """Set business time to `moment`. Refused outside the demonstration and backwards."""
    if not settings.DEMO:
        raise ClockGoesForward("Uret kan kun flyttes i demonstrationen.")
    from organisation.models import ClockShift

    with transaction.atomic():
        shift, _ = ClockShift.objects.select_for_update().get_or_create(pk=1)
        wanted = moment - timezone.now()
        if wanted < shift.offset and ClockShift.objects.filter(pk=1).exclude(offset=timedelta()).exists():
            raise ClockGoesForward("Uret kan kun gå fremad. Brug --reset --stage for at begynde forfra.")
        shift.offset = wanted
        shift.save(update_fields=["offset"])
    forget()


def forget() -> None:
    """Read the offset anew at the next question (after moving, and between tests)."""
    _known.clear()
