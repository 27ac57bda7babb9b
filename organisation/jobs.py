"""Sweeps that HR can see: every run that did something, or failed, leaves a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from organisation.models import JobRun


class Tally:
    """What a sweep has done so far. `summary` is a sentence in Danish with counts, never people or answers."""

    def __init__(self) -> None:
        self.done = 0
        self.summary = ""


@contextmanager
def job_run(name: str) -> Iterator[Tally]:
    """Run a sweep. Nothing is written when it found nothing to do; a failure is written and raised again."""
    started, tally = timezone.now(), Tally()
    try:
        yield tally
    except Exception as error:
        JobRun.objects.create(
            name=name,
            started_at=started,
            finished_at=timezone.now(),
            outcome=JobRun.Outcome.FAILED,
            done=tally.done,
            # The kind of error only: its text may quote a row.
            summary=type(error).__name__,
        )
        raise
    if tally.done:
        JobRun.objects.create(
            name=name,
            started_at=started,
            finished_at=timezone.now(),
            outcome=JobRun.Outcome.DONE,
            done=tally.done,
            summary=tally.summary,
        )
