"""No cookie goes in or out of the pages where people answer."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

ANSWERING = "/svar/"


def answering_without_traces(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Somebody who is logged in answers as a stranger: the cookies are dropped before anything can read them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ANSWERING):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES.clear()
        response = get_response(request)
        response.cookies.clear()
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return middleware
