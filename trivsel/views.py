"""Front page, Mine opgaver and the error pages."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from organisation.audit import audit
from organisation.login import person_for_link


def front(request: HttpRequest) -> HttpResponse:
    return render(request, "trivsel/front.html")


@login_required
def task_list(request: HttpRequest) -> HttpResponse:
    return render(request, "trivsel/task_list.html")


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
    return render(request, "403.html", {"reason": "csrf"}, status=403)


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
