"""Around the wording of the questionnaire: languages, preview, print, KommuneMED's approval, earlier figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from organisation import access as base
from organisation import clock
from organisation.formerrors import show_errors
from organisation.models import Committee, Level
from organisation.typeset import typeset
from surveys import access, languages
from surveys import questionnaire_edit as edit
from surveys.models import Comparability, Fact, Item, Questionnaire, Wave
from surveys.questionnaire_approval import approval_record, standing_of
from surveys.questionnaire_forms import ApprovalForm, LanguageForm, LinkForm, TextsForm
from surveys.questionnaire_paper import questionnaire_document
from surveys.questionnaires import form_for
from surveys.views.previews import Chosen, form_preview
from surveys.views.questionnaires import edit_url, refused

# --- languages ----------------------------------------------------------------------------------------------------


@login_required
def questionnaire_languages(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The languages with what is missing and who reviewed them, and a place to add one."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    form = LanguageForm(request.POST or None)
    if request.method == "POST":
        base.require(not questionnaire.locked)
        if form.is_valid():
            try:
                edit.language_add(questionnaire=questionnaire, by=hr, **form.cleaned_data)
            except edit.Locked:
                form.add_error(None, _("Spørgeskemaet er blevet låst, mens du skrev. Lav en ny version i stedet."))
            except ValidationError as error:
                show_errors(form, error)
            else:
                return redirect(edit_url(questionnaire, "questionnaire_texts", form.cleaned_data["code"]))
    texts = [words for _place, words in languages.texts_of(questionnaire) if words.get("da")]
    rows = []
    for language in questionnaire.languages:
        missing = [words["da"] for words in texts if not words.get(language["code"]) and not words["da"].isupper()]
        day = date.fromisoformat(language["reviewed_on"]) if language.get("reviewed_on") else None
        rtl = language["code"] in languages.RIGHT_TO_LEFT
        rows.append({**language, "missing": len(missing), "rtl": rtl, "day": day})
    context = {"questionnaire": questionnaire, "rows": rows, "form": form, "total": len(texts)}
    return render(request, "surveys/questionnaire_languages.html", context, status=422 if form.errors else 200)


@login_required
def questionnaire_texts(request: HttpRequest, key: str, version: int, code: str) -> HttpResponse:
    """Danish, English and one further language side by side, to translate and to review."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    language = next((row for row in questionnaire.languages if row["code"] == code), None)
    if language is None or code == "da":
        raise Http404
    texts = [(place, words) for place, words in languages.texts_of(questionnaire) if words.get("da")]
    form = TextsForm(request.POST or None, texts=texts, code=code)
    if request.method == "POST":
        base.require(not questionnaire.locked)
        if form.is_valid():
            given = {place: text.strip() for place, text in form.cleaned_data.items()}
            try:
                changed = edit.texts_set(questionnaire=questionnaire, code=code, texts=given, by=hr)
            except edit.Locked:
                form.add_error(None, _("Spørgeskemaet er blevet låst, mens du skrev. Lav en ny version i stedet."))
            else:
                messages.success(request, _("%(n)d tekster er ændret og gemt.") % {"n": changed})
                return redirect(edit_url(questionnaire, "questionnaire_languages"))
    context = {
        "questionnaire": questionnaire,
        "language": language,
        "form": form,
        "rows": form.rows(),
        "direction": "rtl" if code in languages.RIGHT_TO_LEFT else "ltr",
    }
    return render(request, "surveys/questionnaire_texts.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def language_review(request: HttpRequest, key: str, version: int, code: str) -> HttpResponse:
    """Approve a language for those who answer, or take the approval back. Also while the survey is open."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    try:
        if request.POST.get("godkend") == "1":
            reviewer = request.POST.get("reviewer", "").strip()[:120]
            languages.language_approve(questionnaire=questionnaire, code=code, by=hr, reviewer=reviewer)
            messages.success(request, _("Sproget er godkendt og kan vælges af dem, der svarer."))
        else:
            languages.language_withdraw(questionnaire=questionnaire, code=code, by=hr)
            messages.success(request, _("Godkendelsen er trukket tilbage. Sproget kan ikke vælges."))
    except languages.UnknownLanguage as error:
        raise Http404 from error
    return redirect(edit_url(questionnaire, "questionnaire_languages"))


# --- preview and print --------------------------------------------------------------------------------------------


@login_required
@require_safe
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]  # its stubs know views of one argument
def questionnaire_phone(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The form in a frame as wide as a telephone."""
    _hr, questionnaire = access.questionnaire_for(request.user, key, version)
    chosen = Chosen.of(request, questionnaire)
    context = {
        "questionnaire": questionnaire,
        "chosen": chosen,
        "namings": Wave.Naming.choices,
        "key_modes": Wave.KeyMode.choices,
        "problems": standing_of(questionnaire).problems,
    }
    return render(request, "surveys/questionnaire_phone.html", context)


@login_required
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def questionnaire_form(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The real form, from which nothing can be sent. Only our own preview may frame it."""
    _hr, questionnaire = access.questionnaire_for(request.user, key, version)
    return form_preview(request, questionnaire=questionnaire, chosen=Chosen.of(request, questionnaire))


@login_required
@require_safe
def questionnaire_print(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The whole version to read and print, with its rules: for HR and for KommuneMED, who approves it."""
    questionnaire = access.questionnaire_to_read(request.user, key, version)
    context = _printed(request, questionnaire)
    context |= {"standing": standing_of(questionnaire), "hr": base.is_hr(request.user)}
    return render(request, "surveys/questionnaire_print.html", context)


@login_required
@require_safe
def questionnaire_pdf(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The same on A4."""
    questionnaire = access.questionnaire_to_read(request.user, key, version)
    code = _printed(request, questionnaire)["lang"]
    with languages.words_in(code):
        document = questionnaire_document(questionnaire, code, settings.MUNICIPALITY["name"])
    response = HttpResponse(typeset("questionnaire.typ", document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{questionnaire.key}-v{questionnaire.version}.pdf"'
    return response


def _printed(request: HttpRequest, questionnaire: Questionnaire) -> dict[str, Any]:
    code = languages.choose(questionnaire.languages, request.GET.get("sprog"), (get_language() or "da")[:2])
    return {
        "questionnaire": questionnaire,
        "form": form_for(questionnaire.pk),
        "lang": code,
        "dir": "rtl" if code in languages.RIGHT_TO_LEFT else "ltr",
        "today": clock.today(),
    }


# --- KommuneMED's approval ----------------------------------------------------------------------------------------


@login_required
def questionnaire_approval(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Put KommuneMED's approval on record: who, when, the minutes."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    committee = Committee.objects.filter(unit__level__kind=Level.Kind.MUNICIPALITY).first()
    form = ApprovalForm(
        request.POST or None,
        request.FILES or None,
        initial={"committee": committee.name if committee else _("KommuneMED"), "approved_on": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data.pop("file")
        try:
            approval_record(questionnaire=questionnaire, file=file.read() if file else None, by=hr, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Godkendelsen er skrevet ind."))
            return redirect(edit_url(questionnaire))
    context = {
        "form": form,
        "questionnaire": questionnaire,
        "approvals": questionnaire.approvals.select_related("recorded_by"),
        "standing": standing_of(questionnaire),
    }
    return render(request, "surveys/questionnaire_approval.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def questionnaire_minutes(request: HttpRequest, key: str, version: int, pk: int) -> HttpResponse:
    """The minutes of one approval, for HR and KommuneMED."""
    questionnaire = access.questionnaire_to_read(request.user, key, version)
    rows = questionnaire.approvals.select_related("minutes_file").exclude(minutes_file=None)
    approval = get_object_or_404(rows, pk=pk)
    assert approval.minutes_file is not None
    response = HttpResponse(bytes(approval.minutes_file.data), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="referat-{approval.approved_on:%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


# --- earlier figures ----------------------------------------------------------------------------------------------


@login_required
def comparison_list(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Which figures may be set beside an earlier measurement's; a trend is drawn on an approved link only."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    links = questionnaire.comparabilities.order_by("pk")
    chosen = links.filter(key=request.GET.get("ret", "")).first()
    initial = _link_initial(chosen) if chosen else {"kind": Comparability.Kind.NONE}
    form = LinkForm(request.POST or None, questionnaire=questionnaire, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        note = {code: data[f"note_{code}"].strip() for code in ("da", "en") if data[f"note_{code}"].strip()}
        edit.link_set(
            questionnaire=questionnaire,
            key=data["key"],
            earlier_key=data["earlier_key"],
            kind=data["kind"],
            note=note,
            by=hr,
        )
        messages.success(request, _("Sammenligningen er gemt. Den vises først, når den er godkendt."))
        return redirect(edit_url(questionnaire, "comparison_list"))
    names = {row.key: row.title for row in questionnaire.topics.all()}
    names |= {row.key: row.text for row in Item.objects.filter(questionnaire=questionnaire)}
    context = {
        "questionnaire": questionnaire,
        "rows": [{"link": link, "name": names.get(link.key)} for link in links],
        "form": form,
        "chosen": chosen,
        "earlier": earlier_keys(),
    }
    return render(request, "surveys/comparison_list.html", context, status=422 if form.errors else 200)


def _link_initial(link: Comparability) -> dict[str, str]:
    return {
        "key": link.key,
        "earlier_key": link.earlier_key,
        "kind": link.kind,
        "note_da": link.note.get("da", ""),
        "note_en": link.note.get("en", ""),
    }


def earlier_keys() -> list[str]:
    """What the imported measurements have figures of for the whole municipality."""
    found = Fact.objects.filter(release__wave__kind=Wave.Kind.IMPORTED, unit__parent=None)
    return sorted({item for item in found.values_list("item", flat=True) if not item.startswith("_")})


@login_required
@require_POST
def comparison_review(request: HttpRequest, key: str, version: int, link: str) -> HttpResponse:
    """Approve a link by name, or take the approval back."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    row = get_object_or_404(questionnaire.comparabilities, key=link)
    if request.POST.get("godkend") == "1":
        words = _("Sammenligningen er godkendt. Udviklingen vises i rapporterne.")
        refused(request, questionnaire, lambda: edit.link_approve(link=row, by=hr), words)
    else:
        edit.link_unapprove(link=row, by=hr)
        messages.success(request, _("Godkendelsen er trukket tilbage. Udviklingen vises ikke."))
    return redirect(edit_url(questionnaire, "comparison_list"))
