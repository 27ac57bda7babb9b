"""When the jobs look. Beat only says «look now»; every business date is a milestone of the campaign, set by HR.

Each job is a sweep: it may run twice, die half-way, or catch up after a week of being off.
The demonstration's clock runs the same jobs, in this order, for every day that it passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab


@dataclass(frozen=True)
class Sweep:
    """One job: its task, how often production looks, and why it exists."""

    task: str
    every: Any  # seconds, or a crontab in Copenhagen time
    why: str
    nightly: bool = False
    background: bool = False  # long and waited for by nobody: the demonstration's clock does not stand still for it


NIGHTLY = crontab(hour="2", minute="15")

SWEEPS = [
    Sweep("organisation.tasks.campaign_freeze", 300, "Organisationen fryses på den dag, HR har sat."),
    Sweep("organisation.tasks.imports_sweep", 900, "En import, der gik i stå, tages op igen."),
    Sweep("organisation.tasks.notices_send", 60, "Beskeder i udbakken sendes, når de er forfaldne."),
    Sweep("surveys.tasks.questionnaire_warn", 3600, "HR hører i god tid, hvis spørgeskemaet ikke er klar."),
    Sweep("surveys.tasks.waves_open", 60, "Spørgeskemaet åbner på det klokkeslæt, HR har sat."),
    Sweep("surveys.tasks.invitations_send", 60, "Alle inviterede med mail eller sms får deres personlige link."),
    Sweep(
        "surveys.tasks.mailings_make", 60, "Breve, papirskemaer og filer til Digital Post laves, når HR bestiller dem."
    ),
    Sweep("surveys.tasks.mailings_sweep", 900, "Filer med koder slettes, når de er hentet, eller efter en uge."),
    Sweep("surveys.tasks.reminders_prepare", 300, "Alle inviterede noteres på dagen for en påmindelse."),
    Sweep("surveys.tasks.reminders_send", 60, "Den, der ikke har svaret, mindes om det; ingen liste gemmes."),
    Sweep("surveys.tasks.rates_count", NIGHTLY, "Svarprocenten tælles én gang i døgnet, aldrig løbende.", nightly=True),
    Sweep("surveys.tasks.waves_close", 60, "Spørgeskemaet lukker på det klokkeslæt, HR har sat."),
    Sweep("surveys.tasks.waves_count", 120, "Kuverterne åbnes, tælles op og slettes, når målingen er lukket."),
    Sweep("surveys.tasks.key_holders_remind", 900, "Nøgleholderne mindes dagligt, når målingen er lukket."),
    Sweep("surveys.tasks.releases_publish", 60, "Godkendte rapporter frigives på det minut, der er sat."),
    Sweep(
        "surveys.tasks.reports_make",
        60,
        "Rapporterne laves som PDF, før nogen beder om dem.",
        background=True,
    ),
    Sweep("dialogs.tasks.dialogues_open", 120, "Hver trio får en trivselsdialog at planlægge, når rapporten er ude."),
    Sweep("dialogs.tasks.dialogue_date_nudges", 900, "Trioer uden dialogdato mindes om det på den dag, HR har sat."),
    Sweep("actionplans.tasks.activity_deadlines", 900, "Tovholdere hører om deadlines: før, på dagen og bagefter."),
    Sweep("actionplans.tasks.plan_nudges", 900, "Trioer uden underskrevet handleplan mindes om fristen."),
    Sweep("actionplans.tasks.plan_escalations", 900, "Lederens leder får listen over handleplaner, der mangler."),
    Sweep("trivsel.tasks.retention", NIGHTLY, "Det, der ikke må gemmes længere, slettes.", nightly=True),
]

HEARTBEAT_SECONDS = 5


def beat_schedule(*, demo: bool) -> dict[str, dict[str, Any]]:
    """The beat table. In the demonstration the sweeps run when the clock is moved and once a minute besides."""
    table: dict[str, dict[str, Any]] = {
        sweep.task: {"task": sweep.task, "schedule": sweep.every, "options": {"expires": 600}} for sweep in SWEEPS
    }
    table["trivsel.tasks.heartbeat"] = {
        "task": "trivsel.tasks.heartbeat",
        "schedule": HEARTBEAT_SECONDS,
        "options": {"expires": 30},
    }
    return table
