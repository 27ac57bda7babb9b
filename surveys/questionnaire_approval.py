"""KommuneMED's approval of a version, and telling HR in good time that it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation import access, clock
from organisation.audit import audit
from organisation.models import Person, Role, StoredFile
from organisation.notices import Draft, in_language_of, not_yet_queued, queue
from surveys.models import Approval, Questionnaire, Wave
from surveys.questionnaire_checks import Problem, problems_of
from surveys.questionnaire_data import content_digest, questionnaire_dump

MINUTES_BYTES = 10 * 1024 * 1024
TOLD_FROM = timedelta(days=42)  # before opening: on HR's task list
MAILED = (28, 21, 14, 7, 5, 4, 3, 2, 1)  # days before opening


@dataclass(frozen=True)
class Standing:
    """How far a version is: what is wrong with it, and whether KommuneMED has approved what it now says."""

    problems: list[Problem]
    approval: Approval | None
    changed: bool  # the content is another than what was approved

    @property
    def approved(self) -> bool:
        return self.approval is not None and not self.changed

    @property
    def ready(self) -> bool:
        return self.approved and not self.problems


def standing_of(questionnaire: Questionnaire) -> Standing:
    data = questionnaire_dump(questionnaire)
    approval = questionnaire.approvals.select_related("recorded_by", "minutes_file").first()
    changed = approval is not None and approval.content != content_digest(data)
    return Standing(problems_of(data), approval, changed)


def approval_record(
    *,
    questionnaire: Questionnaire,
    committee: str,
    approved_by: str,
    approved_on: Any,
    minutes: str,
    file: bytes | None,
    by: Person | None,
) -> Approval:
    """Put the committee's word on record. Raises ValidationError for a file that is no PDF or too large."""
    if file is not None and len(file) > MINUTES_BYTES:
        raise ValidationError({"file": _("Filen må højst fylde 10 MB.")})
    if file is not None and not file.startswith(b"%PDF-"):
        raise ValidationError({"file": _("Vælg referatet som PDF.")})
    with transaction.atomic():
        stored = None
        if file is not None:
            stored = StoredFile.objects.create(content_type="application/pdf", data=file, stored_on=clock.today())
        approval = Approval.objects.create(
            questionnaire=questionnaire,
            committee=committee,
            approved_by=approved_by,
            approved_on=approved_on,
            minutes=minutes,
            minutes_file=stored,
            content=content_digest(questionnaire_dump(questionnaire)),
            recorded_by=by,
            recorded_at=clock.now(),
        )
        audit("questionnaire_approved", questionnaire, actor=by, on=str(approved_on))
    return approval


# --- in good time -------------------------------------------------------------------------------------------------


def wants(wave: Wave) -> str:
    """What HR must still do before the survey opens, in one sentence; empty when all is done."""
    standing = standing_of(wave.questionnaire)
    if standing.problems:
        return _("Spørgeskemaet har fejl og kan ikke åbne, før de er rettet.")
    if standing.approval is None:
        return _("KommuneMEDs godkendelse af spørgeskemaet er ikke skrevet ind.")
    if standing.changed:
        return _("Spørgeskemaet er ændret, efter at KommuneMED godkendte det.")
    return ""


def hr_warn() -> int:
    """Remind HR, weekly from four weeks before opening and daily in the last days. Returns how many were written to."""
    told = 0
    planned = Wave.objects.filter(state=Wave.State.PLANNED, kind=Wave.Kind.MAIN).select_related("questionnaire")
    for wave in planned:
        left = (timezone.localdate(wave.opens_at) - clock.today()).days
        if left not in MAILED:
            continue
        drafts = []
        for role in Role.objects.filter(access.active_on_today(), kind=Role.Kind.HR).select_related("person"):
            with in_language_of(role.person):
                sentence = wants(wave)
                if sentence:
                    drafts.append(_draft(wave, role.person, sentence, left))
        drafts = not_yet_queued(drafts)
        queue(drafts)
        told += len(drafts)
    return told


def _draft(wave: Wave, person: Person, sentence: str, left: int) -> Draft:
    url = settings.BASE_URL + reverse(
        "surveys:questionnaire_edit", args=[wave.questionnaire.key, wave.questionnaire.version]
    )
    body = _("%(sentence)s Målingen åbner om %(left)d dage.\n\nSe, hvad der mangler: %(url)s") % {
        "sentence": sentence,
        "left": left,
        "url": url,
    }
    return Draft(
        key=f"questionnaire:{wave.pk}:{left}:{person.pk}",
        person=person,
        kind="questionnaire",
        subject=_("Spørgeskemaet er ikke klar"),
        body=body,
    )
