"""No cookie goes in or out of the pages where people answer, and what goes out is small."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

ANSWERING = "/svar/"
WORTH_PACKING = 2000  # bytes


def answering_without_traces(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Somebody who is logged in answers as a stranger: the cookies are dropped before anything can read them.

    The page is made at once: what stands further in (session, log-in, messages, CSRF's cookie) is not for these pages.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ANSWERING):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES.clear()
        try:
            request.resolver_match = resolve(request.path_info)
        except Resolver404:
            response: Any = get_response(request)
        else:
            response = _answered(request)
        response.cookies.clear()
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        _pack(request, response)
        if not response.streaming:
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


@convert_exception_to_response
def _answered(request: HttpRequest) -> HttpResponse:
    view = request.resolver_match
    assert view is not None
    with translation.override(settings.LANGUAGE_CODE):
        response: HttpResponse = view.func(request, *view.args, **view.kwargs)
    return response


def _pack(request: HttpRequest, response: HttpResponse) -> None:
    """Compress the page. Nothing that a stranger can choose is repeated in these pages, so packing tells nothing."""
    if (
        request.method == "GET"
        and not response.streaming
        and not response.has_header("Content-Encoding")
        and len(response.content) > WORTH_PACKING
        and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    ):
        packer = zlib.compressobj(5, zlib.DEFLATED, 31)
        response.content = packer.compress(response.content) + packer.flush()
        response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
