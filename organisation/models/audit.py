"""Append-only traces: who changed what, and who read what."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One deed. Detail holds ids, names of settings and states: never an answer or free text."""

    at = models.DateTimeField(_("tidspunkt"))
    actor = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    played = models.BooleanField(_("spillet af demonstrationen"), default=False)
    verb = models.CharField(_("handling"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(
        "organisation.WorkEnvironmentGroup",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the trio whose dialogue or plan it is about",
    )
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("spor")
        verbose_name_plural = _("spor")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["-at"], name="audit_newest"),
        ]
        triggers = [pgtrigger.Protect(name="audit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class OneTimeLink(models.Model):
    """A link that logs one person in once, for the first HR user of a new installation. Stored hashed."""

    person = models.ForeignKey("organisation.Person", on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(unique=True, max_length=32)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.person_id}"


class SeenAssertion(models.Model):
    """A SAML assertion that somebody logged in with, until it expires: none is accepted twice."""

    digest = models.BinaryField(unique=True, max_length=32)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"assertion until {self.until:%Y-%m-%d %H:%M}"
