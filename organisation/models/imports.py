"""What HR imports: the import itself, the remembered columns of a payroll extract, and what HR corrected by hand."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One upload of the organisation, from reading to undo.

    The uploaded file itself is never kept: `tables` holds its cells, cleaned of anything like a CPR number, until the
    import is applied. `preview` holds the names of the preview, `reverse` what an undo needs. All three are removed
    after 30 days at the latest; the counts stay.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", _("Vælg kolonner")
        READING = "reading", _("Gennemgås")
        READY = "ready", _("Klar til at se igennem")
        QUEUED = "queued", _("Indlæses")
        APPLIED = "applied", _("Indlæst")
        UNDONE = "undone", _("Fortrudt")
        REFUSED = "refused", _("Kan ikke indlæses")
        DISCARDED = "discarded", _("Kasseret")

    class Source(models.TextChoices):
        FILES = "files", _("Regneark eller CSV")
        PAYROLL = "payroll", _("Lønudtræk")
        OS2MO = "os2mo", _("OS2mo")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("kilde"), max_length=8, choices=Source.choices)
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.READING)
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("hentet"))
    tables = models.ForeignKey(
        "organisation.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    preview = models.ForeignKey(
        "organisation.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reverse = models.ForeignKey(
        "organisation.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    counts = models.JSONField(default=dict, help_text="numbers per kind and action: never names")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="of the previewed changes: applied as seen")
    skip_wrong_rows = models.BooleanField(_("spring rækker med fejl over"), default=False)
    applied_at = models.DateTimeField(_("indlæst"), null=True, blank=True)
    applied_by = models.ForeignKey(
        "organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("fortrudt"), null=True, blank=True)
    refused = models.CharField(_("hvorfor ikke"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("importer")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return str(self.uuid)


class ColumnMapping(models.Model):
    """Which column of a payroll extract is what. Remembered by the headings: the same system sends the same ones."""

    signature = models.CharField(max_length=64, unique=True, help_text="of the headings, in any order")
    columns = models.JSONField(default=dict, help_text="what it is -> heading")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kolonnevalg")
        verbose_name_plural = _("kolonnevalg")

    def __str__(self) -> str:
        return self.signature[:12]


class ManualCorrection(models.Model):
    """HR set this field by hand: imports leave it alone. An empty field name holds the whole row."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("rettet"))

    class Meta:
        verbose_name = _("rettelse i hånden")
        verbose_name_plural = _("rettelser i hånden")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "field"], name="manual_correction_once_per_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.field}"
