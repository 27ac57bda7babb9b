"""What every page needs: the municipality, the reader, and the rooms of the reader's roles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "user", None)
    return {
        "municipality": settings.MUNICIPALITY,
        "person": person if person is not None and person.is_authenticated else None,
        "rooms": [],
        "demo": settings.DEMO,
    }
