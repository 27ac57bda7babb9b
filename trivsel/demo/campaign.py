"""Trivselsmåling og APV 2026: every date and period of the year (domain.md 6.2) and its one survey."""

from __future__ import annotations

from datetime import date, time

from organisation.models import Campaign, Milestone
from surveys.languages import language_approve
from surveys.master.apv2026 import MASTER
from surveys.models import Questionnaire, Wave
from surveys.questionnaires import questionnaire_load
from trivsel.demo.cast import cast_people
from trivsel.demo.municipality import EMPLOYED_BY

Key = Milestone.Key
# key, Danish, English, first day, hour, last day, on the wheel
DATES: tuple[tuple[str, str, str, str, int, str, bool], ...] = (
    (
        Key.MED_DAY,
        "Store MED-dag: den lokale proces planlægges",
        "The MED day: the local process is planned",
        "2026-03-18",
        8,
        "",
        True,
    ),
    (Key.FREEZE, "Organisationen fryses", "The organisation is frozen", "2026-04-01", 8, "", False),
    (Key.SURVEY, "Spørgeskemaet er åbent", "The survey is open", "2026-04-08", 8, "2026-04-22", True),
    (
        Key.REMINDER_1,
        "Første påmindelse til dem, der ikke har svaret",
        "First reminder to those who have not answered",
        "2026-04-13",
        8,
        "",
        False,
    ),
    (
        Key.REMINDER_2,
        "Anden påmindelse til dem, der ikke har svaret",
        "Second reminder to those who have not answered",
        "2026-04-20",
        8,
        "",
        False,
    ),
    (Key.REPORTS, "Rapporterne frigives", "The reports are released", "2026-05-05", 8, "", True),
    (Key.WEBINAR_1, "Webinar: læs rapporten", "Webinar: reading the report", "2026-05-05", 10, "", False),
    (Key.WEBINAR_2, "Webinar: trivselsdialogen", "Webinar: the trivselsdialog", "2026-05-06", 10, "", False),
    (Key.WEBINAR_3, "Webinar: handleplaner", "Webinar: handleplaner", "2026-05-11", 10, "", False),
    (
        Key.DIALOGUES,
        "Trivselsdialoger og opsamling",
        "Trivselsdialoger and their follow-up",
        "2026-05-11",
        8,
        "2026-06-30",
        True,
    ),
    (
        Key.IMPLEMENTATION,
        "Handleplanerne føres ud i livet",
        "The handleplaner are carried out",
        "2026-05-11",
        8,
        "2026-12-31",
        True,
    ),
    (
        Key.DIALOGUE_DATE_NUDGE,
        "Trioer uden dialogdato mindes om det",
        "Trios without a date are reminded",
        "2026-05-22",
        8,
        "",
        False,
    ),
    (
        Key.PLAN_NUDGE_1,
        "Første påmindelse om handleplan",
        "First reminder of the handleplan",
        "2026-06-16",
        8,
        "",
        False,
    ),
    (
        Key.PLAN_NUDGE_2,
        "Anden påmindelse om handleplan",
        "Second reminder of the handleplan",
        "2026-06-26",
        8,
        "",
        False,
    ),
    (Key.PLAN_DEADLINE, "Frist for handleplaner", "Deadline for handleplaner", "2026-06-30", 8, "", True),
    (Key.EVALUATION, "Evaluering i MED", "Evaluation in MED", "2026-08-01", 8, "2026-09-30", True),
    (
        Key.PLAN_ESCALATION,
        "Manglende handleplaner går til lederens leder",
        "Missing handleplaner go one level up",
        "2026-08-17",
        8,
        "",
        False,
    ),
    (Key.NEXT_CYCLE, "Næste måling", "The next survey", "2029-03-14", 8, "", False),
)


REVIEWERS = {
    "pl": "Agnieszka Nowicka, tolk",
    "uk": "Oksana Melnyk, tolk",
    "ar": "Rania Haddad, tolk",
}


def campaign_make() -> tuple[Campaign, Questionnaire]:
    """The campaign with its schedule, questionnaire and survey."""
    campaign = Campaign.objects.create(
        name="Trivselsmåling og APV 2026",
        year=2026,
        approved_on=date(2026, 2, 25),
        approved_minutes="KommuneMED 25. februar 2026, punkt 4",
        employed_by=EMPLOYED_BY,
    )
    for key, title, title_en, starts, hour, ends, on_wheel in DATES:
        Milestone.objects.create(
            campaign=campaign,
            key=key,
            title=title,
            title_en=title_en,
            starts=date.fromisoformat(starts),
            at=time(hour),
            ends=date.fromisoformat(ends) if ends else None,
            on_wheel=on_wheel,
        )
    survey = campaign.milestones.get(key=Key.SURVEY)
    questionnaire = questionnaire_load(MASTER)
    Wave.objects.create(
        campaign=campaign,
        questionnaire=questionnaire,
        opens_at=survey.starts_moment,
        closes_at=survey.ends_moment,
        naming=Wave.Naming.OPTIONAL,
        key_mode=Wave.KeyMode.AUTOMATIC,
    )
    # Invented reviewers: a real municipality's languages stay unoffered until real people have read them.
    for code, reviewer in REVIEWERS.items():
        language_approve(questionnaire=questionnaire, code=code, by=cast_people()["hr"], reviewer=reviewer)
    return campaign, questionnaire
