"""Jobs of the dialogues."""

from celery import shared_task

from dialogs import nudges, services
from organisation.jobs import job_run


@shared_task
def dialogues_open() -> None:
    """Open a dialogue for every trio whose report is out."""
    with job_run("dialogues_open") as tally:
        tally.done = services.dialogues_open()
        tally.summary = f"{tally.done} trivselsdialoger åbnet"


@shared_task
def dialogue_date_nudges() -> None:
    """Remind the trios that have not set a date."""
    with job_run("dialogue_date_nudges") as tally:
        tally.done = nudges.date_nudges_queue()
        tally.summary = f"{tally.done} påmindelser om dato lagt i udbakken"
