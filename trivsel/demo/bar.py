"""What the bar at the bottom shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from organisation import clock


def demo_bar(request: HttpRequest) -> dict[str, Any]:
    return {"date": clock.today(), "stages": [], "running": False, "next": None}
