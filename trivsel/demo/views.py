"""The demonstration's own pages: log in as one of twelve, read everybody's post, move the year on."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organisation.campaigns import newest_campaign
from organisation.models import DemoMessage, Person
from surveys import codes, letters, support, tickets
from surveys.models import Ticket, Wave
from surveys.placements import main_wave
from trivsel.demo import stages
from trivsel.demo.bar import demo_bar
from trivsel.demo.cast import CAST, cast_people
from trivsel.demo.tasks import advance

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PER_PAGE = 25


def require_demo() -> None:
    """These addresses are not in the URLconf elsewhere; this holds even if they were."""
    if not settings.DEMO:
        raise Http404


@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Twelve people, one click each."""
    require_demo()
    people = cast_people()
    if request.method == "POST":
        person = people.get(request.POST.get("who", ""))
        if person is None:
            raise Http404
        auth.login(request, person, backend=BACKEND)
        member = next(member for member in CAST if member.number == person.number)
        return redirect(_way_on(request) or reverse(member.first_url))
    members = [{"member": member, "person": people[member.key]} for member in CAST if member.key in people]
    return render(request, "demo/login.html", {"members": members, "next": _way_on(request)})


def _way_on(request: HttpRequest) -> str:
    """The `next` of the request, if it is an address of our own."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""


class InboxForm(forms.Form):
    """Whose post, and by which way it went."""

    person = forms.CharField(label=gettext_lazy("Modtager"), required=False, max_length=120)
    channel = forms.ChoiceField(
        label=gettext_lazy("Kanal"),
        required=False,
        choices=[("", gettext_lazy("Alle")), *Person.Channel.choices],
    )


@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Every mail, SMS and letter, newest first."""
    require_demo()
    form = InboxForm(request.GET)
    posts = DemoMessage.objects.select_related("person").order_by("-pk")
    if form.is_valid():
        if form.cleaned_data["person"]:
            posts = posts.filter(person__name__icontains=form.cleaned_data["person"])
        if form.cleaned_data["channel"]:
            posts = posts.filter(channel=form.cleaned_data["channel"])
    page = Paginator(posts, PER_PAGE).get_page(request.GET.get("side"))
    query = request.GET.copy()
    query.pop("side", None)
    people = cast_people()
    return render(
        request,
        "demo/inbox.html",
        {
            "form": form,
            "page": page,
            "query": query.urlencode(),
            "cast": [people[member.key] for member in CAST if member.key in people],
        },
    )


@never_cache
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, SMS or letter, with its links and codes to follow."""
    require_demo()
    post = get_object_or_404(DemoMessage.objects.select_related("person"), pk=pk)
    printed = post.channel == Person.Channel.LETTER and _ticket(post) is not None
    return render(request, "demo/message.html", {"post": post, "body": with_links(post.body), "printed": printed})


def _ticket(post: DemoMessage) -> Ticket | None:
    """The way in that a letter of the survey carries, while the survey's keys are there."""
    campaign = newest_campaign()
    wave = main_wave(campaign) if campaign else None
    if wave is None or post.person is None or wave.state != Wave.State.OPEN:
        return None
    return support.ticket_of(wave, post.person)


@never_cache
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it lies in its envelope."""
    require_demo()
    post = get_object_or_404(DemoMessage.objects.select_related("person"), pk=pk, channel=Person.Channel.LETTER)
    ticket = _ticket(post)
    if ticket is None or ticket.link_hash is None:
        raise Http404
    way = tickets.way_in(codes.secret_of(ticket.wave), ticket)
    return HttpResponse(letters.letters_pdf(ticket.wave, [(ticket, way)]), content_type="application/pdf")


def with_links(body: str) -> SafeString:
    """The text, escaped; addresses of our own become links that stay on this host. Others stay text."""
    own = re.compile(rf"{re.escape(settings.BASE_URL)}(/[^\s<>\"']*[^\s<>\"'.,;:!?)])?")
    parts: list[Any] = []
    end = 0
    for found in own.finditer(body):
        parts.append(body[end : found.start()])
        parts.append(format_html('<a href="{}">{}</a>', found.group(1) or "/", found.group(0)))
        end = found.end()
    parts.append(body[end:])
    return format_html_join("", "{}", ((part,) for part in parts))


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Ask for the next stage. The journey itself is a job; the bar shows how far it has come."""
    require_demo()
    now = stages.standing()
    wanted = request.POST.get("stage", "")
    if wanted not in stages.KEYS:
        raise Http404
    if now.next is not None and not now.running and stages.stage_of(wanted).at >= now.next.at:
        stages.note_journey(text=_("Året går i gang …"), done=0, total=0, begins=True)
        advance.delay(wanted)
    return redirect(_way_on(request) or reverse("trivsel:front"))


@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The bar alone, asked for every second while the year moves. When it has arrived, the page is loaded anew."""
    require_demo()
    bar = demo_bar(request)
    response = render(request, "partials/demo_bar.html", {"demo_bar": bar})
    if not bar["running"] and "HX-Request" in request.headers:
        response["HX-Refresh"] = "true"
    return response
