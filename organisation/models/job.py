"""What the background jobs did, for HR to see."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One run of one sweep that did something or failed. Summary holds counts, never people or answers."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("I gang")
        DONE = "done", _("Udført")
        FAILED = "failed", _("Fejlet")

    name = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.RUNNING)
    summary = models.CharField(max_length=300, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("jobkørsel")
        verbose_name_plural = _("jobkørsler")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.name
