"""Jobs of the survey. Each is a sweep; the work is in the module that it names."""

from celery import shared_task

from organisation.jobs import job_run
from surveys import opening, reminders, tickets


@shared_task
def waves_open() -> None:
    """Open the surveys whose day has come."""
    with job_run("waves_open") as tally:
        tally.done = opening.waves_open()
        tally.summary = f"{tally.done} åbnet"


@shared_task
def invitations_send() -> None:
    """Send everybody their personal link or letter."""
    with job_run("invitations_send") as tally:
        sent, failed = tickets.invitations_send()
        tally.done = sent + failed
        tally.summary = f"{sent} inviteret, {failed} kunne ikke nås"


@shared_task
def reminders_prepare() -> None:
    """Note that everybody invited is to be handled, when the day of a reminder has come."""
    with job_run("reminders_prepare") as tally:
        tally.done = reminders.reminders_prepare()
        tally.summary = f"{tally.done} påmindelse gjort klar"


@shared_task
def reminders_send() -> None:
    """Remind those who have not answered; everybody invited is handled, and nothing tells who got a message."""
    with job_run("reminders_send") as tally:
        tally.done = reminders.reminders_send()
        tally.summary = f"{tally.done} inviterede behandlet"
