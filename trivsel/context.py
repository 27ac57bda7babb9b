"""What every page needs: the municipality, the reader, and the rooms of the reader's roles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from organisation import access
from organisation.models import Person, Role
from surveys.middleware import ANSWERING


def page(request: HttpRequest) -> dict[str, Any]:
    """Nothing here for the pages where people answer: they know neither cookie nor person."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) or (user is not None and user.is_authenticated) else None
    context: dict[str, Any] = {
        "municipality": settings.MUNICIPALITY,
        "person": person,
        "person_title": title_of(person),
        "rooms": rooms_of(person, request.path),
        "demo": settings.DEMO,
    }
    if settings.DEMO and not request.path.startswith(ANSWERING):
        from trivsel.demo.bar import demo_bar

        context["demo_bar"] = demo_bar(request)
    return context


def title_of(person: Any) -> str:
    """«Leder i trioen, Afsnit Nord»: the first role of today, in words."""
    if person is None:
        return ""
    roles = access.roles_of(person)
    if not roles:
        return _("Medarbejder")
    role = roles[0]
    if role.kind in Role.TRIO_KINDS:
        short = {Role.Kind.LEADER: _("Leder"), Role.Kind.AMR: _("AMR"), Role.Kind.TR: _("TR")}[Role.Kind(role.kind)]
        return f"{short}, {role.unit}"
    if role.committee:
        return f"{role.get_kind_display()}, {role.committee}"
    return str(role.get_kind_display())


def rooms_of(person: Any, path: str) -> list[dict[str, Any]]:
    """Navigation by role: only rooms that have something for this reader."""
    if person is None:
        rooms = [
            (_("Om målingen"), reverse("trivsel:front")),
            (_("Svar med kode"), reverse("surveys:answer_start")),
            (_("Spørgeskemaet"), reverse("surveys:questionnaire_detail")),
        ]
    else:
        rooms = [(_("Mine opgaver"), reverse("trivsel:task_list"))]
        if access.holds(person, Role.TRIO_KINDS):
            rooms.append((_("Min trio"), reverse("trivsel:group_list")))
        if not access.is_property(person):
            rooms.append((_("Rapporter"), reverse("surveys:report_list")))
        rooms.append((_("Handleplaner"), reverse("actionplans:plan_list")))
        if access.holds(person, (*Role.COMMITTEE_KINDS, Role.Kind.HR)):
            rooms.append((_("MED"), reverse("trivsel:committee_list")))
        if access.is_property(person):
            rooms = [rooms[0], (_("Sager"), reverse("surveys:property_queue"))]
        if access.holds(person, [Role.Kind.DPO]) and not access.is_hr(person):
            rooms.append((_("Frigivelse"), reverse("surveys:release_list")))
            rooms.append((_("Spor"), reverse("trivsel:audit_list")))
        if access.is_hr(person):
            rooms.append((_("HR"), reverse("trivsel:hr_campaign")))
    return [
        {"label": label, "url": url, "current": path == url or (len(url) > 1 and path.startswith(url))}
        for label, url in rooms
    ]
