"""The short questionnaires: three questions each, all our own words, in Danish and English.

Keys are stable for all time, as in the large questionnaire. Everything is anonymous; there is no physical part.
"""

from __future__ import annotations

from typing import Any

from surveys.master.scales import SCALES, both


def _short(key: str, title: dict[str, str], *questions: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "key": f"pulse-{key}",
        "version": 1,
        "title": title,
        "languages": [
            {"code": "da", "name": "Dansk", "reviewed": True},
            {"code": "en", "name": "English", "reviewed": True},
        ],
        "scales": {"agree5": SCALES["agree5"]},
        "topics": [
            {
                "key": f"pu_{key}",
                "section": "A",
                "title": title,
                "short": title,
                "scored": False,
                "items": [
                    {"number": number, "key": f"pu_{name}", "text": both(da, en), "scale": "agree5"}
                    for number, (name, da, en) in enumerate(questions, start=1)
                ],
            }
        ],
        "comparability": [],
    }


PULSES: dict[str, dict[str, Any]] = {
    "dialogue": _short(
        "dialogue",
        both("Efter trivselsdialogen", "After the wellbeing dialogue"),
        ("say", "Jeg kunne sige det, jeg ville, til dialogen.", "I could say what I wanted to at the dialogue."),
        ("matters", "Vi talte om det, der betyder mest for os.", "We talked about what matters most to us."),
        ("agreed", "Jeg ved, hvad vi har aftalt, der skal ske nu.", "I know what we have agreed will happen now."),
    ),
    "worked": _short(
        "worked",
        both("Virkede det?", "Did it work?"),
        (
            "done",
            "Det, vi aftalte i handleplanen, er blevet gjort.",
            "What we agreed in the action plan has been done.",
        ),
        ("difference", "Det har gjort en forskel i min hverdag.", "It has made a difference in my working day."),
        ("goon", "Vi skal blive ved med det.", "We should go on with it."),
    ),
    "heard": _short(
        "heard",
        both("Blev du hørt?", "Were you heard?"),
        ("heard", "Jeg er blevet hørt i årets trivselsmåling.", "I have been heard in this year's wellbeing survey."),
        ("acted", "Der er gjort noget ved det, vi pegede på.", "Something was done about what we pointed out."),
        ("worth", "Det var umagen værd at svare.", "It was worth the effort to answer."),
    ),
}
