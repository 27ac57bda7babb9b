"""The helper's page: type one paper form after the other. What was typed is never shown again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation import access
from organisation.models import Person, Role
from surveys import answering, codes, keys, paper_forms
from surveys.forms import PhysicalPosted, answers_posted, physical_posted
from surveys.models import PaperForm
from surveys.questionnaires import Form, document_of, form_for
from surveys.views.answering import ticked
from surveys.views.physical import physical_fields, surroundings_of


def helper_only(person: Any) -> Person:
    """404 for everybody whom HR has not named as a helper."""
    if not access.holds(person, [Role.Kind.PAPER_HELPER]):
        raise Http404
    assert isinstance(person, Person)
    return person


@login_required
def paper_type(request: HttpRequest) -> HttpResponse:
    """First the form's code, then the whole form on one page; its code travels in the page, in no address."""
    helper = helper_only(request.user)
    typed, wrong, status = request.POST.get("code", "")[:20], "", 200
    if request.method == "POST":
        form, wrong, status = _form(helper, codes.code_read(typed))
        if form is not None:
            return _typed(request, helper, form, codes.code_read(typed))
    response = render(request, "surveys/paper_type.html", {"wrong": wrong, "code": typed}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _form(helper: Person, code: str) -> tuple[PaperForm | None, str, int]:
    """The form of a code that this helper may type, or why not."""
    try:
        form = paper_forms.form_of_code(code) if code else None
    except codes.TooManyTries:
        return None, _("Der er tastet for mange forkerte koder. Prøv igen om et par minutter."), 429
    if form is None:
        return None, _("Vi kender ikke koden, eller målingen er lukket. Koden står øverst på skemaet."), 404
    if not paper_forms.is_outside(helper, form.unit):
        return None, _("Du hører til enheden og kan ikke taste skemaer fra den. Giv skemaet til en anden."), 403
    return form, "", 200


def _typed(request: HttpRequest, helper: Person, sheet: PaperForm, code: str) -> HttpResponse:
    form = form_for(sheet.wave.questionnaire_id)
    if "tastet" not in request.POST:
        return _page(request, sheet, form, code)
    answers = answers_posted(form, request.POST)
    places = surroundings_of(sheet.unit, get_language() or "da").places
    posted = physical_posted(form.physical, places, request.POST, request.FILES, too_large=False)
    posted.errors.pop("all", None)  # the physical part may be empty on paper
    if posted.errors:
        return _page(request, sheet, form, code, answers=answers, posted=posted)
    try:
        paper_forms.paper_type(form=sheet, document=document_of(answers), physical=posted.answers, by=helper)
    except ValidationError as error:
        return _page(request, sheet, form, code, answers=answers, posted=posted, wrong=" ".join(error.messages))
    except (answering.NotOpen, keys.KeyMissing):
        messages.error(request, _("Målingen er lukket, eller noget er galt med dens nøgle. Skemaet er ikke tastet."))
        return redirect("surveys:paper_type")
    messages.success(request, _("Skemaet er tastet og ligger i sin kuvert. Makulér papiret."))
    return redirect("surveys:paper_type")


def _page(
    request: HttpRequest,
    sheet: PaperForm,
    form: Form,
    code: str,
    *,
    answers: dict[str, Any] | None = None,
    posted: PhysicalPosted | None = None,
    wrong: str = "",
) -> HttpResponse:
    language = (get_language() or "da")[:2]
    count = max(item.number or 0 for item in form.closed_items)
    topics = render_to_string("surveys/paper_topics.html", {"form": form, "lang": language, "count": count})
    places = surroundings_of(sheet.unit, language).places
    values, errors = (posted.values, posted.errors) if posted else ({}, {})
    fields = physical_fields(form, language, places, values, errors, without_photo=True)
    context = {
        "code": code,
        "unit": sheet.unit,
        "topics": SafeString(ticked(form, topics, answers or {})),  # made of our templates and escaped words
        "fields": SafeString(fields),
        "wrong": wrong,
        "errors": errors,
        "lang": language,
    }
    status = 422 if wrong or errors else 200
    response = render(request, "surveys/paper_form.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
