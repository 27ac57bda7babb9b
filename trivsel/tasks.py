"""Heartbeats: beat notes that it has sent one, the worker notes that it has run one. /healthz reads both."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import before_task_publish

from organisation import heartbeats
from organisation.jobs import job_run
from trivsel.retention import retention_sweep

TASK = "trivsel.tasks.heartbeat"


@shared_task(name=TASK, ignore_result=True)
def heartbeat() -> None:
    """Real time, never the demonstration's: this measures machines."""
    heartbeats.note(heartbeats.WORKER)


@before_task_publish.connect(sender=TASK)
def beat_was_here(**_kwargs: Any) -> None:
    """Runs in the process that sends the heartbeat, which is beat. A worker that stands still cannot hide it."""
    heartbeats.note(heartbeats.BEAT)


@shared_task
def retention() -> None:
    """Delete what may not be kept any longer."""
    retention_sweep()


@shared_task
def linkage_attack(run: int) -> None:
    """Try to match made-up people with their envelopes, because HR asked."""
    from trivsel.linkage import started

    with job_run("linkage_attack") as tally:
        green = started.run_finish(run)
        tally.done = 1
        tally.summary = "ingen kunne kobles" if green else "se resultatet"
