"""Jobs of the handleplaner."""

from celery import shared_task

from actionplans import reminders
from organisation.jobs import job_run


@shared_task
def activity_deadlines() -> None:
    """Tell tovholdere about deadlines that are near, due or passed."""
    with job_run("activity_deadlines") as tally:
        tally.done = reminders.deadline_notices_queue()
        tally.summary = f"{tally.done} beskeder om deadlines lagt i udbakken"


@shared_task
def plan_nudges() -> None:
    """Remind trios that lack a plan or a signature."""
    with job_run("plan_nudges") as tally:
        tally.done = reminders.plan_nudges_queue()
        tally.summary = f"{tally.done} påmindelser om handleplan lagt i udbakken"


@shared_task
def plan_escalations() -> None:
    """Tell the leader's leader which trios still have no signed plan."""
    with job_run("plan_escalations") as tally:
        tally.done = reminders.escalations_queue()
        tally.summary = f"{tally.done} ledere har fået listen over manglende handleplaner"
