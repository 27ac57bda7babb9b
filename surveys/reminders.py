"""Reminders without a list: every invited person is handled alike, sent to or passed by in silence.

The run looks up each pseudonym in memory, sends or not, and marks the row handled either way. Nothing that is kept
tells the two apart: the code is the one of the invitation, made again from the key file
(docs/decisions/0021-reminders-and-codes.md).

Only e-mail and SMS: letters printed for those who have not answered would be their list. Whoever has a letter, the
tablet, paper or Digital Post is reminded by posters and by word of mouth, or HR prints the letters of everybody again.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from organisation import channels, clock, notices, post
from organisation.campaigns import milestones_of
from organisation.models import Person
from surveys import answering, codes, keys, tickets
from surveys.models import ReminderDuty, Wave

MILESTONES = ("reminder_1", "reminder_2")
BATCH = 500


def reminders_prepare() -> int:
    """A duty for everybody invited, once the day of a reminder has come. Returns how many waves got theirs."""
    prepared = 0
    for wave in _open_waves():
        schedule = milestones_of(wave.campaign)
        for key in MILESTONES:
            stone = schedule.get(key)
            if stone is None or stone.starts_moment > clock.now():
                continue
            if timezone.localdate(stone.starts_moment) < clock.today() and _missed(wave, key):
                continue
            if ReminderDuty.objects.filter(ticket__wave=wave, milestone=key).exists():
                continue
            reached = wave.tickets.filter(channel__in=Person.SENT_BY_US).exclude(invited_on=None)
            invited = reached.values_list("pk", flat=True)
            with transaction.atomic():
                ReminderDuty.objects.bulk_create(
                    [ReminderDuty(ticket_id=pk, milestone=key) for pk in invited],
                    ignore_conflicts=True,
                    batch_size=5000,
                )
            prepared += 1
    return prepared


def _missed(wave: Wave, key: str) -> bool:
    """After a week of being off one reminder goes out, not two at once: a later one that is due stands for this."""
    later = MILESTONES[MILESTONES.index(key) + 1 :]
    schedule = milestones_of(wave.campaign)
    return any(name in schedule and schedule[name].starts_moment <= clock.now() for name in later)


def _open_waves() -> list[Wave]:
    return list(
        Wave.objects.filter(state=Wave.State.OPEN, kind=Wave.Kind.MAIN, closes_at__gt=clock.now()).select_related(
            "campaign"
        )
    )


def reminders_send() -> int:
    """Handle what is due, outside the quiet hours. Returns how many were handled, never how many got one."""
    if notices.is_quiet(clock.now()):
        return 0
    handled = 0
    for wave in _open_waves():
        secret = codes.secret_of(wave)
        while batch := _claim(wave):
            silent = answering.pseudonyms_present(
                wave=wave, pseudonyms=[keys.pseudonym(wave, duty.ticket.placement.person_id) for duty in batch]
            )
            # Whose address has failed was noted at other times than here, so it does not depend on who has answered.
            faults = channels.faults_of([duty.ticket.placement.person_id for duty in batch])
            post.deliver_many(
                [
                    tickets.reminder(wave, duty.ticket, tickets.way_in(secret, duty.ticket))
                    for duty in batch
                    if keys.pseudonym(wave, duty.ticket.placement.person_id) not in silent
                    and duty.ticket.channel not in faults.get(duty.ticket.placement.person_id, ())
                    and duty.ticket.link_hash  # none: a new way in is on its way, asked for by the person
                ],
                marks=False,  # only who has not answered is written to: a mark made here would tell it
            )
            handled += len(batch)
    return handled


def _claim(wave: Wave) -> list[ReminderDuty]:
    """Take up to 500 duties and mark them handled at once, all alike.

    A worker that dies leaves some of its batch without the message. That is chosen: marking people one by one as
    their message goes would put those who are passed by apart from the others.
    """
    with transaction.atomic():
        batch = list(
            ReminderDuty.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(ticket__wave=wave, handled=False)
            .select_related("ticket__placement__person")
            .order_by("pk")[:BATCH]
        )
        ReminderDuty.objects.filter(pk__in=[duty.pk for duty in batch]).update(handled=True)
    return batch
