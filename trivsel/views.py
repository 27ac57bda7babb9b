"""Front page, Mine opgaver, the trio's room and the error pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from organisation import access
from organisation.audit import audit
from organisation.campaigns import campaign_of_the_year
from organisation.login import person_for_link
from surveys.campaigns import followed_choice
from trivsel import dashboard


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The page for all employees: what, why, how anonymous, when."""
    campaign = campaign_of_the_year()
    return render(
        request,
        "trivsel/front.html",
        {"campaign": campaign, "marks": dashboard.wheel_marks(campaign), "survey": dashboard.survey_period(campaign)},
    )


@login_required
@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """Mine opgaver: what is due for me, by when, one click from doing it; beside it the year."""
    campaign = campaign_of_the_year()
    tasks = dashboard.tasks_of(request.user)
    return render(
        request,
        "trivsel/task_list.html",
        {
            "groups": dashboard.grouped(tasks),
            "done": dashboard.finished(tasks),
            "nothing": not any(not task.done for task in tasks),
            "lead": dashboard.lead(request.user, tasks),
            "marks": dashboard.wheel_marks(campaign),
        },
    )


@login_required
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """My trios; with only one, its room at once."""
    groups = list(access.groups_of(request.user).select_related("workplace").order_by("name"))
    if not groups:
        raise Http404
    if len(groups) == 1:
        return redirect("trivsel:group_detail", group=groups[0].uuid)
    return render(request, "trivsel/group_list.html", {"groups": groups})


@login_required
@require_safe
def group_detail(request: HttpRequest, group: UUID) -> HttpResponse:
    """One trio's room: its people, its units, and the way to everything it works with."""
    trio = access.group_for(request.user, group)
    return render(
        request,
        "trivsel/group_detail.html",
        {"group": trio, "members": access.members_of(trio), **dashboard.group_room(trio, followed_choice(request))},
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "trivsel/accessibility.html")


def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The first HR user's one-time link: a button, so that a mail scanner that follows links does not use it up."""
    if request.method != "POST":
        return render(request, "trivsel/welcome.html")
    person = person_for_link(token)
    if person is None:
        raise Http404
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    audit("first_hr_link_used", person, actor=person)
    return redirect("mfa_index")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # No context processors: whatever broke may break again.
    from django.template.loader import get_template

    return HttpResponse(get_template("500.html").render({}), status=500)
