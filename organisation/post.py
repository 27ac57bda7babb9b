"""The last step out of the house: e-mail, SMS and letters, and the demonstration's stand-ins for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from organisation import clock
from organisation.models import DemoMessage, Person


class ChannelUnavailable(Exception):
    """This installation has no gateway for the channel, or the person has no address on it."""


def deliver(*, person: Person, channel: str, subject: str, body: str) -> None:
    """Send one message now. Raises ChannelUnavailable, or whatever the gateway raises; stores nothing itself."""
    if channel == Person.Channel.EMAIL:
        if not person.email:
            raise ChannelUnavailable("Personen har ingen e-mailadresse.")
        send_mail(subject, body, None, [person.email])
        return
    gateway = settings.SMS_GATEWAY if channel == Person.Channel.SMS else settings.LETTER_GATEWAY
    if not gateway:
        raise ChannelUnavailable("Der er ikke sat en udbyder op til kanalen.")
    import_string(gateway)(person=person, subject=subject, body=body)


class DemoMailBackend(BaseEmailBackend):
    """Mail goes to the demonstration's inbox page."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.to:
                DemoMessage.objects.create(
                    channel=Person.Channel.EMAIL,
                    person=Person.objects.filter(email=address.lower()).first(),
                    address=address,
                    subject=str(message.subject)[:200],
                    body=str(message.body),
                    sent_at=clock.now(),
                )
        return len(email_messages)


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
