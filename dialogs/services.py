"""What happens to a trivselsdialog: it is opened, gets a date, is held, and ends in agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dialogs import messages
from dialogs.guide import TOPICS
from dialogs.models import Agreement, Dialogue
from organisation import clock, notices
from organisation.audit import audit
from organisation.cpr import no_cpr
from organisation.models import Campaign, CampaignUnit, Person
from surveys.models import Release, Wave


@dataclass(frozen=True)
class AgreementDraft:
    """One agreement as written at the meeting. `uuid` names the row it replaces; None is a new one."""

    text: str
    topic: str = ""
    owner: str = ""
    uuid: UUID | None = None


def dialogues_open() -> int:
    """Open one dialogue for every trio of the campaigns whose report is out. Returns how many are new."""
    out = Campaign.objects.filter(waves__kind=Wave.Kind.MAIN, waves__releases__state=Release.State.RELEASED).distinct()
    return sum(_open_in(campaign) for campaign in out)


@transaction.atomic
def _open_in(campaign: Campaign) -> int:
    units: dict[int, list[int]] = {}
    taken = Dialogue.objects.filter(campaign=campaign).values("group_id")
    for group_id, unit_id in (
        CampaignUnit.objects.filter(campaign=campaign, unit__work_environment_group__isnull=False)
        .exclude(unit__work_environment_group__in=taken)
        .order_by("unit__work_environment_group", "position")
        .values_list("unit__work_environment_group_id", "pk")
    ):
        units.setdefault(group_id, []).append(unit_id)
    if not units:
        return 0
    # Two workers at once: the unique constraint lets one of them win each trio.
    Dialogue.objects.bulk_create(
        [Dialogue(campaign=campaign, group_id=group_id) for group_id in units], ignore_conflicts=True, batch_size=1000
    )
    opened = dict(Dialogue.objects.filter(campaign=campaign, group__in=units).values_list("group_id", "pk"))
    through = Dialogue.units.through
    through.objects.bulk_create(
        [
            through(dialogue_id=opened[group_id], campaignunit_id=unit_id)
            for group_id, unit_ids in units.items()
            for unit_id in unit_ids
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )
    audit("dialogues_opened", campaign, actor=None, count=len(units))
    return len(units)


@transaction.atomic
def dialogue_plan(
    *, dialogue: Dialogue, planned_at: datetime, place: str, facilitator: str = "", by: Person
) -> Dialogue:
    """Set or move the date, and invite everybody employed in the units. Raises ValidationError."""
    dialogue = Dialogue.objects.select_for_update().get(pk=dialogue.pk)
    if dialogue.state == Dialogue.State.HELD:
        raise ValidationError(_("Dialogen er holdt. Datoen kan ikke flyttes."), code="held")
    if planned_at < clock.now():
        raise ValidationError({"date": _("Vælg et tidspunkt, der ikke er passeret.")})
    no_cpr(place, facilitator)
    news = (dialogue.planned_at, dialogue.place) != (planned_at, place)
    moved = dialogue.state == Dialogue.State.PLANNED
    dialogue.state = Dialogue.State.PLANNED
    dialogue.planned_at, dialogue.place, dialogue.facilitator = planned_at, place, facilitator
    dialogue.full_clean(exclude=["units"])
    dialogue.save(update_fields=["state", "planned_at", "place", "facilitator"])
    audit("dialogue_planned", dialogue, actor=by, group=dialogue.group, on=planned_at.isoformat(), moved=moved)
    if news:
        # Those who were never told the old date need not hear it now.
        notices.withdraw(messages.invitation_key(dialogue))
        notices.queue(messages.invitations(dialogue, moved=moved))
    return dialogue


@transaction.atomic
def dialogue_hold(
    *,
    dialogue: Dialogue,
    held_on: date,
    participants: int | None,
    topics: Sequence[str],
    agreements: Sequence[AgreementDraft],
    by: Person,
) -> Dialogue:
    """Record that the dialogue was held, or correct the record. Raises ValidationError.

    An agreement that a handleplan was made from stays, whatever the list says: nothing agreed gets lost.
    """
    dialogue = Dialogue.objects.select_for_update().get(pk=dialogue.pk)
    if held_on > clock.today():
        raise ValidationError({"held_on": _("Skriv datoen, når mødet er holdt. Den ligger i fremtiden.")})
    if unknown := set(topics) - set(TOPICS):
        raise ValidationError({"topics": _("Ukendt emne: %(topic)s") % {"topic": ", ".join(sorted(unknown))}})
    first_time = dialogue.state != Dialogue.State.HELD
    dialogue.state = Dialogue.State.HELD
    dialogue.held_on, dialogue.participants, dialogue.topics = held_on, participants, list(topics)
    dialogue.full_clean(exclude=["units"])
    dialogue.save(update_fields=["state", "held_on", "participants", "topics"])
    _write_agreements(dialogue, agreements)
    audit(
        "dialogue_held",
        dialogue,
        actor=by,
        group=dialogue.group,
        on=held_on.isoformat(),
        agreements=len(agreements),
    )
    if first_time:
        notices.withdraw(messages.invitation_key(dialogue))
        notices.queue(messages.summaries(dialogue))
    return dialogue


def _write_agreements(dialogue: Dialogue, drafts: Sequence[AgreementDraft]) -> None:
    known = {agreement.uuid: agreement for agreement in dialogue.agreements.all()}
    named = {draft.uuid for draft in drafts if draft.text and draft.uuid}
    dialogue.agreements.filter(plans__isnull=True).exclude(uuid__in=named).delete()
    order = max((agreement.order for agreement in known.values()), default=0)
    for draft in drafts:
        if not draft.text:
            continue
        no_cpr(draft.text, draft.owner)
        agreement = known.get(draft.uuid) if draft.uuid else None
        if agreement is None:
            order += 1
            agreement = Agreement(dialogue=dialogue, order=order)
        agreement.text, agreement.topic, agreement.owner = draft.text, draft.topic, draft.owner
        agreement.full_clean(exclude=["dialogue"])
        agreement.save()
