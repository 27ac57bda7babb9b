"""Every number about answers is a function of facts: two municipalities with the same facts look the same to everybody.

The answers of two units are exchanged within one block: other tallies, the same facts, to the last digit. Then every
role follows every link, and reads pages, PDFs, spreadsheets and feeds. A page that shows anything but facts differs.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from openpyxl import load_workbook
from pypdf import PdfReader

from dialogs import services
from organisation.models import Campaign, Person
from surveys import closing, facts, keys, rates, release, report_lists
from surveys.models import Release, Wave
from tests.factories import Town
from tests.surveys.answered import CLOSED, REPORTS, SURVEY, WAITING, everybody_answers, unit_of
from tests.surveys.waves import open_wave

pytestmark = pytest.mark.django_db(databases=["default", "urn"])
At = Callable[[str], None]
As = Callable[[Person | None], Client]

READERS = ("employee", "leader", "head", "med_department", "med_municipality", "hr", "dpo")
OF_RESULTS = ("surveys:report", "surveys:release", "surveys:response", "dialogs:", "trivsel:committee")
OF_A_KIND = 2  # pages of one address with results that a reader opens, at most; of other addresses one
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"x-csrftoken": "\w+"|csrf-token" content="\w+"', re.I)
LINK = re.compile(r'href="(/[^"#]*)')
# The page on anonymity seals an example with a new key each time it is read; a new second factor has a new secret.
LEFT_ALONE = (
    "/static/",
    "/konto/log-ud",
    "/accounts/",
    "/svar/",
    "/demo",
    "/sprog",
    "/sadan-er-du-anonym",
    "/konto/2fa",
)


class Undo(Exception):
    """The second municipality starts where the first one did."""


@pytest.fixture
def closed(town: Town, campaign: Campaign, at: At) -> tuple[Wave, closing.Tally]:
    at(SURVEY)
    wave = open_wave(campaign)
    everybody_answers(wave)
    at("2026-04-15 03:00")
    rates.rates_count()
    at(CLOSED)
    closing.waves_close()
    wave.refresh_from_db()
    return wave, closing._tally(wave, keys.opener(wave))


def exchanged(wave: Wave, tally: closing.Tally, a: int, b: int) -> tuple[closing.Tally, int]:
    """Another tally with the same facts: for as many items as possible somebody in `a` and somebody in `b` swapped."""
    other = copy.deepcopy(tally)

    def rows() -> dict[str, list[object]]:
        found: dict[str, list[object]] = {}
        for row in facts.plan_facts(wave, respondents=other.respondents, answers=other.answers).rows:
            found.setdefault(row[1], []).append(row)
        return found

    def move(item: str, i: int, j: int) -> None:
        mine, theirs = other.answers[a][item], other.answers[b][item]
        for counts, lost, won in ((mine, i, j), (theirs, j, i)):
            counts[lost] -= 1
            counts[won] += 1

    wanted = rows()
    moved: dict[str, tuple[int, int]] = {}
    for item in sorted(other.answers[a].keys() & other.answers[b].keys()):
        mine, theirs = other.answers[a][item], other.answers[b][item]
        pair = next(((i, j) for i, n in enumerate(mine) for j, m in enumerate(theirs) if i != j and n and m), None)
        if pair is not None:
            moved[item] = pair
            move(item, *pair)
    while wrong := [item for item, found in rows().items() if found != wanted.get(item)]:
        for item in {item for item in moved if any(item.partition(".")[0] in each for each in wrong)}:
            move(item, *reversed(moved.pop(item)))
    assert rows() == wanted
    return other, len(moved)


def seen_by_all(
    wave: Wave, tally: closing.Tally, town: Town, at: At, as_person: As, monkeypatch: pytest.MonkeyPatch,
    readers: tuple[str, ...] = READERS,
) -> dict[tuple[str, str], str]:  # fmt: skip
    """Count, release and share with this tally; then what is seen, before the release and after. Undone again."""
    seen: dict[tuple[str, str], str] = {}
    sequences = _sequences()
    cache.clear()
    try:
        with transaction.atomic(), transaction.atomic("urn"), monkeypatch.context() as patch:
            patch.setattr(closing, "_tally", lambda *_args, **_more: tally)
            patch.setattr(keys, "destroy", lambda _wave: None)  # the second municipality needs the files too
            at(CLOSED)
            closing.wave_count(wave)
            made = Release.objects.get(wave=wave)
            at(WAITING)
            seen |= _crawl(town, as_person, ("dpo", "leader"), "before ")
            for name in ("hr", "dpo"):
                release.release_approve(made, by=town.person[name])
            at(REPORTS)
            assert release.releases_publish_due() == 1
            services.dialogues_open()
            report_lists.report_share(unit_of(wave.campaign, town, "nord"), made, by=town.person["leader"])
            seen |= _crawl(town, as_person, readers, "")
            raise Undo
    except Undo:
        pass
    _sequences(sequences)
    wave.refresh_from_db()
    return seen


def _sequences(back: dict[str, tuple[int, bool]] | None = None) -> dict[str, tuple[int, bool]]:
    """Where the counters stand, or set back to there: ids stand in pages, and must be the same in both."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("select quote_ident(sequencename) from pg_sequences where schemaname = 'public'")
        for (name,) in cursor.fetchall():
            if back is None:
                cursor.execute(f"select last_value, is_called from {name}")
                found[name] = cursor.fetchone()
            elif name in back:
                cursor.execute("select setval(%s, %s, %s)", [name, *back[name]])
    return found


