"""What was deleted when, and what people ask about the data held on them."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Deletion(models.Model):
    """One run of one retention rule that deleted something: which rule, when, how many. Never what."""

    rule = models.SlugField(_("regel"), max_length=24)
    at = models.DateTimeField(_("tidspunkt"))
    count = models.PositiveIntegerField(_("antal"))

    class Meta:
        verbose_name = _("sletning")
        verbose_name_plural = _("sletninger")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["rule", "-at"], name="deletion_rule_newest")]
        constraints = [models.CheckConstraint(name="deletion_deleted_something", condition=Q(count__gte=1))]
        triggers = [pgtrigger.Protect(name="deletion_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rule}: {self.count}"


class DataRequest(models.Model):
    """Somebody asks HR to correct or erase what is held about them (GDPR art. 16 and 17)."""

    class State(models.TextChoices):
        ASKED = "asked", _("Venter på HR")
        DONE = "done", _("Rettet")
        REFUSED = "refused", _("Ikke rettet")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey("organisation.Person", on_delete=models.CASCADE, related_name="data_requests")
    text = models.CharField(_("hvad er forkert, og hvad skal der stå?"), max_length=500)
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("bedt om"))
    reply = models.CharField(_("svar"), max_length=500, blank=True)
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("besvaret"), null=True, blank=True)

    class Meta:
        verbose_name = _("anmodning om egne data")
        verbose_name_plural = _("anmodninger om egne data")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="data_request_is_answered_by_somebody_with_a_reply",
                condition=Q(state="asked") | (Q(by__isnull=False, answered_at__isnull=False) & ~Q(reply="")),
                violation_error_message=_("Skriv et svar til medarbejderen."),
            ),
            models.CheckConstraint(name="data_request_says_what", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
