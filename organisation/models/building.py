"""Where people work: findings carry a building and a room, not only a unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Building(models.Model):
    number = models.CharField(_("bygningsnummer"), max_length=40, unique=True)
    name = models.CharField(_("navn"), max_length=120)
    address = models.CharField(_("adresse"), max_length=160)

    class Meta:
        verbose_name = _("bygning")
        verbose_name_plural = _("bygninger")

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("navn"), max_length=80)

    class Meta:
        verbose_name = _("lokale")
        verbose_name_plural = _("lokaler")
        constraints = [models.UniqueConstraint(fields=["building", "name"], name="room_name_is_unique_in_its_building")]

    def __str__(self) -> str:
        return self.name
