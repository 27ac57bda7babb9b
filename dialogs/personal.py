"""What the dialogues hold about one person: agreements in whose words the name stands."""

from django.utils.translation import gettext as _

from dialogs.models import Agreement
from organisation.models import Person
from organisation.personal import Held


def held(person: Person) -> list[Held]:
    """One query. Agreements name their tovholder in words, so this finds the full name as it is written."""
    agreements = Agreement.objects.filter(owner__iexact=person.name).select_related("dialogue__group")
    return [
        Held(
            _("Aftaler fra trivselsdialogen, hvor dit navn står"),
            _("Så alle kan se, hvem der er tovholder."),
            (_("Trio"), _("Aftale")),
            [(agreement.dialogue.group.name, agreement.text) for agreement in agreements],
        )
    ]
