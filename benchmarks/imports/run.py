"""The import of 45,000 employments in 3,000 units: preview, apply, undo, and a mutated workbook with 40 errors.

    .venv/bin/python benchmarks/imports/run.py [--employees 45000]

Needs DATABASE_URL and URN_DATABASE_URL of a server on which databases may be made; makes its own and removes them.
Every step runs in a process of its own, so that its peak memory is its own. Besides seconds, each step is given as a
ratio to a plain reading of the same workbook in the same run, which says more than seconds on a busy machine.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("PYTEST_DB_SUFFIX", "bench_imports")

BUDGET_SECONDS, BUDGET_MEGABYTES = 20, 500


def prepare() -> None:
    import django

    django.setup()


def use_made_database() -> None:
    """The database that the parent made."""
    from django.db import connections

    for connection in connections.all():
        connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"]


def hr() -> Any:
    from organisation.models import Person

    return Person.objects.get_or_create(email="bench@lindevig.example", defaults={"name": "HR"})[0]


# --- steps, each in its own process ------------------------------------------------------------------------------


def step_seed(path: str, employees: int) -> dict[str, Any]:
    from organisation.imports.export import export_workbook
    from trivsel.demo.municipality import municipality_make

    municipality_make(employees=employees, seed=1, say=lambda text: None)
    started = time.perf_counter()
    return {"rows": export_workbook(path), "seconds": time.perf_counter() - started}


def step_mutate(path: str, out: str, errors: int) -> dict[str, Any]:
    """Write a mutated copy, and what was planted."""
    from organisation.imports.reading import tables_of
    from tests.organisation.importing import workbook
    from tests.organisation.mutating import Mutation

    sheets = {}
    for table in tables_of([("a.xlsx", Path(path).read_bytes())]):
        width = len(table.headings)
        sheets[table.kind] = [table.headings, *([*c, *[""] * (width - len(c))] for _n, c in table.rows)]
    mutation = Mutation(sheets, Random(5))
    mutation.differences(moves=900, leavers=700, joiners=800, renames=60, lost_roles=40)
    if errors:
        mutation.forty_errors()
    planted = mutation.done()
    Path(out).write_bytes(workbook(sheets))
    return {
        "changes": planted.changes,
        "lost": planted.lost_roles,
        "problems": sorted([*key] for key in planted.problems.elements()),
    }


def step_read(path: str) -> dict[str, Any]:
    """The yardstick: the cells of the workbook as Python lists, and nothing more."""
    from python_calamine import CalamineWorkbook

    started = time.perf_counter()
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    rows = sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    return {"rows": rows, "seconds": time.perf_counter() - started}


def step_upload(path: str) -> dict[str, Any]:
    """What the web process does: read the file, keep its cells."""
    from organisation.imports import services

    started = time.perf_counter()
    entry = services.import_receive(files=[("a.xlsx", Path(path).read_bytes())], by=hr())
    return {"pk": entry.pk, "seconds": time.perf_counter() - started}


def step_preview(pk: str) -> dict[str, Any]:
    """What the worker does first."""
    from organisation.imports import services
    from organisation.imports.sheets import sheet_named
    from organisation.models import Import

    started = time.perf_counter()
    services.import_preview(int(pk))
    seconds = time.perf_counter() - started
    entry = Import.objects.get(pk=pk)
    content = services.stored_json(entry.preview)
    changes = {
        kind: {action: n for action, n in actions.items() if action != "unchanged"}
        for kind, actions in entry.counts["kinds"].items()
    }
    return {
        "seconds": seconds,
        "changes": {kind: actions for kind, actions in changes.items() if actions},
        "lost": entry.counts["lost_roles"],
        "problems": sorted([sheet_named(p[1]).key, p[2], p[6]] for p in content["problems"]),
    }


def step_apply(pk: str) -> dict[str, Any]:
    from organisation.imports import services
    from organisation.models import Import

    services.import_queue(entry=Import.objects.get(pk=pk), by=hr())
    started = time.perf_counter()
    written = services.import_write(int(pk))
    return {"written": written, "seconds": time.perf_counter() - started}


def step_undo(pk: str) -> dict[str, Any]:
    from organisation.imports import services
    from organisation.models import Import

    started = time.perf_counter()
    services.import_undo(entry=Import.objects.get(pk=pk), by=hr())
    return {"seconds": time.perf_counter() - started}


def step_empty() -> dict[str, Any]:
    """An installation before its first import."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE organisation_person, organisation_unit, organisation_building CASCADE")
    return {}


