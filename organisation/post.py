"""The last step out of the house: e-mail, SMS and letters, and the demonstration's stand-ins for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from organisation import channels, clock
from organisation.models import DemoMessage, Person


class AddressRefused(Exception):
    """The address is none, says whoever takes the message on. The person's channel is marked; HR sees which people."""


class ChannelUnavailable(Exception):
    """This installation has no gateway for the channel, or the person has no address on it."""


@dataclass(frozen=True)
class Letter:
    """One message on its way out, on one channel."""

    person: Person
    channel: str
    subject: str
    body: str


def deliver(
    *,
    person: Person,
    channel: str,
    subject: str,
    body: str,
    connection: BaseEmailBackend | None = None,
    marks: bool = True,
) -> None:
    """Send one message now. Raises ChannelUnavailable, AddressRefused, or whatever the gateway raises.

    Stores nothing but that an address is bad (not where `marks` is False), and never of which message.
    """
    try:
        _hand_over(person, channel, subject, body, connection)
    except AddressRefused:
        if marks:
            channels.fault_note(person, channel)
        raise


def _hand_over(person: Person, channel: str, subject: str, body: str, connection: BaseEmailBackend | None) -> None:
    if channel == Person.Channel.EMAIL:
        if not person.email:
            raise ChannelUnavailable("Personen har ingen e-mailadresse.")
        try:
            send_mail(subject, body, None, [person.email], connection=connection)
        except SMTPRecipientsRefused as error:
            if all(500 <= code < 600 for code, _text in error.recipients.values()):
                raise AddressRefused from error
            raise
        return
    gateway = settings.SMS_GATEWAY if channel == Person.Channel.SMS else settings.LETTER_GATEWAY
    if not gateway:
        raise ChannelUnavailable("Der er ikke sat en udbyder op til kanalen.")
    import_string(gateway)(person=person, subject=subject, body=body)


def deliver_many(letters: Sequence[Letter], *, marks: bool = True) -> list[Exception | None]:
    """Send many messages over one mail connection. Returns for each what went wrong, or None.

    `marks=False`: bad addresses are not marked, where a mark would tell who was written to.
    """
    outcomes: list[Exception | None] = []
    connection = get_connection()
    connection.open()
    try:
        for letter in letters:
            try:
                deliver(
                    person=letter.person,
                    channel=letter.channel,
                    subject=letter.subject,
                    body=letter.body,
                    connection=connection,
                    marks=marks,
                )
            except Exception as error:  # whatever a gateway raises: the caller writes it down
                outcomes.append(error)
                connection.close()  # the next message opens it anew
            else:
                outcomes.append(None)
    finally:
        connection.close()
    return outcomes


class DemoMailBackend(BaseEmailBackend):
    """Mail goes to the demonstration's inbox page; between open() and close() in one go."""

    _kept: list[DemoMessage] | None = None

    def open(self) -> bool:
        self._kept = []
        return True

    def close(self) -> None:
        self._write(self._kept or [])
        self._kept = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            DemoMessage(
                channel=Person.Channel.EMAIL,
                address=address,
                subject=str(message.subject)[:200],
                body=str(message.body),
                sent_at=clock.now(),
            )
            for message in email_messages
            for address in message.to
        ]
        if self._kept is None:
            self._write(rows)
        else:
            self._kept.extend(rows)
        return len(email_messages)

    def _write(self, rows: list[DemoMessage]) -> None:
        found = Person.objects.filter(email__in={row.address.lower() for row in rows}) if rows else []
        people = {person.email: person for person in found}
        for row in rows:
            row.person = people.get(row.address.lower())
        DemoMessage.objects.bulk_create(rows, batch_size=1000)


def demo_sms(*, person: Person, subject: str, body: str) -> None:
    DemoMessage.objects.create(
        channel=Person.Channel.SMS,
        person=person,
        address=person.mobile,
        subject=subject,
        body=body,
        sent_at=clock.now(),
    )


def demo_letter(*, person: Person, subject: str, body: str) -> None:
    DemoMessage.objects.create(
        channel=Person.Channel.LETTER,
        person=person,
        address=person.name,
        subject=subject,
        body=body,
        sent_at=clock.now(),
    )
