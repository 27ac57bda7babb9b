"""An XLSForm workbook to a questionnaire: ours, or one made for ODK or KoboToolbox. Nothing is written here.

What keeps the file from being read is an `Error` with sheet, row, column and what to do. What the form can do without
is left out and told in `notes`. The standard's own library reads the file too: what it refuses is an error as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from surveys.models import Item, Scale
from surveys.models.questionnaire import KEY
from surveys.questionnaire_checks import Problem, problems_of
from surveys.questionnaire_data import Data
from surveys.xlsform.columns import LANGUAGES, OWN
from surveys.xlsform.reading import Cell, Sheet, sheets_read
from surveys.xlsform.scales import Error, ScaleReader, plain
from surveys.xlsform.standard import standard_errors

# Kept by no questionnaire of ours: they would tell who answers, when and where.
METADATA = {
    "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
    "start-geopoint", "background-audio", "background-geopoint", "calculate", "hidden",
}  # fmt: skip
UNSUPPORTED = {
    "integer", "decimal", "date", "time", "datetime", "dateTime", "geopoint", "geotrace", "geoshape", "audio",
    "video", "file", "barcode", "rank", "acknowledge", "select_one_from_file", "select_multiple_from_file",
    "select_one_external", "xml-external", "csv-external",
}  # fmt: skip
IGNORED = ("required", "constraint", "calculation", "default", "appearance", "choice_filter", "read_only", "readonly")
_EQUAL = re.compile(r"^\$\{\s*([\w.-]+)\s*\}\s*=\s*(['\"])(.*?)\2$")
_SELECTED = re.compile(r"^selected\(\s*\$\{\s*([\w.-]+)\s*\}\s*,\s*(['\"])(.*?)\2\s*\)$")


@dataclass
class Imported:
    """A questionnaire as data, or the errors that keep it from being one."""

    data: Data | None
    errors: list[Error] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def workbook_read(raw: bytes) -> Imported:
    """Read a workbook. Raises FileRefused for what is no workbook, or one that is unsafe to open."""
    sheets = sheets_read(raw)
    reader = Reader(sheets)
    data = reader.read()
    errors = list(reader.errors)
    known = {(error.sheet, error.row) for error in errors}
    errors += [Error(*found) for found in standard_errors(raw) if (found[0], found[1]) not in known]
    if not errors and data is not None:
        errors = [reader.located(problem) for problem in problems_of(data) if not _mendable(problem)]
    return Imported(None if errors else data, errors, list(dict.fromkeys(reader.notes)))


def _mendable(problem: Problem) -> bool:
    """What HR mends in the editor afterwards: Danish texts that a foreign form lacks, an empty or too long form."""
    return problem.place in ("", "title") or problem.text in (
        _("Spørgsmålet mangler dansk tekst."),
        _("Svarmuligheden mangler dansk tekst."),
        _("Emnet har ingen dansk titel."),
        _("Emnet har ingen spørgsmål. Slå det fra, eller tilføj et."),
    )


class Reader(ScaleReader):
    """One pass over the sheets; collects errors instead of stopping at the first."""

    def __init__(self, sheets: dict[str, Sheet]) -> None:
        super().__init__(sheets)
        self.rows: dict[str, int] = {}  # key of a topic or item -> its row
        self.items: dict[str, tuple[Data, Data]] = {}  # key -> item, topic
        self.left_out: set[str] = set()

    def located(self, problem: Problem) -> Error:
        key = problem.place.split(".")[0]
        if key in self.rows:
            return Error("survey", self.rows[key], "name", problem.text)
        for row in self.sheets["choices"].rows if "choices" in self.sheets else []:
            if row.get("list_name") == key or row.get("list name") == key:
                return Error("choices", row.number, "name", f"{key}: {problem.text}")
        return Error("survey", 0, "", f"{problem.place}: {problem.text}")

    # --- the whole ---

    def read(self) -> Data | None:
        survey = self.sheets.get("survey")
        if survey is None:
            self.error("survey", 0, "", _("Arket «survey» mangler. Et XLSForm-skema har spørgsmålene dér."))
            return None
        for column in ("type", "name"):
            if column not in survey.columns:
                words = _("Kolonnen «%(column)s» mangler. Skriv den i første række.") % {"column": column}
                self.error("survey", 1, column, words)
        if self.errors:
            return None
        default = self._default()
        for sheet in self.sheets.values():
            sheet.default = default
        self.read_scales()
        topics = self._topics(survey)
        settings = self._settings()
        data = {
            **settings,
            "languages": self._languages(survey),
            "scales": self.scales,
            "topics": topics,
            "comparability": self._earlier(),
        }
        return None if self.errors else data

    def _default(self) -> str:
        rows = self.sheets["settings"].rows if "settings" in self.sheets else []
        named = rows[0].get("default_language") if rows else ""
        return Sheet.code_of(f"label::{named}") or "da"

    def _settings(self) -> Data:
        rows = self.sheets["settings"].rows if "settings" in self.sheets else []
        row = rows[0] if rows else Cell({}, 0)
        key = slugify(row.get("form_id") or row.get("form_title") or "skema").replace("-", "_")[:40]
        key = key if re.match(KEY, key) else f"skema_{key}"[:40]
        title = {
            name[len(f"{OWN}title_") :]: text for name, text in row.values.items() if name.startswith(f"{OWN}title_")
        }
        title = {code: text for code, text in title.items() if text}
        if not title:
            title = {"da": row.get("form_title") or key}
        version = row.get("version")
        return {"key": key, "version": int(version) if version.isdigit() else 1, "title": title}

    def _languages(self, survey: Sheet) -> list[Data]:
        found = {"da": "Dansk"} | {code: name for code, name in survey.languages().items() if code != "da"}
        if "da" in survey.languages():
            found = survey.languages()
        return [{"code": code, "name": name, "reviewed": code == "da"} for code, name in found.items()]

    def _earlier(self) -> list[Data]:
        sheet = self.sheets.get("trivsel_earlier")
        return [
            {
                "key": row.get("key"),
                "earlier_key": row.get("earlier_key"),
                "kind": row.get("kind") if row.get("kind") in ("full", "item", "none") else "none",
                "note": {code: row.get(f"note_{code}") for code in LANGUAGES if row.get(f"note_{code}")},
            }
            for row in (sheet.rows if sheet else [])
            if row.get("key") and row.get("earlier_key")
        ]

    # --- survey ---

    def _topics(self, survey: Sheet) -> list[Data]:
        topics: list[Data] = []
        topic: Data | None = None
        depth = 0
        for row in survey.rows:
            kind, _space, of = row.get("type").partition(" ")
            kind, of = kind.strip(), of.strip()
            name = row.get("name")
            if row.get("type").lower() in ("begin group", "begin_group"):
                depth += 1
                if depth > 1:
                    self.notes.append(_("Gruppen «%(name)s» er lagt sammen med emnet udenom.") % {"name": name})
                    continue
                if row.get("relevant"):
                    words = _("Et helt emne kan ikke vises efter et svar. Sæt betingelsen på spørgsmålene i stedet.")
                    self.error("survey", row.number, "relevant", words)
                topic = self._topic(survey, row, name)
                topics.append(topic)
            elif row.get("type").lower() in ("end group", "end_group"):
                depth = max(0, depth - 1)
                topic = topic if depth else None
            elif kind.lower() in ("begin_repeat", "end_repeat") or row.get("type").lower() in (
                "begin repeat",
                "end repeat",
            ):
                words = _("Gentagne grupper kan ikke bruges. Slet rækken, og spørg én gang.")
                self.error("survey", row.number, "type", words)
            elif kind in METADATA:
                self.left_out.add(name)
                self.notes.append(
                    _("Række %(row)d, «%(type)s»: gemmes ikke, for intet her må fortælle, hvem der svarer.")
                    % {"row": row.number, "type": kind}
                )
            elif row.get("type"):
                if topic is None:
                    topic = self._outside(topics)
                self._question(survey, row, kind, of, topic)
                if depth == 0:
                    topic = None
        return [topic for topic in topics if topic["items"] or topic.get("intro") or topic["key"] in self.rows]

    def _outside(self, topics: list[Data]) -> Data:
        """The topic of questions that stand in no group."""
        if topics and topics[-1]["key"] not in self.rows:
            return topics[-1]
        key = "emne" if not topics else f"emne_{len(topics) + 1}"
        topic: Data = {
            "key": key,
            "section": "A",
            "title": {"da": _("Spørgsmål")},
            "short": {},
            "intro": {},
            "items": [],
        }
        topic |= {"scored": False, "threshold": 5, "switched_on": True}
        topics.append(topic)
        self.notes.append(_("Spørgsmål uden for en gruppe er samlet i et emne for sig."))
        return topic

    def _topic(self, survey: Sheet, row: Cell, name: str) -> Data:
        key = self._key(row, name, 20)
        self.rows[key] = row.number
        section = row.get(f"{OWN}section") or "A"
        threshold = row.get(f"{OWN}threshold") or "5"
        if section not in ("A", "B"):
            self.error("survey", row.number, f"{OWN}section", self.unknown(section, ["A", "B"]))
        if not threshold.isdigit() or int(threshold) < 5:
            words = _("Grænsen kan hæves, men aldrig komme under 5 besvarelser.")
            self.error("survey", row.number, f"{OWN}threshold", words)
            threshold = "5"
        title = survey.words(row, "label")
        return {
            "key": key,
            "section": section,
            "title": title or {"da": name},
            "short": {
                column[len(f"{OWN}short_") :]: text
                for column, text in row.values.items()
                if column.startswith(f"{OWN}short_") and text
            },
            "intro": {},
            "scored": row.get(f"{OWN}scored") == "yes" and section == "A",
            "threshold": int(threshold),
            "switched_on": row.get(f"{OWN}switched_on") != "no",
            "items": [],
        }

    def _question(self, survey: Sheet, row: Cell, kind: str, of: str, topic: Data) -> None:
        name = row.get("name")
        if kind == "note":
            self._note(survey, row, topic)
            return
        own_kind = row.get(f"{OWN}kind")
        scale: str | None = row.get(f"{OWN}scale")
        if kind in UNSUPPORTED or (kind == "image" and own_kind != Scale.Kind.PHOTO):
            self.left_out.add(name)
            self.notes.append(
                _("Række %(row)d, «%(name)s»: spørgsmål af typen «%(type)s» kan ikke stilles her og er ikke taget med.")
                % {"row": row.number, "name": name, "type": kind}
            )
            return
        if kind in ("select_one", "select_multiple"):
            scale = self.choosing(row, kind, of, own_kind)
        elif kind == "range":
            scale = self.range_scale(row, name)
        elif kind in ("text", "image"):
            written = own_kind if own_kind in (Scale.Kind.PLACE, Scale.Kind.PHOTO) else Scale.Kind.TEXT
            scale = scale or str(written)
            self.scales.setdefault(scale, {"kind": str(written), "options": [], "aside": []})
        else:
            known = "select_one, select_multiple, text, note, range, begin_group, end_group"
            words = _("Typen «%(type)s» findes ikke. Brug en af: %(known)s.") % {"type": kind, "known": known}
            self.error("survey", row.number, "type", words)
            return
        if scale is not None:
            self._item(survey, row, topic, scale)

    def _note(self, survey: Sheet, row: Cell, topic: Data) -> None:
        words = survey.words(row, "label")
        if topic["items"] or topic["intro"]:
            self.left_out.add(row.get("name"))
            self.notes.append(
                _("Række %(row)d: en tekst midt i et emne er ikke taget med. Kun en indledning kan stå først i emnet.")
                % {"row": row.number}
            )
        else:
            topic["intro"] = words

    def _item(self, survey: Sheet, row: Cell, topic: Data, scale: str) -> None:
        key = self._key(row, row.get("name"), 48)
        ignored = [
            name for name in IGNORED if row.get(name) and row.get(name).lower() not in ("no", "false", "false()")
        ]
        if ignored:
            self.notes.append(
                _("Række %(row)d, «%(name)s»: %(columns)s bruges ikke. Intet spørgsmål skal besvares.")
                % {"row": row.number, "name": key, "columns": ", ".join(ignored)}
            )
        number, longest = row.get(f"{OWN}number"), row.get(f"{OWN}longest")
        version, owner = row.get(f"{OWN}version"), row.get(f"{OWN}owner")
        item: Data = {
            "key": key,
            "text": survey.words(row, "label"),
            "help": survey.words(row, "hint"),
            "scale": scale,
            "number": int(number) if number.isdigit() else None,
            "version": int(version) if version.isdigit() else 1,
            "reverse": row.get(f"{OWN}reverse") == "yes",
            "scored": row.get(f"{OWN}item_scored") == "yes",
            "longest": int(longest) if longest.isdigit() else None,
            "owner": owner if owner in Item.Owner.values else "",
            "shown_for": [],
            "follow_ups": [],
        }
        self.rows[key] = row.number
        relevant = row.get("relevant") or row.get("relevance")
        if not relevant:
            topic["items"].append(item)
            self.items[row.get("name")] = (item, topic)
            return
        parent = self._parent(row, relevant, topic)
        if parent is not None:
            above, item["shown_for"] = parent
            above["follow_ups"].append(item)
            self.items[row.get("name")] = (item, topic)

    def _parent(self, row: Cell, relevant: str, topic: Data) -> tuple[Data, list[str]] | None:
        found = [_SELECTED.match(part.strip()) or _EQUAL.match(part.strip()) for part in _alternatives(relevant)]
        names = {match.group(1) for match in found if match}
        if not all(found) or len(names) != 1:
            words = _("Betingelsen kan ikke læses. Skriv den som ${navn} = 'svar', flere forbundet med «or».")
            self.error("survey", row.number, "relevant", words)
            return None
        name = names.pop()
        if name in self.left_out:
            self.left_out.add(row.get("name"))
            words = _("Række %(row)d: følger op på «%(name)s», som ikke er taget med, og er heller ikke med.")
            self.notes.append(words % {"row": row.number, "name": name})
            return None
        if name not in self.items or self.items[name][1] is not topic:
            words = _("Spørgsmålet «%(name)s» står ikke før dette i samme emne.") % {"name": name}
            self.error("survey", row.number, "relevant", words)
            return None
        return self.items[name][0], [plain(match.group(3)) for match in found if match]

    # --- small ---

    def _key(self, row: Cell, name: str, most: int) -> str:
        if not name:
            self.error("survey", row.number, "name", _("Skriv et navn: små bogstaver a–z, tal og understreg."))
        key = plain(name)[:most]
        return key if re.match(KEY, key) else f"q_{key}"[:most]


def _alternatives(relevant: str) -> list[str]:
    inner = relevant.strip()
    while inner.startswith("(") and inner.endswith(")") and inner.count("(") == inner.count(")") == 1:
        inner = inner[1:-1].strip()
    return re.split(r"\s+or\s+", inner)
