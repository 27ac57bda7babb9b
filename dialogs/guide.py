"""The dialogue tool's own words: invitation, programme, spilleregler, vejviser and checklist (domain.md 5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOPICS: dict[str, Promise] = {
    "ps": _("Psykologisk tryghed"),
    "kb": _("Krav og balance"),
    "mt": _("Motivation og tilfredshed"),
    "ka": _("Krænkende adfærd"),
    "sf": _("Sygefravær"),
    "fa": _("Fysisk arbejdsmiljø"),
}

REFLECTION = (
    _("Hvornår i den seneste måned gik du hjem med en god fornemmelse – og hvad gjorde udslaget?"),
    _("Hvad skal vi for alt i verden blive ved med?"),
    _("Hvad bruger du kræfter på, som ikke hjælper opgaven?"),
    _("Hvad kan du selv gøre for, at andre har lyst til at sige deres mening?"),
    _("Er der noget om rammerne for mødet, du gerne vil tale med leder, AMR eller TR om først?"),
)

RULES = (
    _("Vi taler ud fra os selv og om arbejdet – ikke om personer, der ikke kan svare."),
    _("Alle får ordet, ingen skal sige noget."),
    _("Vi gætter ikke på, hvem der har svaret hvad."),
    _("Vi spørger, før vi vurderer."),
    _("Det personlige bliver i rummet; aftalerne går med ud."),
    _("Uenighed er velkommen, når tonen er ordentlig."),
    _("Vi lover kun det, vi kan holde."),
    _("Bliver det for svært, må alle bede om en pause."),
)


@dataclass(frozen=True)
class Step:
    """One step of the meeting of 2 hours and 45 minutes."""

    clock: str
    minutes: int
    what: Promise
    who: Promise | str
    output: Promise | str


PROGRAMME = (
    Step("0:00", 15, _("Velkomst, formål, program og spilleregler"), _("leder og AMR"), _("godkendte spilleregler")),
    Step(
        "0:15",
        20,
        _("Resultaterne på én side: tre at bevare, tre at tale om; hvad er allerede løst"),
        _("TR eller AMR viser"),
        _("et fælles billede"),
    ),
    Step("0:35", 15, _("Postkort: 5 minutter alene, 10 minutter to og to"), _("tidsstyrer"), _("egne ønsker")),
    Step(
        "0:50",
        40,
        _("Vejviseren i grupper på 4–6, to emner hver, noter på post-it"),
        _("gruppeværter"),
        _("noter pr. emne"),
    ),
    Step("1:30", 15, _("Pause"), "–", "–"),
    Step("1:45", 15, _("Afstemning: tre prikker hver, vælg ét til tre emner"), _("facilitator"), _("valgte emner")),
    Step(
        "2:00",
        30,
        _("Handleplan: hvad, første skridt, tovholder, deadline og opfølgning på Statuspilen"),
        _("facilitator og opsamler"),
        _("aktiviteter"),
    ),
    Step(
        "2:30",
        15,
        _("Opsamling: læs aftalerne op, hvad går til MED og Kommunale Ejendomme, dato for opfølgning, runde"),
        _("leder"),
        _("referat sendt til alle"),
    ),
)


@dataclass(frozen=True)
class Signpost:
    """Vejviseren for one topic: four questions."""

    topic: Promise
    see: Promise
    behind: Promise
    wish: Promise
    next: Promise
    note: Promise | str = ""


SIGNPOSTS = (
    Signpost(
        TOPICS["ps"],
        _("I hvilke situationer er det let at sige noget hos os – og hvornår bliver der stille?"),
        _("Hvad plejer der at ske, når en af os siger nej, fejler eller spørger?"),
        _("Hvordan ville et møde lyde, hvis ingen holdt noget vigtigt tilbage?"),
        _("Hvilken lille vane ændrer vi på næste møde?"),
    ),
    Signpost(
        TOPICS["kb"],
        _("Hvor i ugen hober det sig op? Hvem mærker det mest?"),
        _("Hvad er mængde, hvad er uklarhed, og hvad er afbrydelser?"),
        _("Hvad betyder «godt nok» hos os?"),
        _("Hvad siger vi nej til, bytter om på eller beder om hjælp til?"),
    ),
    Signpost(
        TOPICS["mt"],
        _("Hvad giver energi, og hvad dræner?"),
        _("Hvornår ser vi resultatet af det, vi gør?"),
        _("Hvad skal der være mere af?"),
        _("Hvad sætter vi i gang inden sommerferien?"),
    ),
    Signpost(
        TOPICS["ka"],
        _("Hvilken tone vil vi kendes på – også når der er travlt?"),
        _("Hvilke situationer kan løbe af sporet med borgere, pårørende eller hinanden?"),
        _("Hvad gør man hos os, når man ser noget, der ikke er i orden?"),
        _("Kender alle vejen til hjælp? Hvad mangler i vores retningslinje?"),
        _("Kun hvis trioen har aftalt det med HR."),
    ),
    Signpost(
        TOPICS["sf"],
        _("Hvad på arbejdet kan slide på os? (ikke enkeltpersoner)"),
        _("Hvornår på året eller i hvilke opgaver ses det?"),
        _("Hvordan tager vi imod en, der kommer tilbage?"),
        _("Hvad kan vi lette allerede nu?"),
    ),
    Signpost(
        TOPICS["fa"],
        _("Hvad er løst, siden vi svarede? Hvad står tilbage?"),
        _("Er det bygningen, udstyret eller måden, vi arbejder på?"),
        _("Hvad er godt nok, indtil det rigtige er på plads?"),
        _("Hvad klarer vi selv, hvad går til MED, hvad går til Kommunale Ejendomme?"),
    ),
)

CHECKLIST = (
    _("Dato og lokale er på plads, og invitationen er sendt."),
    _("Materialer er bestilt eller printet: postkort, vejviser, plakat og post-it."),
    _("Resultaterne er gennemgået sammen i trioen."),
    _("De fysiske meldinger er sorteret. Det, der kan løses straks, er sat i gang, og vi ved, hvordan vi siger det."),
    _("Psykologisk tryghed er vurderet: er der brug for en særlig ramme?"),
    _("Krænkelser er set på, og HR er kontaktet ved behov."),
    _("Emner til post-it er valgt."),
    _("Roller er aftalt: facilitator, tidsstyrer, opsamler og gruppeværter."),
    _("Der er en plan for dem, der ikke kan deltage."),
    _("Opfølgningsmøderne står i kalenderen."),
)


def topic_names(keys: list[str]) -> list[str]:
    """The topics' names in the guide's order."""
    return [str(name) for key, name in TOPICS.items() if key in keys]
