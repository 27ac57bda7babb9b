"""Trivselsmåling og APV 2026: every date and period of the year (domain.md 6.2) and its one survey."""

from __future__ import annotations

from datetime import date

from organisation.models import Campaign, Milestone
from organisation.year import campaign_begin
from surveys.languages import language_approve
from surveys.master.apv2026 import MASTER
from surveys.models import Questionnaire, Wave
from surveys.questionnaire_approval import approval_record
from surveys.questionnaires import questionnaire_load
from trivsel.demo.cast import cast_people
from trivsel.demo.municipality import EMPLOYED_BY

REVIEWERS = {
    "pl": "Agnieszka Nowicka, tolk",
    "uk": "Oksana Melnyk, tolk",
    "ar": "Rania Haddad, tolk",
}


def campaign_make() -> tuple[Campaign, Questionnaire]:
    """The campaign with its schedule, questionnaire and survey."""
    campaign = campaign_begin(
        name="Trivselsmåling og APV 2026", year=2026, opens_on=date(2026, 4, 8), employed_by=EMPLOYED_BY
    )
    survey = campaign.milestones.get(key=Milestone.Key.SURVEY)
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
    approval_record(
        questionnaire=questionnaire,
        committee="KommuneMED",
        approved_by="Forperson og næstforperson",
        approved_on=date(2026, 2, 25),
        minutes="KommuneMED 25. februar 2026, punkt 4",
        file=None,
        by=None,
    )
    return campaign, questionnaire
