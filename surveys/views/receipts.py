"""Look a receipt code up. The code itself never comes here: only its first sign, which thousands share."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from surveys import receipts
from surveys.views.answering import around, language_of, words_in


@require_safe
def receipt_lists(request: HttpRequest) -> HttpResponse:
    """Where the lists are, what a code tells, and from when. With JavaScript the browser looks in them itself."""
    language = language_of(request, None)
    with words_in(language):
        context = {**around(None, language), "first": receipts.FIRST, "days": receipts.list_days()}
        return render(request, "surveys/receipt_lists.html", context)


@require_safe
def receipt_list(request: HttpRequest, first: str) -> HttpResponse:
    """All codes that begin with one sign."""
    if len(first) != 1 or first not in receipts.FIRST:
        raise Http404
    language = language_of(request, None)
    with words_in(language):
        context = {**around(None, language), "first": first, "codes": receipts.codes_beginning(first)}
        return render(request, "surveys/receipt_list.html", context)


@require_safe
def receipt_codes(request: HttpRequest, first: str) -> HttpResponse:
    """The same as plain text, one a line, for the browser to search in."""
    if len(first) != 1 or first not in receipts.FIRST:
        raise Http404
    return HttpResponse("\n".join(receipts.codes_beginning(first)), content_type="text/plain; charset=utf-8")
