"""A whole municipality answers in one run while web processes are killed: nothing lost, nothing doubled.

    .venv/bin/python benchmarks/answering/municipality.py                      45,000 invited; about ten minutes
    .venv/bin/python benchmarks/answering/municipality.py --invited 2000       the same, smaller

Every few seconds a random worker of the web server gets SIGKILL; the server starts another, and a server that gives up
is started again, as bin/run and compose do. The load client tries again as the browser does. Afterwards every
acknowledged envelope and form must be stored exactly once, and closing must count exactly the answers that were sent,
unit by unit and question by question.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from run import must, say
from stage import Stage, first_visit, now, quiet_machine, stage, web_start

LONGEST = 3 * 3600  # seconds, after which the run is given up


def workers(running: Stage) -> list[int]:
    """The web server's own children."""
    assert running.web.process is not None
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == running.web.process.pid and fields[0] != "Z":
                found.append(int(folder.name))
    return found


def answered_under_fire(running: Stage, people: Path, *, count: int, every: float) -> tuple[dict[str, Any], int, float]:
    """The load's result, how many workers were killed, and the servers' processor seconds."""
    out = running.var / "load.json"
    command = [sys.executable, "-m", "trivsel.trial.crowd", "--people", str(people), "--port", str(running.port)]
    command += ["--at-once", "32", "--count", str(count), "--out", str(out)]
    before = sum(running.cpu().values())
    load = subprocess.Popen(command)  # noqa: S603
    dice, killed, until = random.SystemRandom(), 0, time.monotonic() + LONGEST
    try:
        while load.poll() is None:
            must(time.monotonic() < until, "it took too long")
            time.sleep(dice.uniform(0.4, 1.6) * every)
            if not running.web.alive():  # too many of its workers died in a row: bin/run and compose start it again
                running.web.clear_group()
                running.web.start()
                continue
            found = workers(running)
            if found and load.poll() is None:
                os.kill(dice.choice(found), signal.SIGKILL)
                killed += 1
    finally:
        if load.poll() is None:
            load.kill()
    must(load.returncode == 0, "the load client gave up")
    return json.loads(out.read_text()), killed, sum(running.cpu().values()) - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invited", type=int, default=45_000)
    parser.add_argument("--kill-every", type=float, default=5.0, metavar="SECONDS", help="on average")
    chosen = parser.parse_args()
    say(f"{now()}   {quiet_machine()}")
    with stage() as running:
        people = running.var / "people"
        seeded = running.step("seed", int(chosen.invited * 1.08) + 100, str(people))
        must(seeded["invited"] >= chosen.invited, "the town is too small")
        web_start(running)
        first_visit(running.port, seeded["link"])
        result, killed, cpu = answered_under_fire(running, people, count=chosen.invited, every=chosen.kill_every)
        noted = running.var / "done.json"
        noted.write_text(json.dumps(result["done"]))
        complete = sum(one["complete"] for one in result["done"])
        retries = sum(one["retries"] for one in result["done"])
        took, each = result["seconds"], cpu / complete * 1000
        say(f"{complete} of {chosen.invited} completed in {took:.0f} s: {complete / took:.1f}/s")
        say(f"{killed} worker processes killed, {retries} requests tried again; {each:.1f} ms CPU each")
        found = running.step("check", str(people), str(noted))
        say(f"found afterwards: {found}")
        running.web.stop()
        running.children.remove(running.web)
        counted = running.step("count_up", str(people), str(noted))
        say(f"counted at closing: {counted}")
    must(complete == chosen.invited and not result["refused"], "somebody did not get through")
    must(found["acknowledged"] == found["envelopes"] == complete, "an envelope is missing or one too many")
    for key in (
        "envelopes_lost",
        "envelopes_changed",
        "envelopes_nobody_sent",
        "physical_lost",
        "physical_counts_differ",
    ):
        must(found[key] == 0, key)
    must(found["physical_sent"] == found["physical_stored"], "a physical form is missing or one too many")
    must(found["problems_sent"] == found["problems_stored"], "a problem is missing or one too many")
    must(counted["tally_same"] and counted["respondents_same"] and not counted["malformed"], "the count differs")
    must(counted["audit_green"] and not counted["envelopes_left"], "closing did not finish")
    say("0 lost, 0 doubled; the tally is what was sent")


if __name__ == "__main__":
    main()
