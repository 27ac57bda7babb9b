"""How far the reports of a release have come as files: a part of HR's release page that looks again by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.templatetags.dates import dk_number
from surveys import access, report_files
from surveys.models import Release


def work_of(release: Release) -> dict[str, Any]:
    """What partials/work.html draws."""
    progress = report_files.progress_of(release)
    return {
        "done": progress.done,
        "total": progress.total,
        "text": _("%(done)s af %(total)s rapporter ligger klar som PDF.")
        % {"done": dk_number(progress.done), "total": dk_number(progress.total)},
        "finished": progress.done >= progress.total,
        "url": reverse("surveys:release_files", args=[release.uuid]),
        "page_url": reverse("surveys:release_detail", args=[release.uuid]),
    }


@login_required
@never_cache
@require_safe
def release_files(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The bar alone."""
    release = access.release_for(request.user, uuid)
    return render(request, "partials/work.html", {"work": work_of(release)})
