"""Trivselsmåling & APV 2026: topics, questions, scales and follow-ups, in Danish and English.

Every text is our own. Before real use KommuneMED approves it, and it is tried by 5-10 employees per language.
The further languages are data in `locale/`: see `surveys.languages`.
Keys are stable for all time: a changed meaning gets a new key, a changed wording a new version.
"""

from __future__ import annotations

from typing import Any

from surveys.master.questions import KA, KB, MT, PS, SF, A, follow
from surveys.master.scales import SCALES, both, item

PROBLEMS = ("minor", "major", "danger")
PROPERTY, LOCAL, EITHER = "property", "local", "either"


def found(number: int, key: str, da: str, en: str, owner: str) -> dict[str, Any]:
    """A category of the physical part, with what is asked of each problem: together one fysisk melding."""
    asked = [
        follow(f"{key}_where", "Hvor er det?", "Where is it?", "place", *PROBLEMS, longest=160),
        follow(
            f"{key}_describe",
            "Hvad er problemet? Skriv ikke om borgeres private forhold.",
            "What is the problem? Do not write about citizens' private matters.",
            "text",
            *PROBLEMS,
            longest=1000,
        ),
        follow(f"{key}_affects", "Hvem går det ud over?", "Who is affected?", "fa_affects", *PROBLEMS),
        follow(f"{key}_known", "Er det meldt før?", "Has it been reported before?", "fa_known", *PROBLEMS),
        follow(
            f"{key}_idea",
            "Har du et forslag til en løsning?",
            "Do you have an idea for a solution?",
            "text",
            *PROBLEMS,
            longest=500,
        ),
        follow(
            f"{key}_photo",
            "Tilføj evt. billede (uden personer)",
            "Add a picture if you wish (without people)",
            "photo",
            *PROBLEMS,
        ),
    ]
    return item(number, key, da, en, "phys", owner=owner, follow_ups=asked)


FA = [
    found(36, "fa_climate", "Temperatur, træk, luft og lugt", "Temperature, draught, air and smell", PROPERTY),
    found(37, "fa_light", "Lys, blænding og skygge", "Light, glare and shadow", EITHER),
    found(38, "fa_noise", "Støj og lyd i rummet", "Noise and acoustics", EITHER),
    found(
        39,
        "fa_space_hygiene",
        "Plads, indretning, rengøring og toilet- og omklædningsforhold",
        "Space, layout, cleaning, toilets and changing rooms",
        EITHER,
    ),
    found(
        40,
        "fa_lifting_posture",
        "Løft, forflytninger, arbejdsstillinger og gentagne bevægelser",
        "Lifting, moving people, postures and repeated movements",
        LOCAL,
    ),
    found(
        41,
        "fa_desk_equipment",
        "Skærmarbejde, inventar, hjælpemidler og køretøjer – også ved hjemmearbejde",
        "Screen work, furniture, aids and vehicles, including when working from home",
        LOCAL,
    ),
    found(
        42,
        "fa_substances_infection",
        "Kemi, støv, skimmel, smitte og affald",
        "Chemicals, dust, mould, infection and waste",
        EITHER,
    ),
    found(
        43,
        "fa_accidents",
        "Fare for ulykker – fx fald, maskiner, trafik og flugtveje",
        "Danger of accidents, for example falls, machines, traffic and escape routes",
        EITHER,
    ),
    found(
        44,
        "fa_out_of_house",
        "Arbejde i borgeres hjem, ude eller alene",
        "Work in citizens' homes, outdoors or alone",
        LOCAL,
    ),
]

TOPICS: list[dict[str, Any]] = [
    {
        "key": "ps",
        "section": "A",
        "title": both("Min enhed – psykologisk tryghed", "My unit – psychological safety"),
        "short": both("Psykologisk tryghed", "Psychological safety"),
        "intro": both(
            "Tænk på den enhed eller det team, der står øverst på skærmen.",
            "Think of the unit or team named at the top of the screen.",
        ),
        "items": PS,
    },
    {
        "key": "kb",
        "section": "A",
        "title": both("Mit arbejde – krav og balance", "My work – demands and balance"),
        "short": both("Krav og balance", "Demands and balance"),
        "items": KB,
    },
    {
        "key": "mt",
        "section": "A",
        "title": both("Mit arbejde – motivation og tilfredshed", "My work – motivation and satisfaction"),
        "short": both("Motivation og tilfredshed", "Motivation and satisfaction"),
        "items": MT,
    },
    {
        "key": "ka",
        "section": "A",
        "scored": False,
        "title": both("Krænkende adfærd", "Offensive behaviour"),
        "short": both("Krænkende adfærd", "Offensive behaviour"),
        "intro": both(
            "Spørgsmålene gælder de seneste 12 måneder og alt, der har med dit arbejde at gøre – også på telefon, "
            "sociale medier og uden for arbejdstiden. Det er din egen oplevelse, der tæller. Spørgeskemaet er ikke en "
            "anmeldelse: Ingen kan hjælpe dig personligt ud fra svaret her. Brug kontakterne nederst, hvis du har brug "
            "for hjælp nu.",
            "The questions cover the past 12 months and anything connected with your work, including by phone, on "
            "social media and outside working hours. Your own experience is what counts. This survey is not a report "
            "of an incident: nobody can help you personally on the basis of this answer. Use the contacts below if you "
            "need help now.",
        ),
        "items": KA,
    },
    {
        "key": "sf",
        "section": "A",
        "scored": False,
        "title": both("Sygefravær", "Sick leave"),
        "short": both("Sygefravær", "Sick leave"),
        "intro": both(
            "Vi spørger aldrig til antal dage, diagnose eller hvilken sygdom det var.",
            "We never ask about the number of days, a diagnosis or the kind of illness.",
        ),
        "items": SF,
    },
    {
        "key": "a",
        "section": "A",
        "scored": False,
        "switched_on": False,
        "title": both("Til trivselsdialogen", "For the trivselsdialog"),
        "short": both("Til dialogen", "For the dialogue"),
        "items": A,
    },
    {
        "key": "fa",
        "section": "B",
        "scored": False,
        "title": both("Fysisk arbejdsmiljø", "Physical working environment"),
        "short": both("Fysiske rammer", "Physical conditions"),
        "intro": both("Er der problemer med … der, hvor du arbejder?", "Are there problems with … where you work?"),
        "items": FA,
    },
]

