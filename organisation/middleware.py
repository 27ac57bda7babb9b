"""What holds for every request, whatever the page."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from organisation import access
from organisation.models import Role

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


def second_factor_required(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """HR and key holders work with a second factor: a passkey or a code from an app."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # The demonstration's one-click log-in stands instead of it there, and nowhere else.
        if (
            not settings.DEMO
            and not request.path.startswith(OPEN_PATHS)
            and request.user.is_authenticated
            and access.holds(request.user, Role.SECOND_FACTOR_KINDS)
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_index")
        return get_response(request)

    return middleware
