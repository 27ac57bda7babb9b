"""HR's editor of the questionnaire: versions, order, wording, topics and questions of the municipality's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organisation import access as base
from organisation.formerrors import show_errors
from organisation.models import Person
from surveys import access
from surveys import questionnaire_edit as edit
from surveys import questionnaire_scales as scales
from surveys.models import Item, Questionnaire, Scale, Topic, Wave
from surveys.questionnaire_approval import Standing, standing_of
from surveys.questionnaire_forms import ItemForm, LocalItemForm, ScaleForm, TopicForm
from surveys.views.pages import prepared_wave


def planned_wave() -> Wave | None:
    """The survey that still has to choose its questionnaire."""
    wave = prepared_wave()
    return wave if wave is not None and wave.state == Wave.State.PLANNED else None


def edit_url(questionnaire: Questionnaire, name: str = "questionnaire_edit", *more: str) -> str:
    return reverse(f"surveys:{name}", args=[questionnaire.key, questionnaire.version, *more])


def refused(request: HttpRequest, questionnaire: Questionnaire, deed: Callable[[], Any], done: str = "") -> bool:
    """Do it, and tell how it went. True when it was refused."""
    try:
        deed()
    except edit.Locked:
        messages.error(request, _("Spørgeskemaet er låst, fordi målingen er åbnet. Lav en ny version i stedet."))
        return True
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return True
    if done:
        messages.success(request, done)
    return False


@login_required
@require_safe
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    """Every questionnaire with its versions, newest first."""
    base.require_hr(request.user)
    wave = prepared_wave()
    rows = Questionnaire.objects.order_by("key", "-version")
    context = {"rows": rows, "wave": wave, "asked": wave.questionnaire_id if wave else None}
    return render(request, "surveys/questionnaire_list.html", context)


@login_required
@require_safe
def questionnaire_edit(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """One version: what is missing, and every topic and question in the order in which it is asked."""
    _hr, questionnaire = access.questionnaire_for(request.user, key, version)
    return _edit_page(request, questionnaire)


def _edit_page(request: HttpRequest, questionnaire: Questionnaire) -> HttpResponse:
    wave = prepared_wave()
    standing = standing_of(questionnaire)
    context = {
        "questionnaire": questionnaire,
        "topics": topics_of(questionnaire),
        "standing": standing,
        "problems": _problem_rows(questionnaire, standing),
        "wave": wave,
        "is_asked": wave is not None and wave.questionnaire_id == questionnaire.pk,
        "may_use": wave is not None and wave.state == Wave.State.PLANNED,
        "local_left": len(edit.local_keys_free(questionnaire)),
        "imported": not questionnaire.topics.exists(),
    }
    template = "surveys/questionnaire_edit.html" + ("#topics" if request.htmx else "")  # type: ignore[attr-defined]
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def topics_of(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """Topics with their questions and follow-ups as a tree; two queries."""
    below: dict[int | None, list[Item]] = {}
    for item in Item.objects.filter(questionnaire=questionnaire).select_related("scale").order_by("order", "pk"):
        below.setdefault(item.parent_id, []).append(item)

    def rows(item: Item) -> dict[str, Any]:
        children = below.get(item.pk, [])
        return {"item": item, "below": [rows(child) for child in children], "local": item.key.startswith("lokal_")}

    return [
        {
            "topic": topic,
            "rows": [rows(item) for item in below.get(None, []) if item.topic_id == topic.pk],
        }
        for topic in questionnaire.topics.order_by("order", "pk")
    ]


def _problem_rows(questionnaire: Questionnaire, standing: Standing) -> list[dict[str, str]]:
    """The problems, each with a link to where it is mended."""
    items = set(Item.objects.filter(questionnaire=questionnaire).values_list("key", flat=True))
    topics = set(Topic.objects.filter(questionnaire=questionnaire).values_list("key", flat=True))
    answers = set(questionnaire.scales.exclude(options=[]).values_list("key", flat=True))
    found = []
    for problem in standing.problems:
        key = problem.place.split(".")[0]
        url = ""
        if key in items:
            url = edit_url(questionnaire, "item_edit", key)
        elif key in answers:
            url = edit_url(questionnaire, "scale_edit", key)
        elif key in topics:
            url = edit_url(questionnaire, "topic_edit", key)
        found.append({"place": problem.place, "text": problem.text, "url": url})
    return found


# --- versions -----------------------------------------------------------------------------------------------------


@login_required
@require_POST
def questionnaire_copy(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """A new version to change, made from this one."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    made = edit.version_create(source=questionnaire, by=hr)
    messages.success(request, _("Version %(n)d er lavet. Den bruges først, når I vælger den.") % {"n": made.version})
    return redirect(edit_url(made))


