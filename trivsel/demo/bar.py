"""What the bar at the foot of every page shows: the date, the stages, the way on. One or two small queries."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from organisation import clock
from organisation.models import JobRun
from trivsel.demo.stages import STAGES, standing


def demo_bar(request: HttpRequest) -> dict[str, Any]:
    """The context of partials/demo_bar.html."""
    now = standing()
    running, stage, after = now.running, now.stage, now.next
    journey = now.journey
    return {
        "date": clock.today(),
        "stage": stage.key if stage else "",
        "stages": [
            {"key": each.key, "label": each.label, "done": stage is not None and each.at < stage.at} for each in STAGES
        ],
        "next": {"key": after.key, "label": after.label} if after and not running else None,
        "url": reverse("demo:move"),
        "poll_url": reverse("demo:progress"),
        "running": running,
        "progress": {"text": journey.summary, "done": journey.done, "total": journey.total}
        if running and journey
        else None,
        "error": _("Året gik i stå undervejs. Prøv igen: det fortsætter, hvor det slap.")
        if journey and not running and journey.outcome != JobRun.Outcome.DONE
        else "",
        "login_url": reverse("demo:login"),
        "inbox_url": reverse("demo:inbox"),
    }
