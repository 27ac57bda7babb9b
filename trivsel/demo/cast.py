"""The twelve people one can log in as, one for each role. They all meet at Plejehjemmet Birkehøj."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.models import Person


@dataclass(frozen=True)
class Member:
    """One of the cast. `number` finds the person; `first_url` names the page to try first."""

    key: str
    name: str
    title: str
    role: Promise
    can: Promise
    first_url: str = "trivsel:task_list"
    email: bool = True

    @property
    def number(self) -> str:
        return f"D-{self.key}"


CAST = (
    Member(
        "employee_phone",
        "Mie Holt",
        "Social- og sundhedshjælper",
        _("Medarbejder i Afsnit Nord uden arbejdsmail"),
        _("Får sin personlige indgang på sms: find den i indbakken, og svar på skemaet på telefonen."),
        "demo:inbox",
        email=False,
    ),
    Member(
        "employee",
        "Ali Demir",
        "Social- og sundhedsassistent",
        _("Medarbejder i Afsnit Nord med arbejdsmail"),
        _("Får sin indgang i en mail, svarer på begge dele, og ser enhedens rapport, når trioen deler den."),
    ),
    Member(
        "leader",
        "Karen Toft",
        "Afsnitsleder",
        _("Leder i trioen, Afsnit Nord"),
        _("Læser rapporten sammen med AMR og TR, planlægger trivselsdialogen og skriver under på handleplanen."),
    ),
    Member(
        "amr",
        "Jonas Brink",
        "Social- og sundhedsassistent",
        _("Arbejdsmiljørepræsentant (AMR) i Afsnit Nord"),
        _("Vurderer de fysiske meldinger, sender videre til Kommunale Ejendomme og skriver under på handleplanen."),
    ),
    Member(
        "tr",
        "Signe Lund",
        "Sygeplejerske",
        _("Tillidsrepræsentant (TR) i Afsnit Nord"),
        _("Ser det samme som lederen fra samme minut og forbereder dialogen."),
    ),
    Member(
        "head",
        "Torben Friis",
        "Plejehjemsleder",
        _("Leder af Birkehøj og forperson i ArbejdspladsMED"),
        _("Følger svarprocent, dialoger og handleplaner for hele plejehjemmet."),
    ),
    Member(
        "med_workplace",
        "Anni Skov",
        "Social- og sundhedsassistent",
        _("Næstforperson i ArbejdspladsMED, Birkehøj"),
        _("Ser rapporten for arbejdspladsen og status på handleplanerne, og skriver evalueringen."),
    ),
    Member(
        "med_department",
        "Hanne Dal",
        "Direktør",
        _("Direktør og forperson i AfdelingsMED, Sundhed & Ældre"),
        _("Ser status på handleplaner for hver arbejdsplads i afdelingen."),
    ),
    Member(
        "med_municipality",
        "Ebbe Rosager",
        "Fællestillidsrepræsentant",
        _("Næstforperson i KommuneMED"),
        _("Ser hele kommunens status og resultater til mødet i KommuneMED."),
    ),
    Member(
        "hr",
        "Mette Aagaard",
        "Arbejdsmiljøkonsulent",
        _("HR: ejer af målingen"),
        _("Styrer årets datoer, følger udsendelsen, ser kontrollen og giver den ene godkendelse af frigivelsen."),
    ),
    Member(
        "dpo",
        "Ulla Bech",
        "Databeskyttelsesrådgiver",
        _("Databeskyttelsesrådgiver (DPO)"),
        _("Ser kontrollen af, at ingen kan regnes frem, og giver den anden godkendelse, før rapporterne kan frigives."),
    ),
    Member(
        "property",
        "Per Grave",
        "Bygningskonstruktør",
        _("Kommunale Ejendomme"),
        _("Ser de sager, trioerne har sendt om bygninger og lokaler."),
    ),
)


def cast_people() -> dict[str, Person]:
    """The cast's persons by key. Those missing are left out: the page then says that the demonstration is empty."""
    by_number = {person.number: person for person in Person.objects.filter(number__startswith="D-", is_active=True)}
    return {member.key: by_number[member.number] for member in CAST if member.number in by_number}
