# ruff: noqa: E501  (one sentence a line)
"""The sheets of the internal format (domain.md 7.1) and what HR writes in their columns."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """One column: its name here, the headings that mean it, and what HR needs to know about it."""

    key: str
    danish: str
    help: str | Promise
    also: tuple[str, ...] = ()
    kind: str = "text"  # text, id, date, number, yes, list
    required: bool = False
    longest: int = 0

    @property
    def headings(self) -> set[str]:
        return {heading_key(name) for name in (self.key, self.danish, *self.also)}


@dataclass(frozen=True)
class Sheet:
    """One noun of the format."""

    key: str
    danish: str
    title: str | Promise
    help: str | Promise
    columns: tuple[Column, ...]
    also: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        return {heading_key(name) for name in (self.key, self.danish, *self.also)}

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def column_of(self, heading: str) -> str | None:
        """The key of the column with this heading, or None."""
        wanted = heading_key(heading)
        return next((column.key for column in self.columns if wanted in column.headings), None)


def heading_key(text: str) -> str:
    """Headings and sheet names are compared without case, spaces, underscores, dots and stars."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


FROM = Column(
    "valid_from",
    "fra",
    _("Første dag. Står feltet tomt, gælder rækken fra i dag."),
    ("from", "gyldig fra", "startdato"),
    "date",
)
TO = Column("valid_to", "til", _("Sidste dag. Tomt felt: indtil videre."), ("to", "gyldig til", "slutdato"), "date")

