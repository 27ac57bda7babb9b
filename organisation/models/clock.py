"""How far the demonstration has moved its clock."""

from datetime import timedelta

from django.db import models
from django.db.models import Q


class ClockShift(models.Model):
    """One row: business time = real time + offset. Forward only. In production the row does not exist."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField(default=timedelta())

    class Meta:
        constraints = [models.CheckConstraint(name="clock_shift_is_a_single_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.offset)
