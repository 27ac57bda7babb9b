"""The journey as a job: the stage's name is its only argument."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="trivsel.demo.tasks.advance", acks_late=True)
def advance(stage: str) -> None:
    """Move the demonstration to a stage. Forward only; a second one at the same time does nothing."""
    from trivsel.demo.journey import advance_to

    advance_to(stage)
