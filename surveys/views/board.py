"""The physical board: lanes, one finding, its photos, and Kommunale Ejendomme's queue."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.access import require
from organisation.audit import audit
from organisation.models import Person
from surveys import access, findings
from surveys.models import Finding, PhysicalReport
from surveys.models.physical import Severity
from surveys.physical_follow_ups import answers_said

State = Finding.State
SEVERITY_ORDER = {Severity.DANGER: 0, Severity.MAJOR: 1, Severity.MINOR: 2}


class MoveForm(forms.Form):
    """Where a finding goes, and what the trio says about it."""

    to = forms.ChoiceField(label=gettext_lazy("Flyt til"), widget=forms.RadioSelect)
    same_as = forms.ModelChoiceField(
        label=gettext_lazy("Dublet af"),
        queryset=Finding.objects.none(),
        required=False,
        help_text=gettext_lazy("Kun hvis I vælger «Dublet»."),
        empty_label=gettext_lazy("Vælg den anden melding"),
    )
    note = forms.CharField(
        label=gettext_lazy("Bemærkning"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Begrundelsen ved «Ingen handling», beskeden ved «Kommunale Ejendomme». "
            "Skriv ikke navne på dem, der har meldt."
        ),
    )

    def __init__(self, *args: Any, finding: Finding, board: access.Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to, same_as = self.fields["to"], self.fields["same_as"]
        assert isinstance(to, forms.ChoiceField)
        assert isinstance(same_as, forms.ModelChoiceField)
        to.choices = [(value, State(value).label) for value in findings.MOVES[finding.state]]
        if State.DUPLICATE in findings.MOVES[finding.state]:
            same_as.queryset = findings.others_on_board(finding, board.group)
        else:
            del self.fields["same_as"]


@login_required
@never_cache
@require_safe
def board(request: HttpRequest, uuid: UUID) -> HttpResponse:
    seen = access.board_for(request.user, uuid)
    rows = list(findings.with_counts(access.findings_of(seen.group)).select_related("item__topic", "unit", "campaign"))
    rows.sort(key=lambda row: (SEVERITY_ORDER[Severity(row.severity)], row.title))
    by_state: dict[str, list[dict[str, Any]]] = defaultdict(list)
    several = len({row.unit.unit_id for row in rows}) > 1
    years = len({row.campaign_id for row in rows}) > 1
    for row in rows:
        by_state[row.state].append(_card(row, seen, several, years))
    lanes = [
        {"name": lane.name, "cards": [card for state in lane.states for card in by_state[state]]}
        for lane in findings.LANES
    ]
    unreleased = findings.still_closed()
    count = sum(row.own_count for row in rows)  # type: ignore[attr-defined]
    return render(
        request,
        "surveys/board.html",
        {
            "board": seen,
            "path": [
                {"label": seen.group.name, "url": reverse("trivsel:group_detail", args=[seen.group.uuid])}
                if seen.full
                else {"label": seen.group.name},
            ],
            "lanes": lanes,
            "put_away": [card for state in findings.PUT_AWAY for card in by_state[state]],
            "unreleased": unreleased,
            "years": any(row.campaign_id != unreleased.pk for row in rows) if unreleased else False,
            "empty": not rows,
            "lead": _("%(findings)s fra %(reports)s.")
            % {
                "findings": ngettext("%(n)d fund", "%(n)d fund", len(rows)) % {"n": len(rows)},
                "reports": ngettext("%(n)d melding", "%(n)d meldinger", count) % {"n": count},
            },
        },
    )


def _card(row: Finding, seen: access.Board, several: bool, years: bool) -> dict[str, Any]:
    n = row.report_count  # type: ignore[attr-defined]
    detail = ngettext("%(n)d melding", "%(n)d meldinger", n) % {"n": n}
    if row.merged_count:  # type: ignore[attr-defined]
        detail = _("%(n)d meldinger lagt sammen") % {"n": n}
    if several:
        detail = f"{row.unit.name} · {detail}"
    if years:
        detail = f"{detail} · {row.campaign.year}"
    url = reverse("surveys:finding_detail", args=[row.pk])
    danger = row.severity == Severity.DANGER
    said = [] if danger else [str(Severity(row.severity).label)]
    if row.state not in (State.NEW, State.ASSESSED, State.TOLD):
        said.append(row.get_state_display())
    return {
        "title": row.title,
        "url": url,
        "detail": detail,
        "state": " · ".join(said),
        "danger": danger,
        "move_url": url,
        "from": row.state,
        "moves": [{"value": value, "label": State(value).label} for value in findings.MOVES[row.state]]
        if seen.full
        else [],
    }


@login_required
@never_cache
def finding_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    finding, seen = access.finding_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    initial = {"to": request.GET.get("to", "")}
    form = MoveForm(request.POST or None, initial=initial, finding=finding, board=seen)
    if request.method == "POST":
        require(seen.full)
        if form.is_valid():
            needs_more = form.cleaned_data["to"] in findings.NEEDS_MORE and "note" not in request.POST
            if needs_more:
                return redirect(f"{request.path}?to={form.cleaned_data['to']}#flyt")
            try:
                move = findings.finding_move(
                    finding,
                    to=form.cleaned_data["to"],
                    by=person,
                    note=form.cleaned_data["note"],
                    same_as=form.cleaned_data.get("same_as"),
                    seen=request.POST.get("from") or None,
                )
            except findings.CannotMove as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request,
                    _("«%(title)s» er flyttet til «%(state)s».")
                    % {"title": finding.title, "state": move.get_state_display()},
                )
                return redirect("surveys:board", seen.group.uuid)
    reports = list(
        PhysicalReport.objects.filter(finding__in=[finding, *finding.duplicates.all()])
        .select_related("person")
        .order_by("reported_on", "pk")
    )
    named = sum(1 for report in reports if report.person_id)
    if seen.full and named:
        audit("named_reports_read", finding, actor=person, unit=finding.unit.unit_id, count=named)
    return render(
        request,
        "surveys/finding_detail.html",
        {
            "finding": finding,
            "board": seen,
            "reports": reports,
            "said": answers_said(reports, finding.item.questionnaire_id, get_language() or "da"),
            "form": form if seen.full else None,
            "moves": finding.moves.select_related("by"),
            "path": [
                {"label": seen.group.name, "url": reverse("surveys:board", args=[seen.group.uuid])},
                {"label": _("Fysiske meldinger")},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


@login_required
@never_cache
@require_safe
def finding_photo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    report = access.photo_for(request.user, uuid)
    assert report.photo is not None
    return HttpResponse(bytes(report.photo.data), content_type=report.photo.content_type)


# ---------------------------------------------------------------- Kommunale Ejendomme


class ReplyForm(forms.Form):
    finding = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Svar til trioen"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


@login_required
@never_cache
def property_queue(request: HttpRequest) -> HttpResponse:
    person = access.property_reader(request.user)
    if request.method == "POST":
        return _property_reply(request, person)
    rows = list(
        findings.with_counts(access.sent_to_property())
        .select_related("building", "room", "unit__unit__work_environment_group", "unit__parent", "item")
        .prefetch_related("moves__by")
    )
    contacts = findings.contacts_of({row.unit.unit.work_environment_group_id or 0 for row in rows})
    waiting = [row for row in rows if row.state == State.PROPERTY]
    waiting.sort(
        key=lambda row: (
            row.building.name if row.building else row.unit.name,
            SEVERITY_ORDER[Severity(row.severity)],
            row.title,
        )
    )
    cases = [
        {
            "finding": row,
            "contact": contacts.get(row.unit.unit.work_environment_group_id or 0),
            "notes": [move for move in row.moves.all() if move.note and move.state == State.PROPERTY],
            "form": ReplyForm(initial={"finding": row.pk}, auto_id=f"id_{row.pk}_%s"),
        }
        for row in waiting
    ]
    return render(
        request,
        "surveys/property_queue.html",
        {"cases": cases, "answered": [row for row in rows if row.state != State.PROPERTY]},
    )


def _property_reply(request: HttpRequest, person: Person) -> HttpResponse:
    form = ReplyForm(request.POST)
    finding = None
    if form.is_valid():
        finding = access.sent_to_property().filter(pk=form.cleaned_data["finding"]).first()
    if finding is None:
        messages.error(request, _("Skriv et svar til trioen."))
        return redirect("surveys:property_queue")
    try:
        findings.property_reply(
            finding, by=person, note=form.cleaned_data["note"], done=request.POST.get("done") == "1"
        )
    except findings.CannotMove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Svaret er sendt til trioen."))
    return redirect("surveys:property_queue")
