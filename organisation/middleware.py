"""HR works with a second factor: a passkey or a code from an app."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from organisation import access

# Where somebody without a second factor may still go: to get one, and out.
OPEN_PATHS = ("/konto/", "/static/", "/healthz", "/sprog/")


def second_factor_for_hr(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        # The demonstration's one-click log-in stands instead of it there, and nowhere else.
        if (
            not settings.DEMO
            and not request.path.startswith(OPEN_PATHS)
            and request.user.is_authenticated
            and access.is_hr(request.user)
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_index")
        return get_response(request)

    return middleware
