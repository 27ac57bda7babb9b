"""Jobs of the shared ground."""

from celery import shared_task

from organisation import notices
from organisation.jobs import job_run


@shared_task
def notices_send() -> None:
    """Send the messages that are due."""
    with job_run("notices_send") as tally:
        sent, failed = notices.send_due()
        tally.done = sent + failed
        tally.summary = f"{sent} sendt, {failed} fejlede"
