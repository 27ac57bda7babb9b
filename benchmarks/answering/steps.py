"""The parts of the answering benchmarks that need Django, each run in a process of its own by stage.py."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

# Postgres's own checks of foreign keys at COMMIT are counted there too; nobody sends them.
OWN_CHECK = "FOR KEY SHARE OF x"
NO_COUNT = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "RESET", "DISCARD", "SHOW")


def prepare() -> None:
    from trivsel.management.commands.prepare import collect_static_where_changed, migrate_where_needed

    migrate_where_needed()
    collect_static_where_changed()


def seed(employees: int, people: str) -> dict[str, Any]:
    """The town, its open survey, and everybody's envelope sealed beforehand."""
    from trivsel.trial.town import crowd_prepare, survey_open

    wave = survey_open(employees=employees)
    invited = crowd_prepare(wave, Path(people), processes=os.cpu_count() or 1)
    return {"wave": str(wave.uuid), "invited": len(invited), "link": invited[0].link}


def statements() -> dict[str, dict[str, int]]:
    """Calls of each statement so far, in both clusters, without BEGIN, COMMIT and the like."""
    from django.db import connections

    found: dict[str, dict[str, int]] = {}
    for name in ("default", "urn"):
        with connections[name].cursor() as cursor:
            cursor.execute("SELECT query, calls FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'")
            counted: Counter[str] = Counter()
            for query, calls in cursor.fetchall():
                sent = query.strip() and not query.rstrip().endswith(OWN_CHECK)
                if sent and not query.lstrip().upper().startswith(NO_COUNT):
                    counted[" ".join(query.split())] += calls
            found[name] = dict(counted)
    return found


def check(people: str, done_file: str) -> dict[str, Any]:
    """Compare what the visitors know with what is stored: every acknowledged answer once, and nothing else."""
    from surveys.models import PhysicalCount, PhysicalForm, PhysicalReport, Wave
    from surveys.models.envelope import Envelope
    from trivsel.trial.crowd import Crowd
    from trivsel.trial.town import invited_of

    wave = Wave.objects.get()
    crowd = Crowd(Path(people))
    done = json.loads(Path(done_file).read_text())
    stored = {
        bytes(row): sha256(bytes(sealed)).digest()
        for row, sealed in Envelope.objects.filter(wave=wave.uuid).values_list("pseudonym", "sealed").iterator(2000)
    }
    by_link = {person.link: person for person in invited_of(wave)}
    acknowledged = [one for one in done if one["envelope_at"]]
    lost = wrong = 0
    for one in acknowledged:
        found = stored.pop(by_link[one["link"]].pseudonym, None)
        lost += found is None
        wrong += found is not None and found != sha256(crowd.visitor(one["number"]).sealed).digest()
    sent = [one for one in done if one["physical"] and one["complete"]]
    counted: Counter[tuple[str, str]] = Counter()
    problems = 0
    for one in sent:
        for item, answer in one["physical"].items():
            if answer in ("none", "na"):
                counted[item, answer] += 1
            else:
                problems += 1
    kept: Counter[tuple[str, str]] = Counter()
    for item, answer, count in PhysicalCount.objects.values_list("item_key", "answer", "count"):
        kept[item, answer] += count
    forms = {str(key) for key in PhysicalForm.objects.values_list("key", flat=True)}
    return {
        "acknowledged": len(acknowledged),
        "envelopes": Envelope.objects.filter(wave=wave.uuid).count(),
        "envelopes_lost": lost,
        "envelopes_changed": wrong,
        "envelopes_nobody_sent": len(stored),
        "physical_sent": len(sent),
        "physical_stored": len(forms),
        "physical_lost": len({one["form_key"] for one in sent} - forms),
        "physical_counts_differ": sum(abs(counted[key] - kept[key]) for key in counted.keys() | kept.keys()),
        "problems_sent": problems,
        "problems_stored": PhysicalReport.objects.count(),
    }


def count_up(people: str, done_file: str) -> dict[str, Any]:
    """Close the survey, open every envelope as closing does, and compare the tally with what was sent."""
    import random
    from datetime import timedelta
    from time import perf_counter

    from organisation import clock
    from surveys import closing, keys
    from surveys.models import Fact, Release, Wave
    from surveys.models.envelope import Envelope
    from surveys.questionnaires import categories_of, document_of, fact_items, form_for
    from trivsel.trial.town import answers_at_random, invited_of

    wave = Wave.objects.get()
    form = form_for(wave.questionnaire_id)
    done = json.loads(Path(done_file).read_text())
    invited = invited_of(wave)
    width = {item.key: len(item.values) for item in fact_items(form)}
    sent: dict[int, dict[str, list[int]]] = {}
    people_of: Counter[int] = Counter()
    for one in done:
        if not one["envelope_at"]:
            continue
        unit = invited[one["number"]].unit
        people_of[unit] += 1
        answers = answers_at_random(form, random.Random(f"1 {one['number']}"))
        for key, place in categories_of(form, document_of(answers)):
            sent.setdefault(unit, {}).setdefault(key, [0] * width[key])[place] += 1
    began = perf_counter()
    tally = closing._tally(wave, keys.opener(wave))
    opened = perf_counter() - began
    same = {unit: dict(items) for unit, items in tally.answers.items() if items} == sent
    Wave.objects.filter(pk=wave.pk).update(closes_at=clock.now() - closing.COUNT_AFTER - timedelta(minutes=1))
    closing.waves_close()
    began = perf_counter()
    release = closing.wave_count(Wave.objects.get())
    return {
        "respondents_same": dict(tally.respondents) == dict(people_of),
        "tally_same": same,
        "malformed": tally.malformed,
        "counted": sum(tally.respondents.values()),
        "seconds_open_and_tally": round(opened, 1),
        "seconds_close_to_facts": round(perf_counter() - began, 1),
        "audit_green": bool(release and release.audit_green),
        "facts": Fact.objects.filter(release=release).count(),
        "releases": Release.objects.count(),
        "envelopes_left": Envelope.objects.count(),
    }


def floor_table() -> None:
    """The table of the bare insert."""
    from django.db import connections

    with connections["urn"].cursor() as cursor:
        cursor.execute("CREATE TABLE floor (sealed bytea)")


STEPS = {function.__name__: function for function in (prepare, seed, statements, check, count_up, floor_table)}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(STEPS[sys.argv[1]](*json.loads(sys.argv[2])), default=str))  # noqa: T201
