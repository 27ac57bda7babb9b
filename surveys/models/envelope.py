"""The urn: sealed envelopes in a database of their own.

No serial, no time, no person, no foreign key. Imported by `surveys.answering` and `surveys.closing` only.
"""

from django.db import models


class Envelope(models.Model):
    """One sealed anonymous part. `sealed` has the same length for everybody; the last one before closing counts."""

    pk = models.CompositePrimaryKey("wave", "pseudonym")
    wave = models.UUIDField()
    pseudonym = models.BinaryField(max_length=32)
    unit = models.BigIntegerField(help_text="id of the CampaignUnit where the person is placed")
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["wave", "unit"], name="envelope_wave_unit")]

    def __str__(self) -> str:
        return "envelope"
