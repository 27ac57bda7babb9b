"""The answer scales of the shipped questionnaire, and the small words its data is written with."""

from __future__ import annotations

from typing import Any

from surveys.master.help import HELP


def both(da: str, en: str) -> dict[str, str]:
    return {"da": da, "en": en}


def line(*labels: tuple[str, str]) -> list[dict[str, Any]]:
    """The options of a five-point scale from left to right, keyed 1-5, worth 0-100 points."""
    step = 100 // (len(labels) - 1)
    return [{"key": str(i + 1), "points": i * step, "label": both(*label)} for i, label in enumerate(labels)]


def some(*options: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "label": both(da, en)} for key, da, en in options]


def item(number: int, key: str, da: str, en: str, scale: str, reverse: str = "+", **more: Any) -> dict[str, Any]:
    texts = {"text": both(da, en), "help": both(*HELP[key])}
    return {"number": number, "key": key, **texts, "scale": scale, "reverse": reverse == "-", **more}


DK = some(("dk", "Ved ikke / ikke relevant", "Don't know / not relevant"))
DONT_KNOW = some(("dk", "Ved ikke", "Don't know"))
PNA = some(("pna", "Ønsker ikke at svare", "Prefer not to answer"))

SCALES: dict[str, dict[str, Any]] = {
    "agree5": {
        "kind": "scale",
        "options": line(
            ("Helt uenig", "Strongly disagree"),
            ("Uenig", "Disagree"),
            ("Hverken enig eller uenig", "Neither"),
            ("Enig", "Agree"),
            ("Helt enig", "Strongly agree"),
        ),
        "aside": DK,
    },
    "freq5": {
        "kind": "scale",
        "options": line(
            ("Aldrig eller næsten aldrig", "Never or almost never"),
            ("Sjældent", "Rarely"),
            ("Nogle gange", "Sometimes"),
            ("Ofte", "Often"),
            ("Altid eller næsten altid", "Always or almost always"),
        ),
        "aside": DK,
    },
    "degree5": {
        "kind": "scale",
        "options": line(
            ("Slet ikke", "Not at all"),
            ("I ringe grad", "To a small degree"),
            ("Delvist", "Partly"),
            ("I høj grad", "To a high degree"),
            ("I meget høj grad", "To a very high degree"),
        ),
        "aside": DK,
    },
    "sat5": {
        "kind": "scale",
        "options": line(
            ("Meget utilfreds", "Very dissatisfied"),
            ("Utilfreds", "Dissatisfied"),
            ("Hverken eller", "Neither"),
            ("Tilfreds", "Satisfied"),
            ("Meget tilfreds", "Very satisfied"),
        ),
        "aside": DK,
    },
    "yesno": {"kind": "event", "options": some(("yes", "Ja", "Yes"), ("no", "Nej", "No")), "aside": PNA},
    "phys": {
        "kind": "physical",
        "options": some(
            ("none", "Ingen problemer", "No problems"),
            ("minor", "Mindre problem", "Minor problem"),
            ("major", "Stort problem", "Major problem"),
            ("danger", "Farligt – bør stoppes nu", "Dangerous – should be stopped now"),
        ),
        "aside": some(("na", "Ikke relevant for mit arbejde", "Not relevant to my work")),
    },
    "text": {"kind": "text", "options": [], "aside": []},
    "place": {"kind": "place", "options": [], "aside": []},
    "photo": {"kind": "photo", "options": [], "aside": []},
    "fa_affects": {
        "kind": "one",
        "options": some(
            ("me", "Kun mig", "Only me"), ("some", "Nogle af os", "Some of us"), ("all", "Alle", "Everyone")
        ),
        "aside": [],
    },
    "fa_known": {
        "kind": "one",
        "options": some(
            ("solved", "Ja, og løst", "Yes, solved"),
            ("unsolved", "Ja, ikke løst", "Yes, not solved"),
            ("no", "Nej", "No"),
        ),
        "aside": some(("unsure", "Ved ikke", "Don't know")),
    },
    "ka_freq": {
        "kind": "one",
        "options": some(
            ("once", "En enkelt gang", "Once"),
            ("few", "Nogle få gange", "A few times"),
            ("monthly", "Hver måned", "Monthly"),
            ("weekly", "Hver uge", "Weekly"),
            ("daily", "Hver dag eller næsten hver dag", "Daily or almost daily"),
        ),
        "aside": [],
    },
    "ka_who": {
        "kind": "many",
        "options": some(
            ("colleague", "Kollega", "Colleague"),
            ("leader", "Min nærmeste leder", "My immediate leader"),
            ("other_leader", "Anden leder", "Another leader"),
            ("led", "En, jeg leder", "Someone I lead"),
            ("citizen", "Borger, bruger, elev eller barn", "Citizen, user, pupil or child"),
            ("relative", "Pårørende eller forælder", "Relative or parent"),
            ("partner", "Samarbejdspartner eller andre", "Partner or others"),
        ),
        "aside": PNA,
    },
    "ka_told": {
        "kind": "many",
        "options": some(
            ("leader", "Leder", "Leader"),
            ("amr", "AMR", "AMR"),
            ("tr", "TR", "TR"),
            ("colleague", "Kollega", "Colleague"),
            ("hr", "HR", "HR"),
            (
                "registered",
                "Registreret eller anmeldt (fx som arbejdsskade)",
                "Registered or reported (e.g. as a work injury)",
            ),
            ("no", "Nej", "No"),
        ),
        "aside": PNA,
    },
    "ka_handled": {
        "kind": "one",
        "options": some(
            ("stopped", "Ja, og det er stoppet", "Yes, and it has stopped"),
            ("goes_on", "Ja, men det fortsætter", "Yes, but it continues"),
            ("no", "Nej", "No"),
        ),
        "aside": DONT_KNOW,
    },
    "ka_why_not": {
        "kind": "many",
        "options": some(
            ("no_help", "Det hjælper ikke", "It does not help"),
            ("fear", "Frygt for følger", "Fear of consequences"),
            ("not_serious", "Ikke alvorligt nok", "Not serious enough"),
            ("part_of_job", "Hører med til arbejdet", "Part of the job"),
            ("unknown", "Ved ikke, hvor man går hen", "Do not know where to turn"),
            ("other", "Andet", "Other"),
        ),
        "aside": [],
    },
    "ka_ground": {
        "kind": "many",
        "options": some(
            ("sex", "Køn", "Sex"),
            ("age", "Alder", "Age"),
            ("ethnic", "Etnisk baggrund", "Ethnic background"),
            ("belief", "Tro", "Belief"),
            ("disability", "Handicap", "Disability"),
            ("orientation", "Seksuel orientering", "Sexual orientation"),
            ("gender_identity", "Kønsidentitet eller -udtryk", "Gender identity or expression"),
            ("other", "Andet", "Other"),
        ),
        "aside": PNA,
    },
    "sf_work": {
        # Order as shown: the first option says that the question does not apply. See `questionnaires.fact_items`.
        "kind": "event",
        "options": some(
            ("none", "Jeg har ikke haft sygefravær", "No sick leave"),
            ("no", "Nej", "No"),
            ("little", "Ja, lidt", "Yes, a little"),
            ("much", "Ja, meget", "Yes, a lot"),
        ),
        "aside": DONT_KNOW + PNA,
    },
    "sf_conditions": {
        "kind": "many",
        "options": some(
            ("load", "Arbejdsmængde og tempo", "Workload and pace"),
            ("emotional", "Følelsesmæssigt svære opgaver", "Emotionally hard tasks"),
            ("cooperation", "Samarbejde og konflikter", "Cooperation and conflicts"),
            ("leadership", "Ledelse og organisering", "Leadership and organisation"),
            ("offence", "Krænkende adfærd", "Offensive behaviour"),
            ("lifting", "Løft og arbejdsstillinger", "Lifting and postures"),
            ("surroundings", "Støj, lys og indeklima", "Noise, light and indoor climate"),
            ("infection", "Smitte", "Infection"),
            ("accident", "Ulykke", "Accident"),
            ("other", "Andet", "Other"),
        ),
        "aside": [],
    },
}
