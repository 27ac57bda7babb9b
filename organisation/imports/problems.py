# ruff: noqa: E501  (one sentence a line)
"""The sentences of the errors: what is wrong and what to do about it. One place, so that they read alike."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.imports.rows import Place, Problem

# Shown instead of the value: it is a CPR number, or a mark of ours.
HIDDEN = _("(vises ikke)")

TEXTS: dict[str, str | Promise] = {
    "cpr": _(
        "Cellen ligner et CPR-nummer. CPR-numre må ikke indlæses, og nummeret er ikke gemt. Slet det i filen; brug medarbejdernummeret."
    ),
    "formula": _("Cellen er en formel eller en fejlværdi. Kopiér kolonnen, og indsæt den igen som værdier."),
    "merged": _("Cellen er flettet med andre. Ophæv fletningen, og skriv værdien i hver række."),
    "scientific": _(
        "Excel har forkortet nummeret, så cifrene er gået tabt. Formatér kolonnen som tekst, og hent nummeret igen."
    ),
    "missing": _("Feltet skal udfyldes."),
    "too_long": _("Teksten er for lang. Forkort den."),
    "date": _("Det er ikke en dato. Skriv den som 01-03-2026."),
    "hours": _("Timer skal være et tal mellem 0 og 60, for eksempel 32,5."),
    "yes": _("Skriv ja eller nej."),
    "email": _("Det er ikke en mailadresse. Ret den, eller lad feltet stå tomt."),
    "p_number": _("Et P-nummer har ti cifre. Ret det, eller lad feltet stå tomt."),
    "level": _("Niveauet findes ikke. Brug Kommune, Afdeling, Område, Arbejdsplads eller Enhed."),
    "language": _("Sprogkoden har to eller tre bogstaver, for eksempel da."),
    "leave": _("Fraværet kendes ikke. Skriv barsel, orlov eller langtidssyg, eller lad feltet stå tomt."),
    "role": _("Rollen kendes ikke. Skriv leder, AMR, TR, facilitator, forperson, næstforperson eller MED-medlem."),
    "role_by_hand": _(
        "Roller med adgang til hele kommunen gives ikke ved import. Slet rækken, og giv rollen i hånden."
    ),
    "role_unit": _("Skriv nummeret på enheden, rollen gælder."),
    "role_committee": _("Skriv nummeret på den enhed, hvis MED-udvalg rollen gælder."),
    "outside": _("Der står noget til højre for den sidste overskrift. Slet det, eller giv kolonnen en overskrift."),
    "duplicate": _("Nummeret står også i række %(other)s. Hvert nummer må kun stå én gang. Slet den forkerte række."),
    "two_units": _(
        "Ansættelsen står også i række %(other)s i en anden enhed. En ansættelse hører til én enhed; har personen to job, skal de have hvert sit ansættelsesnummer."
    ),
    "unknown_parent": _("Der er ingen enhed med det nummer i arket. Ret overenheden, eller tilføj enheden."),
    "no_parent": _(
        "Kun kommunen selv må stå uden overenhed, og række %(other)s står også uden. Skriv overenhedens nummer."
    ),
    "no_root": _("Ingen enhed står uden overenhed. Kommunen selv skal stå med tomt felt."),
    "cycle": _("Enheden ligger under sig selv: %(path)s. Ret en af overenhederne."),
    "ends_before_start": _("Slutdatoen ligger før startdatoen. Ret en af dem."),
    "unknown_person": _("Der er ingen person med det nummer. Ret nummeret, eller tilføj personen."),
    "unknown_unit": _("Der er ingen enhed med det nummer. Ret nummeret, eller tilføj enheden."),
    "unknown_committee": _("Enheden med det nummer har intet MED-udvalg. Ret nummeret, eller tilføj udvalget."),
    "unknown_building": _("Der er ingen bygning med det nummer. Ret nummeret, eller tilføj bygningen."),
    "email_taken": _("Mailadressen hører til en anden person (%(other)s). To personer kan ikke dele mailadresse."),
    "role_twice": _("Rollen står også i række %(other)s for samme person og periode. Slet den ene."),
    "two_leaders": _("Enheden har også en leder i række %(other)s i samme periode. En enhed har én leder ad gangen."),
    "leader_before": _("Den nye leder kan ikke begynde, før den nuværende begyndte (%(other)s). Ret startdatoen."),
    "leader_overlap": _("Enheden havde en anden leder til og med %(other)s. Ret startdatoen."),
    "unit_with_staff": _(
        "Enheden mangler i arket, men %(other)s ansatte hører til den. Flyt dem først, eller tag enheden med."
    ),
    "no_column": _("Kolonnen «%(other)s» mangler. Tilføj den; overskriften skal stå i den øverste række."),
    "same_heading": _("To kolonner betyder «%(other)s». Slet den ene."),
}


def problem(place: Place, column: str, value: str, code: str, *, blocks: bool = False, **words: str) -> Problem:
    """One error of one cell. The value is hidden when it is a mark of ours."""
    text = str(TEXTS[code])
    return Problem(
        place=place,
        column=column,
        value=str(HIDDEN) if value.startswith("\x00") else value[:120],
        text=text % words if words else text,
        code=code,
        blocks=blocks,
    )
