"""From 45,000 sealed envelopes to reports: opening and tally, plan and facts, audit, and the two largest pages.

    .venv/bin/python benchmarks/release/run.py [--employees 45000]

Needs DATABASE_URL and URN_DATABASE_URL of a server on which databases may be made; makes its own and removes them.
Everybody in a made municipality answers every question of the questionnaire. Budgets (issue 5): opening and tally
60 s, plan and facts 30 s, audit 60 s; report page and heat map of the whole municipality 100 ms of server time, with as
many statements as for the smallest unit.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("PYTEST_DB_SUFFIX", "bench_release")

BUDGET = {"opening and tally": 60, "plan and facts": 30, "audit": 60}
PAGE_MS = 100
SEED = 5


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def line(name: str, seconds: float, cpu: float, budget: float | None) -> bool:
    over = budget is not None and seconds > budget
    limit = f"{budget:8.1f} s" if budget is not None else f"{'–':>10}"
    say(f"{name:<34}{seconds:9.2f} s{cpu:9.2f} s cpu{limit}{'   OVER' if over else ''}")
    return over


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - started, time.process_time() - cpu


def prepare(employees: int) -> Any:
    """The municipality with an open survey, and an envelope from everybody."""
    import time_machine

    from organisation.models import CampaignUnit, Placement
    from surveys import opening, sealing
    from surveys.master.apv2026 import MASTER
    from surveys.models.envelope import Envelope
    from surveys.questionnaires import document_bytes, document_of, form_for, questionnaire_load
    from tests.factories import make_campaign
    from trivsel.demo.municipality import municipality_make
    from trivsel.trial.town import answers_at_random

    municipality_make(employees=employees, seed=SEED, say=lambda _text: None)
    campaign = make_campaign()
    with time_machine.travel("2026-04-08 09:00+02:00", tick=True):
        wave = opening.wave_plan(campaign=campaign, questionnaire=questionnaire_load(MASTER))
        opening.wave_open(wave)
    form, dice = form_for(wave.questionnaire_id), random.Random(SEED)
    rows = []
    for unit in Placement.objects.filter(campaign=campaign).order_by("pk").values_list("unit_id", flat=True):
        document = document_bytes(document_of(answers_at_random(form, dice, yes=0.3)))
        bound = sealing.associated_data(wave.uuid, unit, form.version)
        sealed = sealing.seal(bytes(wave.public_key), document, bound)
        rows.append(Envelope(wave=wave.uuid, pseudonym=secrets.token_bytes(32), unit=unit, sealed=sealed))
    Envelope.objects.bulk_create(rows, batch_size=2000)
    units = CampaignUnit.objects.filter(campaign=campaign).count()
    say(f"{len(rows)} envelopes, {units} units, {len(form.facts)} items")
    return wave


def close_and_release(wave: Any) -> tuple[Any, bool]:
    import time_machine

    from organisation.models import Person, Role
    from surveys import closing, facts, keys, release
    from surveys.models import Release, Wave

    over = False
    with time_machine.travel("2026-04-23 01:00+02:00", tick=True):
        closing.waves_close()
        wave = Wave.objects.select_related("campaign").get(pk=wave.pk)
        tally, seconds, cpu = timed(lambda: closing._tally(wave, keys.opener(wave)))
        over |= line("opening and tally", seconds, cpu, BUDGET["opening and tally"])
        planned, seconds, cpu = timed(
            lambda: facts.plan_facts(wave, respondents=tally.respondents, answers=tally.answers)
        )
        verdict, audited, audit_cpu = timed(lambda: facts.audit_plan(wave, planned))
        made = Release.objects.create(
            wave=wave, due_at=release.due_moment(wave), audit_green=verdict.green, audit_report=verdict.report,
            facts_sha256=planned.sha256,
        )  # fmt: skip
        written, more, more_cpu = timed(lambda: facts.write_facts(made, planned))
        over |= line("plan and facts", seconds + more, cpu + more_cpu, BUDGET["plan and facts"])
        over |= line("audit", audited, audit_cpu, BUDGET["audit"])
        Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPENED)
        people = [Person.objects.create_user(name=f"HR {n}", email=f"hr{n}@bench.example") for n in range(2)]
        for person in people:
            Role.objects.create(person=person, kind=Role.Kind.HR, starts="2020-01-01")
            release.release_approve(made, by=person)
    with time_machine.travel("2026-05-05 08:01+02:00", tick=True):
        _done, seconds, cpu = timed(release.releases_publish_due)
        line("release at the minute", seconds, cpu, None)
    say(f"{written} facts, audit {'green' if verdict.green else 'RED: ' + verdict.report}")
    made.refresh_from_db()
    return made, over or not verdict.green


def pages(made: Any) -> bool:
    import time_machine
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from organisation.models import CampaignUnit, Person
    from surveys.models import Fact

    over = False
    shown = CampaignUnit.objects.filter(pk__in=Fact.objects.filter(release=made, item="_answered").values("unit"))
    units = {"municipality": shown.get(parent=None), "smallest unit": shown.order_by("invited", "pk").first()}
    with time_machine.travel("2026-05-06 10:00+02:00", tick=True):
        client = Client()
        client.force_login(
            Person.objects.get(email="hr0@bench.example"), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        for name in ("surveys:report_detail", "surveys:report_compare"):
            asked = {}
            for which, unit in units.items():
                address = reverse(name, args=[unit.uuid])
                assert client.get(address).status_code == 200, address
                times, cpu = [], []
                for _turn in range(7):
                    with CaptureQueriesContext(connection) as queries:
                        _answer, seconds, spent = timed(lambda address=address: client.get(address))
                        times.append(1000 * seconds)
                        cpu.append(1000 * spent)
                asked[which] = sum("clockshift" not in query["sql"] for query in queries.captured_queries)
                middle = statistics.median(times)
                slow = which == "municipality" and middle > PAGE_MS
                over |= slow
                spent = statistics.median(cpu)
                counted = f"{spent:9.1f} ms cpu {asked[which]:4} statements"
                say(f"{name:<24}{which:<16}{middle:9.1f} ms{counted}{'   OVER' if slow else ''}")
            if asked["municipality"] > asked["smallest unit"] + 2:
                say(f"{name}: the number of statements grows")
                over = True
    return over


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=45_000)
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    Path(settings.KEY_DIR).mkdir(parents=True, exist_ok=True)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        wave = prepare(options.employees)
        release, over = close_and_release(wave)
        over |= pages(release)
    finally:
        teardown_databases(made, verbosity=0)
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
