"""Jobs of the shared ground."""

from celery import shared_task

from organisation import freezing, notices
from organisation.imports import services as imports
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


@shared_task
def import_read(import_id: int) -> None:
    """Work out what an uploaded file would change."""
    with job_run("import_read") as tally:
        tally.done = imports.import_preview(import_id)
        tally.summary = f"{tally.done} ændringer fundet"


@shared_task
def import_apply(import_id: int) -> None:
    """Write what HR has seen and approved."""
    with job_run("import_apply") as tally:
        tally.done = imports.import_write(import_id)
        tally.summary = f"{tally.done} ændringer indlæst"


@shared_task
def import_undo(import_id: int, person_id: int) -> None:
    """Put everything back as it was before a large import."""
    with job_run("import_undo") as tally:
        tally.done = imports.import_undo_queued(import_id, person_id)
        tally.summary = f"{tally.done} import fortrudt"


@shared_task
def imports_sweep() -> None:
    """Take up imports that lost their worker."""
    with job_run("imports_sweep") as tally:
        tally.done = imports.imports_sweep()
        tally.summary = f"{tally.done} importer genoptaget"
