"""HR's page: try it, and print the result for the committee."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisation import access
from organisation.audit import audit
from surveys.models import LinkageRun
from trivsel import tasks
from trivsel.linkage import started


@login_required
def linkage_list(request: HttpRequest) -> HttpResponse:
    """What was tried, newest first, and the button."""
    person = access.require_hr(request.user)
    if request.method == "POST":
        if started.is_running():
            messages.info(request, _("Efterprøvningen er allerede i gang."))
        else:
            with transaction.atomic():
                run = started.run_start()
                audit("linkage_tried", run, actor=person)
                transaction.on_commit(partial(tasks.linkage_attack.delay, run.pk))
            messages.success(request, _("Efterprøvningen er sat i gang. Den tager et par minutter."))
        return redirect("trivsel:linkage_list")
    page = Paginator(LinkageRun.objects.all(), 50).get_page(request.GET.get("side"))
    return render(request, "trivsel/linkage_list.html", {"page": page, "running": started.is_running()})


@login_required
@require_safe
def linkage_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One result as it was printed."""
    access.require_hr(request.user)
    return render(request, "trivsel/linkage_detail.html", {"run": get_object_or_404(LinkageRun, pk=pk)})