def _crawl(town: Town, as_person: As, readers: tuple[str, ...], when: str) -> dict[tuple[str, str], str]:
    seen: dict[tuple[str, str], str] = {}
    for reader in readers:
        client = as_person(town.person[reader])
        todo, met, of_kind = ["/"], {"/"}, Counter[str]()
        while todo:
            address = todo.pop(0)
            answer = client.get(address)
            if answer.status_code in (301, 302):
                follow = [answer.headers["Location"]]
            else:
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                text = _text(body, answer.headers.get("Content-Type", ""))
                seen[when + reader, UUID.sub("U", f"{len(seen)} {address}")] = f"{answer.status_code}\n{text[0]}"
                follow = text[1]
            for link in follow:
                link = link.replace("&amp;", "&")
                if link in met or link.startswith(LEFT_ALONE) or not link.startswith("/"):
                    continue
                met.add(link)
                try:
                    kind = resolve(link.partition("?")[0]).view_name
                except Resolver404:
                    continue
                of_kind[kind] += 1
                if of_kind[kind] <= (OF_A_KIND if kind.startswith(OF_RESULTS) else 1):
                    todo.append(link)
    return seen


def _text(body: bytes, content_type: str) -> tuple[str, list[str]]:
    """What is read there, without what differs from run to run, and its links."""
    if content_type.startswith("application/pdf"):
        pages = PdfReader(BytesIO(body)).pages
        return UUID.sub("U", "\n".join(page.extract_text() for page in pages)), []
    if "spreadsheetml" in content_type:
        book = load_workbook(BytesIO(body), read_only=True)
        return "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True)), []
    text = body.decode("utf-8", "replace")
    return UUID.sub("U", TOKEN.sub("", text)), LINK.findall(text) if "html" in content_type else []


def differing(one: dict[tuple[str, str], str], other: dict[tuple[str, str], str]) -> Iterator[str]:
    for page in one.keys() | other.keys():
        first, second = one.get(page, "").splitlines(), other.get(page, "").splitlines()
        if first != second:
            lines = [f"{a!r} / {b!r}" for a, b in zip(first, second, strict=False) if a != b][:3]
            yield f"{page}: {lines or 'not there in both'}"


def test_nothing_but_facts_is_seen_by_anybody(
    town: Town, campaign: Campaign, closed: tuple[Wave, closing.Tally], at: At, as_person: As,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    wave, tally = closed
    small, above = unit_of(campaign, town, "koekken"), unit_of(campaign, town, "birkehoej")
    other, swapped = exchanged(wave, tally, small.pk, above.pk)
    assert swapped >= 15
    one = seen_by_all(wave, tally, town, at, as_person, monkeypatch)
    two = seen_by_all(wave, other, town, at, as_person, monkeypatch)
    assert len(one) > 80
    assert list(differing(one, two)) == []
    kinds = Counter(resolve(address.split(" ", 1)[1].partition("?")[0].replace("U", str(wave.uuid))).view_name
                    for _reader, address in one)  # fmt: skip
    # It went where results are: reports, their files, the levels compared, the release, dialogues and committees.
    assert {"surveys:report_detail", "surveys:report_list", "surveys:release_detail", "surveys:release_audit"} <= set(
        kinds
    )
    assert any("pdf" in kind or "file" in kind for kind in kinds)

    # And it would have seen more than facts: a page that counts answers in the small unit is found out.
    def telling(made: Release) -> release.Coverage:
        hidden = sum(counts[0] for counts in told.answers[small.pk].values())
        return release.Coverage(1, 1, 1, hidden)

    monkeypatch.setattr(release, "coverage_of", telling)
    told = tally
    one = seen_by_all(wave, tally, town, at, as_person, monkeypatch, readers=("dpo",))
    told = other
    two = seen_by_all(wave, other, town, at, as_person, monkeypatch, readers=("dpo",))
    assert any("release_detail" in page or "frigivelse" in page for page in differing(one, two))
