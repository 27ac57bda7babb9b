"""No cookie goes in or out of the pages where people answer, and what goes out is small."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

ANSWERING = "/svar/"
WORTH_PACKING = 2000  # bytes


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
        _pack(request, response)
        return response

    return middleware


def _pack(request: HttpRequest, response: HttpResponse) -> None:
    """Compress the page. Nothing that a stranger can choose is repeated in these pages, so packing tells nothing."""
    if (
        request.method == "GET"
        and not response.streaming
        and len(response.content) > WORTH_PACKING
        and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    ):
        packer = zlib.compressobj(5, zlib.DEFLATED, 31)
        response.content = packer.compress(response.content) + packer.flush()
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        patch_vary_headers(response, ["Accept-Encoding"])