@login_required
@require_POST
def questionnaire_use(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Ask this version in the coming survey."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    wave = planned_wave()
    if wave is not None and edit.wave_use(wave=wave, questionnaire=questionnaire, by=hr):
        messages.success(request, _("Målingen spørger nu med denne version."))
    else:
        messages.error(request, _("Målingen er åbnet, og spørgeskemaet kan ikke skiftes længere."))
    return redirect(edit_url(questionnaire))


@login_required
@require_POST
def questionnaire_delete(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Throw a draft away that nothing rests on."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    words = _("%(name)s er slettet.") % {"name": str(questionnaire)}
    if refused(request, questionnaire, lambda: edit.version_delete(questionnaire=questionnaire, by=hr), words):
        return redirect(edit_url(questionnaire))
    return redirect("surveys:questionnaire_list")


# --- topics -------------------------------------------------------------------------------------------------------


def _topic(request: HttpRequest, key: str, version: int, topic: str) -> tuple[Person, Topic]:
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    return hr, get_object_or_404(Topic.objects.select_related("questionnaire"), questionnaire=questionnaire, key=topic)


def _item(request: HttpRequest, key: str, version: int, item: str) -> tuple[Person, Item]:
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    rows = Item.objects.select_related("questionnaire__copied_from", "topic", "scale", "parent")
    return hr, get_object_or_404(rows, questionnaire=questionnaire, key=item)


@login_required
@require_POST
def topic_move(request: HttpRequest, key: str, version: int, topic: str) -> HttpResponse:
    hr, row = _topic(request, key, version, topic)
    up = request.POST.get("vej") == "op"
    refused(request, row.questionnaire, lambda: edit.topic_move(topic=row, up=up, by=hr))
    return _moved(request, row.questionnaire)


@login_required
@require_POST
def item_move(request: HttpRequest, key: str, version: int, item: str) -> HttpResponse:
    hr, row = _item(request, key, version, item)
    up = request.POST.get("vej") == "op"
    refused(request, row.questionnaire, lambda: edit.item_move(item=row, up=up, by=hr))
    return _moved(request, row.questionnaire)


def _moved(request: HttpRequest, questionnaire: Questionnaire) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _edit_page(request, questionnaire)
    return redirect(edit_url(questionnaire))


@login_required
@require_POST
def topic_switch(request: HttpRequest, key: str, version: int, topic: str) -> HttpResponse:
    """Ask the topic, or leave it out."""
    hr, row = _topic(request, key, version, topic)
    on = request.POST.get("til") == "1"
    refused(request, row.questionnaire, lambda: edit.topic_change(topic=row, by=hr, switched_on=on))
    return _moved(request, row.questionnaire)


@login_required
def topic_edit(request: HttpRequest, key: str, version: int, topic: str) -> HttpResponse:
    """Title, introduction and threshold of a topic, in every language."""
    hr, row = _topic(request, key, version, topic)
    form = TopicForm(request.POST or None, topic=row)
    if request.method == "POST":
        base.require(not row.questionnaire.locked)
        if form.is_valid():
            try:
                edit.topic_change(topic=row, by=hr, **form.fields_of_topic())
            except edit.Locked:
                form.add_error(None, _("Spørgeskemaet er blevet låst, mens du skrev. Lav en ny version i stedet."))
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Emnet er gemt."))
                return redirect(edit_url(row.questionnaire) + f"#emne-{row.key}")
    context = {"form": form, "topic": row, "questionnaire": row.questionnaire}
    return render(request, "surveys/topic_edit.html", context, status=422 if form.errors else 200)


# --- questions ----------------------------------------------------------------------------------------------------


@login_required
def item_edit(request: HttpRequest, key: str, version: int, item: str) -> HttpResponse:
    """Reword a question: the same meaning keeps its key, another meaning takes a new one. The page asks which."""
    hr, row = _item(request, key, version, item)
    form = ItemForm(request.POST or None, item=row)
    if request.method == "POST":
        base.require(not row.questionnaire.locked)
        if form.is_valid():
            change = edit.item_replace if form.cleaned_data.get("meaning") == ItemForm.ANOTHER else edit.item_reword
            try:
                change(item=row, text=form.words("text", row.text), help=form.words("help", row.help), by=hr)
            except edit.Locked:
                form.add_error(None, _("Spørgeskemaet er blevet låst, mens du skrev. Lav en ny version i stedet."))
            else:
                messages.success(request, _("Spørgsmålet er gemt."))
                return redirect(edit_url(row.questionnaire) + f"#spoergsmaal-{row.key}")
    context = {
        "form": form,
        "item": row,
        "questionnaire": row.questionnaire,
        "earlier": edit.wording_before(row),
        "local": row.key.startswith("lokal_"),
    }
    return render(request, "surveys/item_edit.html", context, status=422 if form.errors else 200)


@login_required
def scale_edit(request: HttpRequest, key: str, version: int, scale: str) -> HttpResponse:
    """Reword the answers of every question that has them. The page asks whether they still mean the same."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    row = get_object_or_404(Scale.objects.select_related("questionnaire"), questionnaire=questionnaire, key=scale)
    base.require(bool(row.options))
    form = ScaleForm(request.POST or None, scale=row)
    if request.method == "POST":
        base.require(not questionnaire.locked)
        if form.is_valid():
            change = scales.scale_replace if form.another else scales.scale_reword
            try:
                change(scale=row, labels=form.labels(), by=hr)
            except edit.Locked:
                form.add_error(None, _("Spørgeskemaet er blevet låst, mens du skrev. Lav en ny version i stedet."))
            else:
                messages.success(request, _("Svarmulighederne er gemt."))
                return redirect(edit_url(questionnaire, "scale_edit", row.key))
    asked = scales.items_with(row)
    context = {"form": form, "scale": row, "questionnaire": questionnaire, "asked": asked}
    return render(request, "surveys/scale_edit.html", context, status=422 if form.errors else 200)


@login_required
def item_create(request: HttpRequest, key: str, version: int, topic: str) -> HttpResponse:
    """One of the five questions of the municipality's own."""
    hr, row = _topic(request, key, version, topic)
    form = LocalItemForm(request.POST or None, topic=row)
    if request.method == "POST":
        base.require(not row.questionnaire.locked)
        if form.is_valid():
            try:
                edit.local_item_add(
                    topic=row,
                    text=form.words("text", {}),
                    help=form.words("help", {}),
                    scale=form.cleaned_data["scale"],
                    reverse=form.cleaned_data["reverse"],
                    by=hr,
                )
            except edit.Locked:
                form.add_error(None, _("Spørgeskemaet er blevet låst, mens du skrev. Lav en ny version i stedet."))
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Spørgsmålet er tilføjet."))
                return redirect(edit_url(row.questionnaire) + f"#emne-{row.key}")
    left = len(edit.local_keys_free(row.questionnaire))
    context = {"form": form, "topic": row, "questionnaire": row.questionnaire, "left": left}
    return render(request, "surveys/item_create.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def item_remove(request: HttpRequest, key: str, version: int, item: str) -> HttpResponse:
    """Take a question of the municipality's own out again; the others are switched off with their topic."""
    hr, row = _item(request, key, version, item)
    base.require(row.key.startswith("lokal_"))
    words = _("Spørgsmålet er fjernet.")
    refused(request, row.questionnaire, lambda: edit.local_item_remove(item=row, by=hr), words)
    return redirect(edit_url(row.questionnaire) + f"#emne-{row.topic.key}")
