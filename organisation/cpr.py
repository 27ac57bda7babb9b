"""Personal numbers do not belong in plans and minutes: text that looks like one is refused."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Day and month must be possible (01-31, 01-12), so that case numbers and telephone numbers pass.
_LOOKS_LIKE_CPR = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?!\d)")


def no_cpr(*texts: str) -> None:
    """Raise ValidationError when a text holds something that looks like a CPR number (ddmmåå-xxxx)."""
    if any(_LOOKS_LIKE_CPR.search(text or "") for text in texts):
        raise ValidationError(
            _("Der står noget, som ligner et CPR-nummer. Slet det, og skriv uden personnumre."), code="cpr"
        )
