"""The pages of the traces: everything for HR and the data protection officer, its own for each trio."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation import access, traces
from organisation.models import AuditEntry
from trivsel.audit_words import detail_words, subject_words, verb_words


class TraceSearch(forms.Form):
    """What to look for; an empty form shows everything."""

    KINDS = [("", _("Alt")), ("laest", _("Kun hvem der har læst")), ("aendret", _("Kun hvad der er ændret"))]

    slags = forms.ChoiceField(label=_("Vis"), choices=KINDS, required=False)
    hvem = forms.CharField(label=_("Hvem"), max_length=120, required=False)
    enhed = forms.CharField(label=_("Enhed eller trio"), max_length=160, required=False)
    fra = forms.DateField(label=_("Fra dag"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    til = forms.DateField(label=_("Til dag"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def search(self) -> traces.Search:
        """What was asked for; a field that cannot be read is told beside it and leaves nothing out."""
        self.is_valid()
        given = self.cleaned_data
        return traces.Search(
            who=given.get("hvem", ""),
            unit=given.get("enhed", ""),
            reading={"laest": True, "aendret": False}.get(given.get("slags", "")),
            first=given.get("fra"),
            last=given.get("til"),
        )


@login_required
@never_cache
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who changed what, and who read what."""
    access.overseer(request.user)
    form = TraceSearch(request.GET)
    return _page(request, "trivsel/audit_list.html", traces.traces(form.search()), form)


@login_required
@never_cache
@require_safe
def group_audit(request: HttpRequest, group: UUID) -> HttpResponse:
    """The same for one trio: its units, dialogue and plans, and who has read its reports."""
    trio = access.group_for(request.user, group)
    form = TraceSearch(request.GET)
    return _page(request, "trivsel/group_audit.html", traces.traces_of(trio, form.search()), form, group=trio)


def _page(
    request: HttpRequest, template: str, entries: QuerySet[AuditEntry], form: TraceSearch, **more: Any
) -> HttpResponse:
    page = Paginator(entries, 50).get_page(request.GET.get("side"))
    rows = [
        {
            "entry": entry,
            "verb": verb_words(entry.verb),
            "detail": detail_words(entry),
            "subject": subject_words(entry.subject_type),
        }
        for entry in page
    ]
    query = request.GET.copy()
    query.pop("side", None)
    kept = f"{query.urlencode()}&" if query else ""
    return render(request, template, {"page": page, "rows": rows, "form": form, "kept": kept, **more})
