"""What holds for every request, whatever the page."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from organisation import access, login
from organisation.models import Person, Role

# Where somebody without a second factor may still go: to get one, and out.
OPEN_PATHS = ("/konto/", "/static/", "/healthz", "/sprog/")


METHODS = ("GET", "HEAD", "POST")


def reads_and_posts_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Pages are read and forms are posted; no address takes anything else, so no view has to think of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return middleware


ROLES = "roles"  # session: the ids of the HR and key holder roles that it was seen with


def session_ends_with_the_role(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Rights go with the day's roles by themselves. The session of HR or a key holder who lost one ends too, and so
    does that of somebody who may not log in any more: what was open in the browser is closed.

    The session remembers the ids of those roles, and every request compares them with today's, which are asked for
    anyway. No sweep over sessions, and no signal when a role changes: a role also ends because a day is over.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if SESSION_KEY not in request.session:
            return get_response(request)
        person = request.user
        if not isinstance(person, Person):  # inactive, or gone
            logout(request)
            return get_response(request)
        held = sorted(role.pk for role in access.roles_of(person) if role.kind in Role.SECOND_FACTOR_KINDS)
        seen = request.session.get(ROLES, [])
        if set(seen) - set(held):
            logout(request)
        elif held != seen:
            request.session[ROLES] = held
        return get_response(request)

    return middleware


def second_factor_required(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """HR and key holders work with a second factor, shown in this session: a passkey or a code from an app."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # The demonstration's one-click log-in stands instead of it there, and nowhere else.
        if (
            settings.DEMO
            or request.path.startswith(OPEN_PATHS)
            or not request.user.is_authenticated
            or not login.must_have_second_factor(request.user)
            or login.second_factor_was_shown(request)
        ):
            return get_response(request)
        ways = [way for way in get_adapter().get_reauthentication_methods(request.user) if "mfa" in way["id"]]
        if not ways:
            return redirect("mfa_index")
        wanted = request.get_full_path() if request.method == "GET" else reverse("trivsel:task_list")
        return redirect(f"{ways[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    return middleware
