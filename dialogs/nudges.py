"""Trios without a date are reminded when the milestone comes."""

from __future__ import annotations

from datetime import timedelta

from dialogs import messages
from dialogs.selectors import members_by_group, undated
from organisation import clock, notices
from organisation.models import Milestone

# A system that was off may be this late; later than that the moment is gone.
LATEST = timedelta(days=14)


def date_nudges_queue() -> int:
    """Remind every trio that has no date once the milestone is reached. Returns how many messages are new."""
    now = clock.now()
    new = 0
    for due in Milestone.objects.filter(key=Milestone.Key.DIALOGUE_DATE_NUDGE).select_related("campaign"):
        if not due.starts_moment <= now < due.starts_moment + LATEST:
            continue
        dialogues = list(undated(due.campaign))
        members = members_by_group([dialogue.group_id for dialogue in dialogues])
        drafts = notices.not_yet_queued(
            draft
            for dialogue in dialogues
            for draft in messages.date_nudges(dialogue, members.get(dialogue.group_id, []), milestone_id=due.pk)
        )
        notices.queue(drafts)
        new += len(drafts)
    return new