COMPARABILITY: list[dict[str, Any]] = [
    {"key": "ps", "earlier_key": "sk23", "kind": "none", "note": both("Nyt emne i 2026.", "A new topic in 2026.")},
    {
        "key": "kb",
        "earlier_key": "kr23",
        "kind": "none",
        "note": both(
            "Emnet er slået sammen af flere; tallet kan ikke sammenlignes.",
            "The topic is merged from several; the figure cannot be compared.",
        ),
    },
    {
        "key": "mt",
        "earlier_key": "mo23",
        "kind": "none",
        "note": both(
            "Emnet er slået sammen af flere; tallet kan ikke sammenlignes.",
            "The topic is merged from several; the figure cannot be compared.",
        ),
    },
    *(
        {
            "key": key,
            "earlier_key": "jo23",
            "kind": "none",
            "note": both(
                "Emnet fra 2023 er delt ud på enkelte spørgsmål, der kun ligner; tallet fra 2023 står i et bilag.",
                "The topic of 2023 is split into single items, only loosely related; its figure is in an appendix.",
            ),
        }
        for key in ("kb_clear_priority", "mt_grow", "mt_use_skills")
    ),
    {
        "key": "kb_say_in_work",
        "earlier_key": "in23",
        "kind": "none",
        "note": both(
            "Højst på spørgsmål, hvis ordlyden i 2023 svarer til.", "At item level at best, if the wording fits."
        ),
    },
    {
        "key": "kb_private_life",
        "earlier_key": "ba23",
        "kind": "none",
        "note": both("Højst på spørgsmål.", "At item level at best."),
    },
    {
        "key": "mt_overall",
        "earlier_key": "ti23",
        "kind": "item",
        "note": both("Samme spørgsmål om samlet tilfredshed.", "The same question on overall satisfaction."),
    },
    {
        "key": "ka_bullying",
        "earlier_key": "ka23_bullying",
        "kind": "item",
        "note": both("Andel, samme 12 måneder.", "Share, the same 12 months."),
    },
    {
        "key": "ka_threats",
        "earlier_key": "ka23_threats",
        "kind": "item",
        "note": both("Andel, samme 12 måneder.", "Share, the same 12 months."),
    },
    {
        "key": "ka_violence",
        "earlier_key": "ka23_violence",
        "kind": "item",
        "note": both("Andel, samme 12 måneder.", "Share, the same 12 months."),
    },
    {
        "key": "ka_sexual",
        "earlier_key": "ka23_sexual",
        "kind": "item",
        "note": both("Andel, samme 12 måneder.", "Share, the same 12 months."),
    },
    {
        "key": "sf_work_contributed",
        "earlier_key": "sf23",
        "kind": "none",
        "note": both("Kan foldes til ja og nej efter godkendelse.", "Can be folded to yes and no after approval."),
    },
    {
        "key": "fa",
        "earlier_key": "fa23",
        "kind": "none",
        "note": both("Antal meldinger, ikke tal på en skala.", "Numbers of reports, not points on a scale."),
    },
]

MASTER: dict[str, Any] = {
    "key": "apv",
    "version": 1,
    "title": both("Trivselsmåling og APV 2026", "Wellbeing survey and APV 2026"),
    "languages": [
        {"code": "da", "name": "Dansk", "reviewed": True},
        {"code": "en", "name": "English", "reviewed": True},
        {"code": "pl", "name": "Polski", "reviewed": False},
        {"code": "uk", "name": "Українська", "reviewed": False},
        {"code": "ar", "name": "العربية", "reviewed": False},
    ],
    "scales": SCALES,
    "topics": TOPICS,
    "comparability": COMPARABILITY,
}