STEPS = {name.removeprefix("step_"): function for name, function in list(globals().items()) if name.startswith("step_")}


def run_step(name: str, arguments: list[Any]) -> None:
    prepare()
    use_made_database()
    # The steps are measured one by one: nothing is queued on commit.
    from organisation import tasks

    for task in (tasks.import_read, tasks.import_apply):
        task.delay = lambda *arguments: None
    result = STEPS[name](*arguments)
    result["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["cpu"] = time.process_time()
    print(json.dumps(result, default=str))  # noqa: T201


# --- the parent ------------------------------------------------------------------------------------------------


def step(name: str, *arguments: Any) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, __file__, "--step", name, json.dumps(arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def say(name: str, result: dict[str, Any], yardstick: float) -> None:
    print(  # noqa: T201
        f"{name:<46}{result['seconds']:7.1f} s {result['seconds'] / yardstick:7.1f} x reading "
        f"{result['cpu']:7.1f} s cpu {result['megabytes']:6.0f} MB"
    )


def must(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"WRONG: {what}")


def measure(employees: int, folder: str) -> None:
    original, mutated, sound = (f"{folder}/{name}.xlsx" for name in ("original", "mutated", "sound"))
    seeded = step("seed", original, employees)
    yardstick = step("read", original)["seconds"]
    print(f"rows: {seeded['rows']}; {Path(original).stat().st_size / 1e6:.1f} MB")  # noqa: T201
    say("export of the municipality", seeded, yardstick)
    results = {}

    results["upload, unchanged"] = step("upload", original)
    results["preview, unchanged"] = same = step("preview", results["upload, unchanged"]["pk"])
    must(same["changes"] == {} and same["problems"] == [], "the export does not import unchanged")

    planted = step("mutate", original, mutated, 1)
    results["upload, mutated with 40 errors"] = uploaded = step("upload", mutated)
    results["preview, mutated with 40 errors"] = found = step("preview", uploaded["pk"])
    for key in ("changes", "lost", "problems"):
        must(found[key] == planted[key], f"{key}: {found[key]} instead of {planted[key]}")
    must(len(planted["problems"]) == 40, "forty errors")

    planted = step("mutate", original, sound, 0)
    results["upload, mutated"] = uploaded = step("upload", sound)
    results["preview, mutated"] = found = step("preview", uploaded["pk"])
    must(found["changes"] == planted["changes"], "the planted changes")
    results["apply, mutated"] = step("apply", uploaded["pk"])
    results["undo, mutated"] = step("undo", uploaded["pk"])

    step("empty")
    results["upload, first import"] = uploaded = step("upload", original)
    results["preview, first import"] = found = step("preview", uploaded["pk"])
    results["apply, first import"] = step("apply", uploaded["pk"])
    must(found["changes"]["employments"]["added"] == seeded["rows"]["employments"], "all employments are new")
    results["undo, first import"] = step("undo", uploaded["pk"])

    for name, result in results.items():
        say(name, result, yardstick)
    slow = [name for name, result in results.items() if result["seconds"] > BUDGET_SECONDS and "undo" not in name]
    large = [name for name, result in results.items() if result["megabytes"] > BUDGET_MEGABYTES]
    print(f"over {BUDGET_SECONDS} s: {slow or 'none'}; over {BUDGET_MEGABYTES} MB: {large or 'none'}")  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=45_000)
    parser.add_argument("--step")
    parser.add_argument("arguments", nargs="?")
    options = parser.parse_args()
    if options.step:
        run_step(options.step, json.loads(options.arguments))
        return
    prepare()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(options.employees, folder)
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
