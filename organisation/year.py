"""The year's schedule as a proposal: what usually lies how many days from the day the survey opens.

HR sets every date by itself afterwards (`Milestone`); jobs look at those, never at this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction

from organisation.audit import audit
from organisation.models import Campaign, Milestone, Person

Key = Milestone.Key


@dataclass(frozen=True)
class Proposed:
    """One milestone, in days from the opening. `lasts`: days from the first to the last, None for a single day."""

    key: str
    title: str
    title_en: str
    after: int
    hour: int = 8
    lasts: int | None = None
    on_wheel: bool = False


YEAR = (
    Proposed(
        Key.MED_DAY,
        "Store MED-dag: den lokale proces planlægges",
        "The MED day: the local process is planned",
        -21,
        on_wheel=True,
    ),
    Proposed(Key.FREEZE, "Organisationen fryses", "The organisation is frozen", -7),
    Proposed(Key.SURVEY, "Spørgeskemaet er åbent", "The survey is open", 0, lasts=14, on_wheel=True),
    Proposed(
        Key.REMINDER_1,
        "Første påmindelse til dem, der ikke har svaret",
        "First reminder to those who have not answered",
        5,
    ),
    Proposed(
        Key.REMINDER_2,
        "Anden påmindelse til dem, der ikke har svaret",
        "Second reminder to those who have not answered",
        12,
    ),
    Proposed(Key.REPORTS, "Rapporterne frigives", "The reports are released", 27, on_wheel=True),
    Proposed(Key.WEBINAR_1, "Webinar: læs rapporten", "Webinar: reading the report", 27, hour=10),
    Proposed(Key.WEBINAR_2, "Webinar: trivselsdialogen", "Webinar: the well-being dialogue", 28, hour=10),
    Proposed(Key.WEBINAR_3, "Webinar: handleplaner", "Webinar: action plans", 33, hour=10),
    Proposed(
        Key.DIALOGUES,
        "Trivselsdialoger og opsamling",
        "Well-being dialogues and what came of them",
        33,
        lasts=50,
        on_wheel=True,
    ),
    Proposed(
        Key.IMPLEMENTATION,
        "Handleplanerne føres ud i livet",
        "The action plans are carried out",
        33,
        lasts=234,
        on_wheel=True,
    ),
    Proposed(Key.DIALOGUE_DATE_NUDGE, "Trioer uden dialogdato mindes om det", "Trios without a date are reminded", 44),
    Proposed(Key.PLAN_NUDGE_1, "Første påmindelse om handleplan", "First reminder about action plans", 69),
    Proposed(Key.PLAN_NUDGE_2, "Anden påmindelse om handleplan", "Second reminder about action plans", 79),
    Proposed(Key.PLAN_DEADLINE, "Frist for handleplaner", "Deadline for action plans", 83, on_wheel=True),
    Proposed(Key.EVALUATION, "Evaluering i MED", "Evaluation in MED", 115, lasts=60, on_wheel=True),
    Proposed(
        Key.PLAN_ESCALATION,
        "Manglende handleplaner går til lederens leder",
        "Missing action plans go one level up",
        131,
    ),
    Proposed(Key.NEXT_CYCLE, "Næste måling", "The next survey", 1071),
)


@transaction.atomic
def campaign_begin(
    *, name: str, year: int, opens_on: date, employed_by: date | None = None, by: Person | None = None
) -> Campaign:
    """A new campaign with every date proposed. Raises ValidationError on a year that has a campaign already."""
    campaign = Campaign(name=name, year=year, employed_by=employed_by)
    campaign.full_clean()
    campaign.save()
    Milestone.objects.bulk_create(
        Milestone(
            campaign=campaign,
            key=row.key,
            title=row.title,
            title_en=row.title_en,
            starts=opens_on + timedelta(days=row.after),
            at=time(row.hour),
            ends=None if row.lasts is None else opens_on + timedelta(days=row.after + row.lasts),
            on_wheel=row.on_wheel,
        )
        for row in YEAR
    )
    if by is not None:
        audit("campaign_begun", campaign, actor=by, year=year)
    return campaign
