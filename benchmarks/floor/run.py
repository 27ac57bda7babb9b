"""How far from the limit: the same web server, answering the same bytes with one bare insert, beside ours in one run.

    .venv/bin/python benchmarks/floor/run.py [--quick]

The floor has no framework, no code to check, no second database and no physical part to store: what remains of an
answer when everything but the bytes and one insert into `urn` is left out. Ours and the floor take turns, so that a
busy machine slows both; the ratios say more than the figures.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "answering"))

from run import must, say
from stage import ROOT, Stage, free_port, now, quiet_machine, stage, web_start

TURNS = 3


def raw_answers(port: int, people: Path) -> dict[str, bytes]:
    """The four answers that one visitor gets, as they come over the wire."""
    import base64
    import zlib
    from urllib.parse import urlencode

    sys.path.insert(0, str(ROOT))
    from trivsel.trial.crowd import ADMISSION, FORM_KEY, Crowd

    crowd = Crowd(people)
    visitor = crowd.visitor(0)

    def ask(method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n"
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n" if body else "\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(head.encode() + body)
            raw = b"".join(iter(lambda: connection.recv(65536), b""))
        must(b" 200 " in raw.split(b"\r\n", 1)[0], f"{method} {path.rpartition('/svar/')[2][-8:]}")
        return raw.partition(b"\r\n\r\n")[2]

    def plain(page: bytes) -> bytes:
        return zlib.decompress(page, 31) if page[:2] == b"\x1f\x8b" else page

    link = f"/svar/{visitor.link}/"
    pages = {"form": ask("GET", link)}
    admission = ADMISSION.search(plain(pages["form"]))
    assert admission is not None
    sent = {"admission": admission[1].decode(), "lang": "da", "sealed": base64.b64encode(visitor.sealed).decode()}
    body = urlencode(sent).encode()
    pages["envelope"] = ask("POST", "/svar/kuvert/", body, "application/x-www-form-urlencoded")
    pages["physical_form"] = ask("GET", f"{link}fysisk/")
    key = FORM_KEY.search(plain(pages["physical_form"]))
    assert key is not None
    body = urlencode({"form_key": key[1].decode(), **dict.fromkeys(crowd.items, "none")}).encode()
    pages["physical"] = ask("POST", f"{link}fysisk/", body, "application/x-www-form-urlencoded")
    return pages


def floor_of(running: Stage, pages: dict[str, bytes]) -> Stage:
    """The same stage with the floor's web server in place of ours."""
    noted = running.var / "pages.json"
    noted.write_text(json.dumps({name: page.hex() for name, page in pages.items()}))
    port = free_port()
    argv = ["app:application" if part == "trivsel.wsgi:application" else part for part in running.web.argv]
    argv[argv.index("--port") + 1] = str(port)
    env = running.env | {"FLOOR_PAGES": str(noted), "PYTHONPATH": str(Path(__file__).resolve().parent)}
    web = replace(
        running.web,
        name="floor",
        argv=argv,
        env=env,
        cwd=Path(__file__).resolve().parent,
        log=running.var / "log" / "floor.log",
        pid_file=running.var / "run" / "floor.pid",
        process=None,
    )
    databases = [child for child in running.children if child.name.startswith("postgres")]
    return replace(running, port=port, web=web, children=databases)


def turn(running: Stage, people: Path, first: int, count: int) -> dict[str, Any]:
    before = running.cpu()
    result = running.load(people, at_once=16, first=first, count=count)
    used = sum(seconds - before[name] for name, seconds in running.cpu().items())
    must(sum(one["complete"] for one in result["done"]) == count, "a visitor did not get through")
    return {"rate": count / result["seconds"], "cpu": used / count * 1000, "p95": result["all_ms"][1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    each = 150 if chosen.quick else 1500
    say(f"{now()}   {quiet_machine()}")
    with stage() as running:
        people = running.var / "people"
        running.step("seed", int(each * TURNS * 1.1) + 300, str(people))
        running.step("floor_table")
        web_start(running)
        floor = floor_of(running, raw_answers(running.port, people))
        web_start(floor)
        for one in (running, floor):
            one.load(people, at_once=8, first=1, count=100)
        ours, least = [], []
        for number in range(TURNS):
            first = 101 + number * each
            ours.append(turn(running, people, first, each))
            least.append(turn(floor, people, first, each))
        floor.web.stop()
    say(f"\n{'':<26}{'ours':>10}{'floor':>10}{'ratio':>8}")
    for key, name in (
        ("rate", "answers a second"),
        ("cpu", "server CPU ms per answer"),
        ("p95", "p95 of a request, ms"),
    ):
        mine, theirs = (sorted(one[key] for one in turns)[len(turns) // 2] for turns in (ours, least))
        say(f"{name:<26}{mine:>10.1f}{theirs:>10.1f}{mine / theirs:>8.2f}")
    say("medians of three turns each, 16 at once; the floor's CPU is its web server and both Postgres clusters")


if __name__ == "__main__":
    main()
