"""«Mine data»: what is held about the reader, to see, download and correct; and HR's side of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import actionplans.personal
import dialogs.personal
import surveys.personal
from organisation import access, clock, personal
from organisation.audit import audit
from organisation.cpr import no_cpr
from organisation.formerrors import show_errors
from organisation.models import DataRequest, Person
from organisation.personal import Held
from organisation.pickers import PersonField
from organisation.tasklist import Task
from surveys.models import Wave
from trivsel.audit_words import VERBS

SHOWN = 20  # rows of one table on the page; the file has them all
ANSWER_WITHIN = timedelta(days=30)


def held_about(person: Person) -> list[Held]:
    """Everything that is held, app by app. A constant number of queries."""
    return [
        *personal.held(person),
        *surveys.personal.held(person),
        *dialogs.personal.held(person),
        *actionplans.personal.held(person),
        personal.deeds(person, VERBS),
    ]


def _languages() -> list[tuple[str, Any]]:
    """The languages that the newest questionnaire speaks; without one, those of the pages."""
    wave = Wave.objects.exclude(kind=Wave.Kind.IMPORTED).select_related("questionnaire").order_by("-opens_at").first()
    spoken = [(language["code"], language["name"]) for language in wave.questionnaire.languages] if wave else []
    return spoken or list(settings.LANGUAGES)


class OwnDataForm(forms.Form):
    mobile = forms.CharField(
        label=gettext_lazy("Mobil"),
        required=False,
        max_length=20,
        validators=[
            RegexValidator(r"^\+?[0-9 ]{8,19}$", gettext_lazy("Skriv nummeret med mindst otte cifre, fx 20 10 20 30."))
        ],
        help_text=gettext_lazy("Bruges kun til at give dig besked, hvis du ikke har en arbejdsmail."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Sprog i beskeder og spørgeskema"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["language"].choices = _languages()  # type: ignore[attr-defined]

    def clean_mobile(self) -> str:
        return str(self.cleaned_data["mobile"]).replace(" ", "")


class RequestForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Hvad er forkert, og hvad skal der stå?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("HR svarer dig. Skriv ikke cpr-nummer."),
    )


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("Er det rettet?"),
        choices=[
            (DataRequest.State.DONE, gettext_lazy("Ja, det er rettet eller slettet")),
            (DataRequest.State.REFUSED, gettext_lazy("Nej, det kan ikke rettes")),
        ],
        widget=forms.RadioSelect,
    )
    reply = forms.CharField(
        label=gettext_lazy("Svar til medarbejderen"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PersonDataForm(forms.Form):
    person = PersonField(
        label=gettext_lazy("Medarbejder"), help_text=gettext_lazy("Skriv en del af navnet eller medarbejdernummeret.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Hvorfor?"),
        max_length=120,
        help_text=gettext_lazy("Fx «anmodning om indsigt modtaget 3/6». Begrundelsen står i sporet."),
    )

    def clean_reason(self) -> str:
        no_cpr(self.cleaned_data["reason"])
        return str(self.cleaned_data["reason"])


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """What is held about the reader; mobile and language are corrected here, the rest is asked of HR."""
    person = _me(request)
    own, asked = "own" in request.POST, "ask" in request.POST
    own_form = OwnDataForm(
        request.POST if own else None, initial={"mobile": person.mobile, "language": person.language}
    )
    ask_form = RequestForm(request.POST if asked else None)
    if own and own_form.is_valid():
        personal.own_data_change(person=person, **own_form.cleaned_data)
        messages.success(request, _("Dine oplysninger er gemt. De bliver ikke ændret af den næste import."))
        return redirect("trivsel:my_data")
    if asked and ask_form.is_valid():
        try:
            personal.data_request_make(person=person, text=ask_form.cleaned_data["text"])
        except ValidationError as error:
            show_errors(ask_form, error)
        else:
            messages.success(request, _("HR har fået din besked og svarer dig. Du kan følge den her på siden."))
            return redirect("trivsel:my_data")
    tables = [
        {"held": held, "rows": held.rows[:SHOWN], "more": max(0, len(held.rows) - SHOWN)}
        for held in held_about(person)
        if held.rows
    ]
    context = {
        "tables": tables,
        "own_form": own_form,
        "ask_form": ask_form,
        "reports": surveys.personal.own_reports(person),
    }
    return render(request, "trivsel/my_data.html", context, status=422 if own or asked else 200)


@login_required
@never_cache
@require_safe
def my_data_download(request: HttpRequest) -> HttpResponse:
    """Everything in one file that people and machines can read (GDPR art. 15 and 20)."""
    person = _me(request)
    audit("own_data_read", person, actor=person)
    return _file(person, "mine-data.json")


@login_required
@require_POST
def my_name_remove(request: HttpRequest, report: UUID) -> HttpResponse:
    """Take one's name off a physical report."""
    surveys.personal.own_name_remove(person=_me(request), report_id=report)
    messages.success(request, _("Dit navn er fjernet fra meldingen. Selve problemet står stadig på trioens tavle."))
    return redirect("trivsel:my_data")


def _file(person: Person, name: str) -> HttpResponse:
    content = {
        "navn": person.name,
        "hentet": clock.now().isoformat(timespec="minutes"),
        "tabeller": [held.plain() for held in held_about(person)],
    }
    return HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- HR -----------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def data_request_list(request: HttpRequest) -> HttpResponse:
    """What people ask HR to correct: those that wait first."""
    access.require_hr(request.user)
    requests = DataRequest.objects.select_related("person", "by")
    waiting = requests.filter(state=DataRequest.State.ASKED)
    page = Paginator(requests.exclude(state=DataRequest.State.ASKED).order_by("-answered_at", "-pk"), 50).get_page(
        request.GET.get("side")
    )
    return render(request, "trivsel/data_request_list.html", {"waiting": waiting, "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def data_request_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """HR corrects what is wrong where it stands, and says so here."""
    hr = access.require_hr(request.user)
    asked = get_object_or_404(DataRequest.objects.select_related("person"), uuid=uuid)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            personal.data_request_answer(request=asked, by=hr, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Svaret er sendt til %(name)s.") % {"name": asked.person.name})
            return redirect("trivsel:data_request_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "trivsel/data_request_answer.html", {"asked": asked, "form": form}, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_data(request: HttpRequest) -> HttpResponse:
    """For somebody without log-in who asks what is held: HR downloads it, with a reason that leaves a trace."""
    hr = access.require_hr(request.user)
    form = PersonDataForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        audit("person_data_read", person, actor=hr, reason=form.cleaned_data["reason"])
        return _file(person, "data.json")
    status = 422 if request.method == "POST" else 200
    return render(request, "trivsel/person_data.html", {"form": form}, status=status)


def tasks_of(person: Any) -> list[Task]:
    """For HR: requests that wait for an answer, the oldest within a month (GDPR art. 12)."""
    if not access.is_hr(person):
        return []
    waiting = list(DataRequest.objects.filter(state=DataRequest.State.ASKED).values_list("asked_at", flat=True))
    if not waiting:
        return []
    return [
        Task(
            title=ngettext(
                "Svar på %(n)s anmodning om egne data", "Svar på %(n)s anmodninger om egne data", len(waiting)
            )
            % {"n": len(waiting)},
            url=reverse("trivsel:data_request_list"),
            action=_("Se anmodningerne"),
            when=timezone.localdate(waiting[0]) + ANSWER_WITHIN,
            more=_("Medarbejderen skal have svar inden en måned."),
        )
    ]
