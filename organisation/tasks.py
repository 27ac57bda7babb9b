"""Jobs of the shared ground."""

from celery import shared_task

from organisation import freezing, notices
from organisation.jobs import job_run


@shared_task
def notices_send() -> None:
    """Send the messages that are due."""
    with job_run("notices_send") as tally:
        sent, failed = notices.send_due()
        tally.done = sent + failed
        tally.summary = f"{sent} sendt, {failed} fejlede"


@shared_task
def campaign_freeze() -> None:
    """Freeze the organisation of the campaigns whose day has come."""
    with job_run("campaign_freeze") as tally:
        for campaign in freezing.campaigns_to_freeze():
            tally.done += freezing.campaign_freeze(campaign)
        tally.summary = f"{tally.done} placeret"
