"""The outbox: everything the product says to people outside its pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.person import Person


class Notice(models.Model):
    """One message to one person, once: the unique key says what it is about. Never carries results or codes."""

    class State(models.TextChoices):
        QUEUED = "queued", _("I kø")
        CLAIMED = "claimed", _("Sendes")
        SENT = "sent", _("Sendt")
        FAILED = "failed", _("Fejlet")

    key = models.CharField(max_length=160, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Person.Channel.choices)
    subject = models.CharField(max_length=160)
    body = models.TextField()
    due_at = models.DateTimeField()
    urgent = models.BooleanField(default=False, help_text="danger alerts are exempt from the quiet hours")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("besked")
        verbose_name_plural = _("beskeder")
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="notice_queued_by_due"),
        ]

    def __str__(self) -> str:
        return self.key


class DemoMessage(models.Model):
    """What the demonstration «sent»: every mail, SMS and letter, shown in its inbox. Empty elsewhere."""

    channel = models.CharField(max_length=8, choices=Person.Channel.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
