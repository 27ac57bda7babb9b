"""Sweeps that HR can see: every run that did something, or failed, leaves a line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from organisation.models import JobRun

LONGEST = timedelta(minutes=30)  # no run lasts longer; one that seems to was killed


class Tally:
    """What a sweep has done so far. `summary` is a sentence in Danish with counts, never people or answers."""

    def __init__(self, name: str) -> None:
        self.done = 0
        self.summary = ""
        self.run: JobRun | None = None
        self._name, self._started, self._noted = name, timezone.now(), 0.0

    def progress(self, done: int, total: int) -> None:
        """How far a long run has come, for HR to see while it lasts. Written at most once a second."""
        if time.monotonic() - self._noted < 1:
            return
        self._noted = time.monotonic()
        if self.run is None:
            self.run = JobRun.objects.create(name=self._name, started_at=self._started, done=done, total=total)
        else:
            JobRun.objects.filter(pk=self.run.pk).update(done=done, total=total)

    def end(self, outcome: str, summary: str) -> None:
        """Write the run's line, in place of the one that told its progress."""
        told = {"outcome": outcome, "summary": summary, "done": self.done, "finished_at": timezone.now()}
        if self.run is None:
            JobRun.objects.create(name=self._name, started_at=self._started, **told)
        else:
            JobRun.objects.filter(pk=self.run.pk).update(**told)


@contextmanager
def job_run(name: str) -> Iterator[Tally]:
    """Run a sweep. Nothing is written when it found nothing to do; a failure is written and raised again."""
    _bury_killed(name)
    tally = Tally(name)
    try:
        yield tally
    except Exception as error:
        # The kind of error only: its text may quote a row.
        tally.end(JobRun.Outcome.FAILED, type(error).__name__)
        raise
    if tally.done or tally.run is not None:
        tally.end(JobRun.Outcome.DONE, tally.summary)


def _bury_killed(name: str) -> None:
    """A run that told its progress and was killed never said how it ended. The next one does."""
    JobRun.objects.filter(name=name, outcome=JobRun.Outcome.RUNNING, started_at__lt=timezone.now() - LONGEST).update(
        outcome=JobRun.Outcome.FAILED, summary="afbrudt", finished_at=timezone.now()
    )
