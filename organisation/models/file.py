"""Photos and made PDFs: kept in the database, so that it and the key files are the only state."""

import uuid

from django.db import models


class StoredFile(models.Model):
    """Bytes with a random id. Served through access only; no time finer than a date, no original file name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True, null=True, help_text="for made files: what they were made from")
    content_type = models.CharField(max_length=80)
    data = models.BinaryField()
    stored_on = models.DateField()

    def __str__(self) -> str:
        return str(self.id)
