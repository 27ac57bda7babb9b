"""What the handleplaner hold about one person: activities, moved arrows, signatures and evaluations."""

from django.utils.translation import gettext as _

from actionplans.models import Activity, ActivityMove, Evaluation, SignOff
from organisation.models import Person
from organisation.personal import Held
from organisation.templatetags.dates import dk_long, dk_moment


def held(person: Person) -> list[Held]:
    """Four queries."""
    return [
        Held(
            _("Aktiviteter, du er tovholder for"),
            _("Del af handleplanen, som alle på arbejdspladsen kan læse."),
            (_("Handleplan"), _("Aktivitet"), _("Deadline"), _("Hvor langt")),
            [
                (row.plan.title, row.what, dk_long(row.deadline), str(row.get_progress_display()))
                for row in Activity.objects.filter(owner=person).select_related("plan")
            ],
        ),
        Held(
            _("Pile, du har flyttet"),
            _("Viser, hvordan det er gået med aktiviteterne."),
            (_("Hvornår"), _("Aktivitet"), _("Til")),
            [
                (dk_moment(row.at), row.activity.what, str(row.get_progress_display()))
                for row in ActivityMove.objects.filter(by=person).select_related("activity")
            ],
        ),
        Held(
            _("Underskrifter"),
            _("Viser, at arbejdsmiljøgruppen har været med. Gemmes sammen med planen, også når du er fratrådt."),
            (_("Handleplan"), _("Som"), _("Hvornår")),
            [
                (row.plan.title, str(row.get_role_display()), dk_moment(row.at))
                for row in SignOff.objects.filter(person=person).select_related("plan")
            ],
        ),
        Held(
            _("Evalueringer, du har skrevet for et udvalg"),
            _("Udvalget og HR kan læse dem."),
            (_("Udvalg"), _("Dag")),
            [
                (row.committee.name, dk_long(row.written_on))
                for row in Evaluation.objects.filter(written_by=person).select_related("committee")
            ],
        ),
    ]
