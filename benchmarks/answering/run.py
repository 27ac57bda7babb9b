"""Many employees at once, each opening the link and sending both parts: how many a second, how long, at what cost.

    .venv/bin/python benchmarks/answering/run.py            the whole table, about two minutes after seeding
    .venv/bin/python benchmarks/answering/run.py --quick    300 answers at each step

Starts its own servers (production's settings and command lines) in a temporary folder. The load client is a process
of its own on the same cores; its envelopes are sealed beforehand. A completed answer is four requests: the form, the
envelope answered by the border page, the physical form, the physical part answered by the receipt. Afterwards every
acknowledged answer must be found exactly once.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stage import Stage, first_visit, now, quiet_machine, stage, web_start

AT_ONCE = (16, 32, 64)
TARGETS = {"answers/s": 150.0, "server CPU ms": 10.0, "statements": 8.0, "p95 ms at 16": 250.0}
BYTES, REQUESTS = 60_000, 8
# The best-known open-source survey tool, sane production settings, two cores, a survey of 40 questions: as published
# in issue 4. Not measured here.
OTHER = {"rate": 2.2, "cpu": 870.0, "statements": 2080, "p95": 1600, "requests": 27, "bytes": 1_100_000}
WARM = 200


def say(text: str) -> None:
    print(text)  # noqa: T201


def must(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"WRONG: {what}")


def measure(running: Stage, people: Path, *, at_once: int, first: int, count: int) -> dict[str, Any]:
    statements = running.step("statements")
    cpu = running.cpu()
    result = running.load(people, at_once=at_once, first=first, count=count)
    used = {name: after - cpu[name] for name, after in running.cpu().items()}
    asked = {
        f"{name}: {query}": (calls - statements[name].get(query, 0)) / count
        for name, counted in running.step("statements").items()
        for query, calls in counted.items()
        if calls > statements[name].get(query, 0)
    }
    complete = sum(one["complete"] for one in result["done"])
    must(complete == count and not result["refused"], f"{count - complete} visitors did not get through")
    return {
        "at_once": at_once,
        "rate": count / result["seconds"],
        "cpu": {name: seconds / count * 1000 for name, seconds in used.items()},
        "client_cpu": result["client_cpu"] / count * 1000,
        "statements": sum(asked.values()),
        "asked": asked,
        "ms": result["ms"],
        "all_ms": result["all_ms"],
        "retries": sum(one["retries"] for one in result["done"]),
        "done": result["done"],
    }


def show(results: list[dict[str, Any]]) -> None:
    costs = f"{'CPU ms/answer':>15}{'statements':>12}{'p50 ms':>9}{'p95 ms':>9}"
    say(f"\n{'at once':<9}{'answers/s':>10}{costs}   per server")
    for result in results:
        servers = ", ".join(f"{name} {ms:.2f}" for name, ms in result["cpu"].items())
        cpu, asked = sum(result["cpu"].values()), result["statements"]
        say(
            f"{result['at_once']:<9}{result['rate']:>10.1f}{cpu:>15.2f}{asked:>12.2f}"
            f"{result['all_ms'][0]:>9.1f}{result['all_ms'][1]:>9.1f}   {servers}; client {result['client_cpu']:.2f}"
        )
    say("\np50/p95 in ms by request:")
    for result in results:
        steps = "  ".join(f"{step} {ms[0]:.0f}/{ms[1]:.0f}" for step, ms in result["ms"].items())
        say(f"{result['at_once']:<9}{steps}")


def verdict(results: list[dict[str, Any]], visit: dict[str, Any]) -> bool:
    at_16 = results[0]
    best = max(result["rate"] for result in results)
    cpu = min(sum(result["cpu"].values()) for result in results)
    statements = max(result["statements"] for result in results)
    rows = [
        ("answers a second, the best step", f"{best:.0f}", ">= 150", best >= TARGETS["answers/s"], f"{OTHER['rate']}"),
        ("server CPU per answer", f"{cpu:.1f} ms", "<= 10 ms", cpu <= TARGETS["server CPU ms"], "870 ms"),
        ("statements per answer", f"{statements:.1f}", "<= 8", statements <= TARGETS["statements"], "2,080"),
        ("p95 of a request, 16 at once", f"{at_16['all_ms'][1]:.0f} ms", "< 250 ms",
         at_16["all_ms"][1] < TARGETS["p95 ms at 16"], "1,600 ms"),
        ("requests of the first visit", f"{visit['requests']}", "<= 8", visit["requests"] <= REQUESTS, "27"),
        ("bytes of the first visit", f"{visit['bytes'] / 1000:.1f} KB", "<= 60 KB", visit["bytes"] <= BYTES, "1,100 KB")
    ]  # fmt: skip
    say(f"\n{'':<40}{'measured':>12}{'target':>12}{'':>8}{'other tool*':>13}")
    for name, measured, target, good, other in rows:
        say(f"{name:<40}{measured:>12}{target:>12}{'yes' if good else 'NO':>8}{other:>13}")
    say("* the best-known open-source survey tool on two cores, as published in issue 4; not measured here")
    return all(row[3] for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--each", type=int, default=3000, metavar="N", help="answers at each step")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    chosen = parser.parse_args()
    each = 300 if chosen.quick else chosen.each
    warm = 60 if chosen.quick else WARM
    say(f"{now()}   {quiet_machine()}")
    with stage() as running:
        people = running.var / "people"
        # A few in a hundred of the employed are not invited (on leave, too new).
        seeded = running.step("seed", int((warm + each * len(AT_ONCE)) * 1.08) + 100, str(people))
        must(seeded["invited"] >= warm + each * len(AT_ONCE), "the town is too small")
        web_start(running)
        visit = first_visit(running.port, seeded["link"])
        done = running.load(people, at_once=8, first=0, count=warm)["done"]
        results = []
        for number, at_once in enumerate(AT_ONCE):
            results.append(measure(running, people, at_once=at_once, first=warm + number * each, count=each))
            done += results[-1].pop("done")
        noted = running.var / "done.json"
        noted.write_text(json.dumps(done))
        found = running.step("check", str(people), str(noted))
    show(results)
    say("\nstatements per answer, 16 at once:")
    for query, calls in sorted(results[0]["asked"].items(), key=lambda pair: -pair[1]):
        if calls >= 0.01:
            say(f"  {calls:6.2f}  {query[:120]}")
    say(f"\nfirst visit: {visit['requests']} requests, {visit['bytes']} bytes with their heads")
    for path, size in visit["parts"].items():
        say(f"  {size:>7}  {path}")
    say(f"\nfound afterwards: {found}")
    wrong = {key: value for key, value in found.items() if key.endswith(("lost", "changed", "sent", "differ"))}
    must(found["envelopes"] == found["acknowledged"] and found["problems_stored"] == found["problems_sent"], "a count")
    must(not any(value for key, value in wrong.items() if key not in ("physical_sent", "problems_sent")), "an answer")
    good = verdict(results, visit)
    if chosen.json:
        chosen.json.write_text(json.dumps({"results": results, "visit": visit, "found": found}, indent=1))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
