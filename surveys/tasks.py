"""Jobs of the survey. Each is a sweep; the work is in the module that it names."""

from celery import shared_task

from organisation.jobs import job_run
from organisation.retention import rule_run
from surveys import (
    closing,
    mailings,
    opening,
    questionnaire_approval,
    rates,
    receipts,
    release,
    reminders,
    report_files,
    tickets,
    trustees,
)
from surveys.keys import KeyMissing
from surveys.retention import MAILINGS


@shared_task
def waves_open() -> None:
    """Open the surveys whose day has come."""
    with job_run("waves_open") as tally:
        tally.done = opening.waves_open()
        tally.summary = f"{tally.done} åbnet"


@shared_task
def questionnaire_warn() -> None:
    """Tell HR in good time that the questionnaire is not ready for its opening."""
    with job_run("questionnaire_warn") as tally:
        tally.done = questionnaire_approval.hr_warn()
        tally.summary = f"{tally.done} mindet om spørgeskemaet"


@shared_task
def invitations_send() -> None:
    """Send everybody their personal link or letter."""
    with job_run("invitations_send") as tally:
        sent, failed = tickets.invitations_send()
        tally.done = sent + failed
        tally.summary = f"{sent} inviteret, {failed} kunne ikke nås"


@shared_task
def mailings_make() -> None:
    """Make the letters, paper forms and exports that HR has ordered."""
    with job_run("mailings_make") as tally:
        tally.done = mailings.mailings_make()
        tally.summary = f"{tally.done} filer med breve, skemaer eller Digital Post lavet"


@shared_task
def mailings_sweep() -> None:
    """Delete the files with codes that are fetched, a week old, or no longer of use."""
    with job_run("mailings_sweep") as tally:
        tally.done = rule_run(MAILINGS)
        tally.summary = f"{tally.done} forsendelser slettet"


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


@shared_task
def rates_count() -> None:
    """Count the response rates of last night, list the receipt codes, and shuffle the envelopes."""
    with job_run("rates_count") as tally:
        counted, listed = rates.rates_count(), receipts.lists_make()
        if counted or listed:
            closing.envelopes_shuffle()
        tally.done = max(counted, listed)
        tally.summary = f"{counted} måling talt, kvitteringer listet for {listed}"


@shared_task
def waves_close() -> None:
    """Close the surveys whose time has come."""
    with job_run("waves_close") as tally:
        tally.done = closing.waves_close()
        tally.summary = f"{tally.done} lukket"


@shared_task
def waves_count() -> None:
    """Open the envelopes of closed surveys, write what may be shown, destroy the rest."""
    with job_run("waves_count") as tally:
        failed: Exception | None = None
        for wave in closing.waves_to_count():
            try:
                tally.done += closing.wave_count(wave) is not None
            except (closing.AuditIsRed, KeyMissing) as error:
                failed = error  # HR has been told; the others are counted all the same
        tally.summary = f"{tally.done} talt op"
        if failed is not None:
            raise failed


@shared_task
def key_holders_remind() -> None:
    """Remind the key holders of a closed survey once a day, until two have given their parts."""
    with job_run("key_holders_remind") as tally:
        tally.done = trustees.holders_remind()
        tally.summary = f"{tally.done} nøgleholdere mindet om det"


@shared_task
def releases_publish() -> None:
    """Release the approved reports at the minute that was set."""
    with job_run("releases_publish") as tally:
        tally.done = release.releases_publish_due()
        tally.summary = f"{tally.done} frigivet"


@shared_task
def reports_make() -> None:
    """Make the Danish reports of counted surveys as files, before anybody asks for them."""
    with job_run("reports_make") as tally:
        tally.done = report_files.reports_make(tally.progress)
        tally.summary = f"{tally.done} rapporter lavet som PDF"
