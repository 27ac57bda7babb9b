"""Ways in that leave the house as a file: letters to print, paper forms, an export for a Digital Post provider."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.wave import Wave


class Mailing(models.Model):
    """One order of HR's: for a unit with everything below it, or (without `unit`) for the whole municipality.

    It is made part by part in the background. Its files hold codes, so they are sealed with a key from the wave's key
    file and live a few days at most.
    """

    class Kind(models.TextChoices):
        LETTERS = "letters", _("Breve")
        PAPER = "paper", _("Papirskemaer")
        DIGITAL_POST = "digital", _("Fil til Digital Post")

    class State(models.TextChoices):
        MAKING = "making", _("Laves")
        READY = "ready", _("Klar")
        FAILED = "failed", _("Fejlet")
        GONE = "gone", _("Slettet")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(_("hvad"), max_length=8, choices=Kind.choices)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(_("sprog"), max_length=8, blank=True, help_text="of paper forms")
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.MAKING)
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("bestilt"))
    fetched_on = models.DateField(_("hentet første gang"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="real time, of the worker that makes it")

    class Meta:
        verbose_name = _("forsendelse")
        verbose_name_plural = _("forsendelser")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.uuid)


class MailingPart(models.Model):
    """One file of a mailing. Whom it is for is fixed with the order, so that a restart goes on where it was."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    subjects = ArrayField(
        models.BigIntegerField(), help_text="ids of tickets; for paper, of the unit that each form counts in"
    )
    count = models.PositiveIntegerField(default=0, help_text="letters, forms or rows in the file")
    made = models.BooleanField(default=False)
    file = models.OneToOneField(
        "organisation.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "number"], name="mailing_part_once"),
            models.CheckConstraint(
                name="mailing_part_has_a_file_only_when_made", condition=Q(file__isnull=True) | Q(made=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}:{self.number}"


class PaperForm(models.Model):
    """One printed questionnaire: a random code, known as its hash, and the unit that it counts in. Nobody's name.

    Nothing is written here when it is typed in.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="paper_forms")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return f"paper form {self.pk}"
