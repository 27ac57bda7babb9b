"""Measure the release planner and the auditor on whole municipalities, and print the table.

    .venv/bin/python benchmarks/planner/run.py TOWN.json...   towns in the input format of plan_release
    .venv/bin/python benchmarks/planner/run.py --made 20      random towns made here (--employees 27000: harder ones)
    .venv/bin/python benchmarks/planner/run.py --made 3 --items 60

own: employees whose own unit has its own figure, mean over items. threshold: the same if every unit with k answers
were shown, which leaks. cover: employees × levels with a figure. left out: share of all answers in reports; worst
report. The budget: own at least 0.994 of the threshold's as a mean of 45,000-employee towns and 0.985 in any town of
27,000, no violation, at most 10 % left out of any report, planned in under 10 s, audited in under 60 s.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from surveys.auditor import audit
from surveys.planner import Facts, Town, facts_to_json, plan, town_from_json

THEMES = ("psykologisk tryghed", "krav og balance", "motivation og tilfredshed", "kraenkende adfaerd")


def make_town(seed: int, units: int = 3000, employees: int = 45000, items: int = 8) -> dict[str, Any]:
    """A random municipality: 14 afdelinger, 13 % arbejdspladser, the rest enheder; three quarters answer, 3 % skip.

    Every eighth item is an event («ka», 7 % yes) with a follow-up for those who said yes.
    """
    rng = random.Random(seed)
    parent: dict[str, str | None] = {"k": None}
    afd = [f"a{i}" for i in range(min(14, max(2, units // 200)))]
    arb = [f"p{i}" for i in range(max(len(afd), int(units * 0.13)))]
    parent |= dict.fromkeys(afd, "k")
    parent |= {p: afd[i] if i < len(afd) else rng.choice(afd) for i, p in enumerate(arb)}
    weights = [rng.lognormvariate(0, 0.6) for _ in arb]
    parent |= {f"e{i}": rng.choices(arb, weights)[0] for i in range(units - 1 - len(afd) - len(arb))}
    inner = set(parent.values())
    size = {v: rng.lognormvariate(2.48, 0.65) for v in parent if v not in inner}
    scale = employees * 0.93 / sum(size.values())
    people = {
        v: max(1, min(120, round(size[v] * scale))) if v in size else rng.choice([0, 0, 0, 1, 2, 3, 6]) for v in parent
    }
    for v, above in parent.items():
        people[above or v] += v in inner  # the leader belongs to the group above
    asked: list[dict[str, Any]] = []
    for i in range(items):
        if i % 8 == 6:
            asked.append({"id": f"ka{i}", "theme": THEMES[3], "values": [1, 0], "kind": "event"})
            asked.append({"id": f"ka{i}.f", "theme": THEMES[3], "values": [1, 0], "kind": "event", "of": f"ka{i}"})
        else:
            asked.append({"id": f"s{i}", "theme": THEMES[i % 3], "values": [0, 25, 50, 75, 100], "kind": "scale"})
    made = []
    for v, above in parent.items():
        rate, mood = min(0.99, max(0.2, rng.gauss(0.74, 0.12))), min(0.95, max(0.05, rng.gauss(0.62, 0.12)))
        respondents = sum(rng.random() < rate for _ in range(people[v]))
        answers: dict[str, list[int]] = {}
        for item in asked:
            row = [0] * len(item["values"])
            for _ in range(respondents if "of" not in item else answers[item["of"]][0]):
                if rng.random() < 0.97:
                    scale_point = sum(rng.random() < mood for _ in range(4))
                    row[scale_point if len(row) == 5 else int(rng.random() > (0.3 if "of" in item else 0.07))] += 1
            answers[item["id"]] = row
        made.append({"id": v, "parent": above, "employees": people[v], "respondents": respondents, "answers": answers})
    return {"k": 5, "cap": 0.1, "items": asked, "units": made}


def measure(name: str, town: Town) -> dict[str, Any]:
    started = time.perf_counter()
    facts = plan(town)
    planned = time.perf_counter()
    exported = facts_to_json(facts)
    written = time.perf_counter()
    violations = audit([exported])
    audited = time.perf_counter()
    return {
        "town": name,
        **quality(town, facts),
        "violations": len(violations),
        "plan s": planned - started,
        "audit s": audited - written,
    }


def quality(town: Town, facts: Facts) -> dict[str, float]:
    parent = {unit.id: unit.parent for unit in town.units}
    items = [item for item in town.items if item.of is None]
    under = dict.fromkeys(parent, 0)
    answers = {item.id: dict.fromkeys(parent, 0) for item in items}
    for unit in town.units:
        counts = [(answers[item.id], sum(unit.answers.get(item.id, ()))) for item in items]
        at: str | None = unit.id
        while at is not None:
            under[at] += unit.employees
            for total, count in counts:
                total[at] += count
            at = parent[at]
    own = threshold = cover = 0
    for item in items:
        for unit in town.units:
            threshold += unit.employees * (answers[item.id][unit.id] >= town.threshold(item))
            if (unit.id, item.id) in facts.facts:
                own += unit.employees
                cover += under[unit.id]
    everybody = sum(unit.employees for unit in town.units) * len(items)
    shown = facts.facts.values()
    return {
        "own %": 100 * own / everybody,
        "threshold %": 100 * threshold / everybody,
        "ratio": own / threshold,
        "cover %": 100 * cover / (sum(under.values()) * len(items)),
        "left out %": 100 * sum(f.left_out for f in shown) / sum(f.n + f.left_out for f in shown),
        "worst %": 100 * max(f.left_out / (f.n + f.left_out) for f in shown),
    }


def run(job: tuple[str, dict[str, Any] | str]) -> dict[str, Any]:
    name, source = job
    raw = json.loads(Path(source).read_text()) if isinstance(source, str) else make_town(**source)
    return measure(name, town_from_json(raw))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("towns", nargs="*", metavar="TOWN.json")
    parser.add_argument("--made", type=int, default=0, help="so many random towns, seeds 1, 2, …")
    parser.add_argument("--units", type=int, default=3000)
    parser.add_argument("--employees", type=int, default=45000)
    parser.add_argument("--items", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=1, help="towns at a time; times are only fair with 1")
    asked = parser.parse_args()
    jobs: list[tuple[str, dict[str, Any] | str]] = [(Path(town).stem, town) for town in asked.towns]
    for seed in range(1, asked.made + 1):
        town = {"seed": seed, "units": asked.units, "employees": asked.employees, "items": asked.items}
        jobs.append((f"made {seed}", town))
    if not jobs:
        parser.error("name TOWN.json files, or --made N")
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for row in pool.map(run, jobs):
            if not rows:
                say("  ".join(f"{key:>11}" for key in row))
            rows.append(row)
            say(line(row))
    numbers = {key: [row[key] for row in rows] for key in rows[0] if key != "town"}
    for name, of in (("mean", lambda values: sum(values) / len(values)), ("least", min), ("most", max)):
        say(line({"town": name, **{key: of(values) for key, values in numbers.items()}}))


def line(row: dict[str, Any]) -> str:
    return "  ".join(f"{value:>11.4f}" if isinstance(value, float) else f"{value:>11}" for value in row.values())


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