UNITS = Sheet(
    "units",
    "enheder",
    _("Enheder"),
    _("Hele organisationen, én række pr. enhed. En enhed, der mangler i arket, lukkes."),
    (
        Column(
            "number",
            "enhedsnummer",
            _("Enhedens faste nummer eller uuid i jeres system. Det må aldrig skifte."),
            ("uuid", "id", "enhed", "nummer", "enhedskode"),
            "id",
            True,
            60,
        ),
        Column(
            "parent",
            "overenhed",
            _("Nummeret på enheden ovenover. Tomt kun for kommunen selv."),
            ("parent number", "parent uuid", "hører under"),
            "id",
            False,
            60,
        ),
        Column("name", "navn", _("Enhedens navn, som medarbejderne kender det."), ("enhedsnavn",), "text", True, 160),
        Column(
            "level",
            "niveau",
            _("Kommune, Afdeling, Område, Arbejdsplads eller Enhed (eller jeres egne navne for niveauerne)."),
            (),
            "text",
            False,
            60,
        ),
        Column("p_number", "p-nummer", _("Ti cifre. Kan stå tomt."), ("pnr", "produktionsenhed"), "pnumber", False, 10),
        Column(
            "trio",
            "trio",
            _(
                "Navnet på den trio (arbejdsmiljøgruppe), der dækker enheden. Enheder på samme arbejdsplads med samme navn deler trio."
            ),
            ("arbejdsmiljøgruppe", "work environment group"),
            "text",
            False,
            120,
        ),
        Column("buildings", "bygninger", _("Numre på bygninger, adskilt af komma."), ("building", "bygning"), "list"),
        FROM,
        TO,
    ),
    ("unit", "enhed", "organisation", "organisationsenheder"),
)
PERSONS = Sheet(
    "persons",
    "personer",
    _("Personer"),
    _("Én række pr. menneske. Aldrig CPR-numre: brug medarbejdernummeret."),
    (
        Column(
            "number",
            "medarbejdernummer",
            _("Personens faste nummer i jeres system. Ikke CPR-nummeret."),
            ("id", "person", "person id", "nummer", "personnr internt"),
            "id",
            True,
            40,
        ),
        Column("name", "navn", _("For- og efternavn."), ("fulde navn", "medarbejdernavn"), "text", True, 120),
        Column(
            "email",
            "arbejdsmail",
            _("Arbejdsmail. Tomt, hvis personen ingen har."),
            ("work_email", "e-mail", "mail", "mailadresse"),
            "email",
            False,
            254,
        ),
        Column(
            "mobile",
            "mobil",
            _("Mobilnummer til sms. Kan stå tomt."),
            ("mobilnummer", "telefon", "mobiltelefon"),
            "text",
            False,
            20,
        ),
        Column(
            "language",
            "sprog",
            _("Sprogkode, for eksempel da eller en. Tomt betyder dansk."),
            ("sprogkode",),
            "text",
            False,
            8,
        ),
    ),
    ("person", "medarbejdere"),
)
EMPLOYMENTS = Sheet(
    "employments",
    "ansættelser",
    _("Ansættelser"),
    _("Én række pr. ansættelse. En person kan have flere. En ansættelse, der mangler i arket, afsluttes."),
    (
        Column(
            "number",
            "ansættelsesnummer",
            _("Ansættelsens faste nummer (tjenestenummer)."),
            ("id", "ansættelse", "tjenestenummer", "nummer"),
            "id",
            True,
            40,
        ),
        Column(
            "person", "medarbejdernummer", _("Nummeret på personen."), ("person_id", "person nummer"), "id", True, 40
        ),
        Column(
            "unit",
            "enhed",
            _("Nummeret på enheden, hvor personen arbejder."),
            ("enhedsnummer", "unit number", "unit uuid"),
            "id",
            True,
            60,
        ),
        Column(
            "title",
            "stilling",
            _("Stillingsbetegnelse."),
            ("title_group", "stillingsgruppe", "titel"),
            "text",
            False,
            120,
        ),
        Column("is_leader", "er leder", _("Ja, hvis personen er leder af enheden."), ("leder",), "yes"),
        Column(
            "hours",
            "timer",
            _("Timer om ugen, for eksempel 37 eller 32,5. Tomt betyder 37."),
            ("timer om ugen", "ugentlige timer"),
            "number",
        ),
        Column(
            "starts",
            "fra",
            _("Første ansættelsesdag."),
            ("from", "ansat fra", "ansættelsesdato", "startdato", "valid_from"),
            "date",
            True,
        ),
        Column(
            "ends",
            "til",
            _("Sidste ansættelsesdag. Tomt felt: indtil videre."),
            ("to", "ansat til", "fratrædelsesdato", "slutdato", "valid_to"),
            "date",
        ),
        Column(
            "leave",
            "fravær",
            _("Barsel, orlov eller langtidssyg. Tomt, når personen er i arbejde."),
            ("leave_code", "fraværskode", "orlov"),
            "text",
            False,
            20,
        ),
    ),
    ("employment", "ansættelsesforhold"),
)
ROLES = Sheet(
    "roles",
    "roller",
    _("Roller"),
    _(
        "Ledere, AMR, TR, facilitatorer og MED-roller. En rolle, der mangler i arket, afsluttes. HR-roller gives ikke her."
    ),
    (
        Column(
            "person", "medarbejdernummer", _("Nummeret på personen."), ("person_id", "person nummer"), "id", True, 40
        ),
        Column(
            "kind",
            "rolle",
            _("Leder, AMR, TR, facilitator, forperson, næstforperson eller MED-medlem."),
            ("type", "role"),
            "text",
            True,
            40,
        ),
        Column(
            "unit",
            "enhed",
            _("Nummeret på enheden, som leder, AMR, TR og facilitator hører til."),
            ("scope_unit", "enhedsnummer"),
            "id",
            False,
            60,
        ),
        Column(
            "committee",
            "udvalg",
            _("Nummeret på den enhed, hvis MED-udvalg rollen gælder."),
            ("committee unit", "med-udvalg"),
            "id",
            False,
            60,
        ),
        Column("starts", "fra", _("Første dag i rollen. Tomt: i dag."), ("from", "startdato", "valid_from"), "date"),
        Column(
            "ends", "til", _("Sidste dag i rollen. Tomt felt: indtil videre."), ("to", "slutdato", "valid_to"), "date"
        ),
    ),
    ("role",),
)
COMMITTEES = Sheet(
    "committees",
    "udvalg",
    _("MED-udvalg"),
    _("Ét udvalg pr. enhed, der har et. Et udvalg, der mangler i arket, bliver stående."),
    (
        Column(
            "unit",
            "enhed",
            _("Nummeret på enheden, udvalget hører til."),
            ("enhedsnummer", "number", "id"),
            "id",
            True,
            60,
        ),
        Column("name", "navn", _("Udvalgets navn."), (), "text", True, 160),
        Column(
            "is_staff_meeting",
            "personalemøde",
            _("Ja, hvis arbejdspladsen har personalemøde med MED-status i stedet for et udvalg."),
            ("staff meeting", "personalemøde med med-status"),
            "yes",
        ),
    ),
    ("committee", "med", "meduudvalg", "medudvalg"),
)
BUILDINGS = Sheet(
    "buildings",
    "bygninger",
    _("Bygninger"),
    _("Bygninger med adresse. En bygning, der mangler i arket, bliver stående."),
    (
        Column(
            "number",
            "bygningsnummer",
            _("Bygningens nummer hos Kommunale Ejendomme."),
            ("id", "nummer", "bygning"),
            "id",
            True,
            40,
        ),
        Column("name", "navn", _("Bygningens navn."), (), "text", True, 120),
        Column("address", "adresse", _("Vej, nummer og by."), (), "text", False, 160),
        Column("rooms", "lokaler", _("Lokalernes navne, adskilt af komma."), ("lokale",), "list"),
    ),
    ("building",),
)
SHEETS = (UNITS, PERSONS, EMPLOYMENTS, ROLES, COMMITTEES, BUILDINGS)
SHEET_BY_KEY = {sheet.key: sheet for sheet in SHEETS}


def sheet_named(name: str) -> Sheet | None:
    """The sheet that a tab or a file is named after. Numbers and dates in file names do not count."""
    wanted = heading_key("".join(letter for letter in name if not letter.isdigit()))
    return next((sheet for sheet in SHEETS if wanted in sheet.names), None)
