"""The outbox: apps write rows, one sweep sends them. Quiet hours, weekends and holidays are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import holidays
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation

from organisation import channels, clock, post
from organisation.models import ChannelFault, Notice, Person

QUIET_FROM, QUIET_TO = time(20), time(7)
ATTEMPTS = 5
BATCH = 500


@dataclass(frozen=True)
class Draft:
    """One message to one person. `key` says what it is about; the same key is never sent twice."""

    key: str
    person: Person
    kind: str
    subject: str
    body: str
    urgent: bool = False
    channel: str = ""  # the person's first one, where nothing is said


@contextmanager
def in_language_of(person: Person) -> Iterator[None]:
    """Write to a person in the language they read, or in Danish where we have no catalogue."""
    known = {code for code, _name in settings.LANGUAGES}
    with translation.override(person.language if person.language in known else "da"):
        yield


def every_channel(person: Person) -> list[str]:
    """All ways to reach somebody now, for what cannot wait until a mail is read."""
    faults = channels.faults_of([person.pk]).get(person.pk, set())
    ways = [Person.Channel.EMAIL, *([Person.Channel.SMS] if settings.SMS_GATEWAY else [])]
    return [str(way) for way in ways if channels.can_use(person, way, faults)] or [str(person.channel)]


def queue(drafts: Iterable[Draft], *, due_at: datetime | None = None) -> int:
    """Put messages in the outbox; those already there stay as they are. Returns how many were offered."""
    due_at = due_at or clock.now()
    rows = [
        Notice(
            key=draft.key,
            person=draft.person,
            kind=draft.kind,
            channel=draft.channel or draft.person.channel,
            subject=draft.subject,
            body=draft.body,
            due_at=due_at,
            urgent=draft.urgent,
        )
        for draft in drafts
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def not_yet_queued(drafts: Iterable[Draft]) -> list[Draft]:
    """The messages whose key is not in the outbox: what a sweep that runs again still has to say."""
    drafts = list(drafts)
    known: set[str] = set()
    for start in range(0, len(drafts), 5000):
        keys = [draft.key for draft in drafts[start : start + 5000]]
        known.update(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    return [draft for draft in drafts if draft.key not in known]


def withdraw(key_prefix: str) -> int:
    """Take back messages that have not gone out, because what they say is no longer true. Returns how many."""
    gone, _ = Notice.objects.filter(key__startswith=key_prefix, state=Notice.State.QUEUED).delete()
    return gone


def is_quiet(moment: datetime) -> bool:
    """No messages 20:00-07:00, on weekends, public holidays or in July (domain.md 6.2)."""
    local = timezone.localtime(moment)
    return (
        not QUIET_TO <= local.time() < QUIET_FROM
        or local.weekday() >= 5
        or local.month == 7
        or local.date() in holidays.country_holidays("DK", years=local.year)
    )


def send_due() -> tuple[int, int]:
    """Send what is due. Each row is claimed by a conditional update, so two workers never send the same.

    Returns (sent, failed). A row claimed by a worker that died is taken up again after 10 minutes of real time.
    """
    now = clock.now()
    due = Notice.objects.filter(due_at__lte=now, attempts__lt=ATTEMPTS).filter(
        Q(state=Notice.State.QUEUED)
        | Q(state=Notice.State.FAILED)
        | Q(state=Notice.State.CLAIMED, claimed_at__lt=timezone.now() - timedelta(minutes=10))
    )
    if is_quiet(now):
        due = due.filter(urgent=True)
    sent = failed = 0
    batch = list(due.exclude(_stuck()).select_related("person").order_by("due_at", "pk")[:BATCH])
    faults = channels.faults_of({notice.person_id for notice in batch})
    for notice in batch:
        claimed = Notice.objects.filter(pk=notice.pk, state=notice.state, attempts=notice.attempts).update(
            state=Notice.State.CLAIMED, claimed_at=timezone.now(), attempts=notice.attempts + 1
        )
        if not claimed:
            continue
        try:
            channel = _deliver(notice, faults.setdefault(notice.person_id, set()))
        except Exception as error:
            failed += 1
            Notice.objects.filter(pk=notice.pk).update(state=Notice.State.FAILED, error=type(error).__name__)
        else:
            sent += 1
            Notice.objects.filter(pk=notice.pk).update(
                state=Notice.State.SENT, channel=channel, sent_at=clock.now(), error=""
            )
    return sent, failed


def _deliver(notice: Notice, faults: set[str]) -> str:
    """Send by the first way that works; returns which. Raises AddressRefused where none is left."""
    while way := channels.way_of_notice(notice.person, notice.channel, faults):
        try:
            post.deliver(person=notice.person, channel=way, subject=notice.subject, body=notice.body)
        except post.AddressRefused:
            faults.add(way)
        else:
            return way
    raise post.AddressRefused


def _stuck() -> Q:
    """No way was left to the person, and nobody has put the address right since: HR has them on a list."""
    fault = ChannelFault.objects.filter(person=OuterRef("person"), channel=OuterRef("channel"))
    return Q(Exists(fault), state=Notice.State.FAILED, error=post.AddressRefused.__name__)


def unreached() -> QuerySet[Person]:
    """People to whom a notice could not be brought by any way, with how many, for HR to find one."""
    return (
        Person.objects.filter(notices__state=Notice.State.FAILED, notices__error=post.AddressRefused.__name__)
        .annotate(unreached=Count("notices"))
        .order_by("name", "pk")
    )
