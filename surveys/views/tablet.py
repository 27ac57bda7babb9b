"""A shared screen at the workplace: one code after the other, and nothing left behind between two people.

The whole visit is one page of the browser: script posts to this one address and puts what it gets into the same page,
so there is no address with a secret, no entry in the history to go back to, and no draft (static/js/tablet.js).
"""

from __future__ import annotations

from django.contrib import auth
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from organisation import access
from organisation.audit import audit
from surveys import codes, keys, tickets
from surveys.views.answering import answer, around, language_of, shut, way_on_shut, words_in
from surveys.views.physical import answer_physical


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tablet_start(request: HttpRequest) -> HttpResponse:
    """HR or a trio makes this browser a shared tablet. They are logged out of it at once."""
    person = request.user
    if not (access.is_hr(person) or access.groups_of(person).exists()):
        raise Http404
    if request.method == "POST":
        audit("tablet_started", person, actor=person)  # type: ignore[arg-type]
        auth.logout(request)
        return redirect("surveys:tablet")
    return render(request, "surveys/tablet_start.html")


@csrf_exempt  # no cookie to rest on, as for all pages under svar/
@require_http_methods(["GET", "HEAD", "POST"])
def tablet(request: HttpRequest) -> HttpResponse:
    """The page that waits for a code; and, posted by its script, the pages of the one whose code it is."""
    language = language_of(request, None)
    with words_in(language):
        wrong, status = "", 200
        if request.method == "POST":
            if "HTTP_X_TABLET" not in request.META:
                wrong, status = _("Tabletten skal have JavaScript slået til, så den kan slette efter hver person."), 422
            else:
                link = codes.link_read(request.POST.get("adgang", ""))
                code = codes.code_read(request.POST.get("code", "")[:20])
                if link or code:
                    return _inside(request, link, code)
                wrong, status = _("Koden har otte tegn. Prøv igen."), 422
        return render(request, "surveys/tablet.html", {**around(None, language), "wrong": wrong}, status=status)


def _inside(request: HttpRequest, link: str, code: str) -> HttpResponse:
    if not link:
        try:
            link = tickets.link_for_code(code)
        except codes.TooManyTries:
            return shut(request, "wait")
        except keys.KeyMissing:
            return shut(request, "stopped")
        if not link:
            return way_on_shut(request)
    part = answer_physical if request.POST.get("del") == "fysisk" else answer
    response: HttpResponse = part(request, link)
    # Read by the script, which keeps it in memory: with it the next page of the same visit is asked for.
    response["X-Adgang"] = link
    return response
