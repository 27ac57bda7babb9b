"""MED committees on three levels."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Committee(models.Model):
    """The committee of one unit of the line organisation; its level is the unit's level.

    Small workplaces hold a staff meeting with MED status instead: then everybody employed there is in it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.OneToOneField("organisation.Unit", on_delete=models.PROTECT, related_name="committee")
    name = models.CharField(_("navn"), max_length=160)
    is_staff_meeting = models.BooleanField(_("personalemøde med MED-status"), default=False)

    class Meta:
        verbose_name = _("MED-udvalg")
        verbose_name_plural = _("MED-udvalg")

    def __str__(self) -> str:
        return self.name
