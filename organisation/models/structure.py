"""What HR changed in the tree, and what each unit was in the measurement before."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StructureChange(models.Model):
    """One change of the tree by HR. `reverse` holds ids and the values before: what an undo needs, and no names."""

    class Kind(models.TextChoices):
        CREATE = "create", _("Oprettet")
        EDIT = "edit", _("Rettet")
        MOVE = "move", _("Flyttet")
        MERGE = "merge", _("Lagt sammen")
        SPLIT = "split", _("Delt")
        CLOSE = "close", _("Lukket")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("ændring"), max_length=8, choices=Kind.choices)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="changes")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("tidspunkt"))
    reverse = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("fortrudt"), null=True, blank=True)

    class Meta:
        verbose_name = _("ændring af organisationen")
        verbose_name_plural = _("ændringer af organisationen")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id}"


class UnitSuccession(models.Model):
    """What a unit was before: the word on which a trend rests. A unit without a row is the same as it always was."""

    class Kind(models.TextChoices):
        SAME = "same", _("Den samme enhed som før")
        SUCCESSOR = "successor", _("Afløser en anden enhed")
        MERGED_FROM = "merged_from", _("Lagt sammen af flere enheder")
        NEW = "new", _("Ny enhed")

    unit = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, related_name="successions")
    kind = models.CharField(_("forhold til før"), max_length=12, choices=Kind.choices)
    earlier = models.ForeignKey(
        "organisation.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="successors"
    )
    change = models.ForeignKey(
        StructureChange, on_delete=models.CASCADE, null=True, blank=True, related_name="successions"
    )

    class Meta:
        verbose_name = _("enhedens forløb")
        verbose_name_plural = _("enhedernes forløb")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "earlier"], name="unit_succession_names_an_earlier_unit_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="unit_succession_only_a_new_unit_has_no_earlier",
                condition=Q(kind="new", earlier__isnull=True) | (~Q(kind="new") & Q(earlier__isnull=False)),
                violation_error_message=_("En ny enhed har ingen tidligere enhed; alle andre har en."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.earlier_id}"
