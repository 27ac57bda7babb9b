"""The load client: people who open their link and send both parts, many at once. Needs nothing but Python.

    python -m trivsel.trial.crowd --people FILE --port N --at-once 16 --first 0 --count 1000 --out FILE

Each visitor has a connection of their own and does what the browser does: get the form, send the envelope that was
sealed beforehand, read the border page, get the physical form, send it. What is not answered with 200 is sent again
until it is, as the page's script does; a physical form keeps its key, so that it cannot count twice.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

SEALED = 4177  # bytes; the same for all
WAY = 32  # bytes that the secret of a link may have
STEPS = ("form", "envelope", "physical_form", "physical")
ADMISSION = re.compile(rb'name="admission" value="([^"]+)"')
FORM_KEY = re.compile(rb'name="form_key" value="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    link: str
    sealed: bytes


@dataclass
class Done:
    """What one visitor knows afterwards: which envelope was acknowledged, and which physical answers."""

    number: int
    link: str
    started: float
    envelope_at: float = 0.0  # when the envelope was acknowledged
    form_key: str = ""
    physical: dict[str, str] = field(default_factory=dict)
    named: bool = False
    retries: int = 0
    complete: bool = False


def visitors_write(path: Path, items: list[str], visitors: Iterable[Visitor]) -> None:
    """The file of the crowd: a line of JSON, then 32 + 4,177 bytes for each visitor."""
    with path.open("wb") as file:
        file.write(json.dumps({"items": items}).encode() + b"\n")
        for visitor in visitors:
            file.write(visitor.link.encode("ascii").ljust(WAY) + visitor.sealed)


class Crowd:
    """The file, read visitor by visitor."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        head = self._file.readline()
        self.items: list[str] = json.loads(head)["items"]
        self._start = len(head)

    def visitor(self, number: int) -> Visitor:
        self._file.seek(self._start + number * (WAY + SEALED))
        raw = self._file.read(WAY + SEALED)
        return Visitor(raw[:WAY].decode("ascii").rstrip(), raw[WAY:])


@dataclass
class Plan:
    """Who comes, how many at once, and what share of them says what in the physical part."""

    port: int
    at_once: int
    numbers: list[int]
    seed: int = 1
    problems: float = 0.3  # share of people who report one problem
    named: float = 0.3  # share of those who leave the tick «I må gerne vide, at det er mig»
    physical: float = 1.0  # share of people who send the physical part at all
    host: str = "127.0.0.1"
    patience: float = 120.0  # seconds of trying one request


class Connection:
    """HTTP/1.1 with one request at a time; as little work as can be, since it shares the machine with the server."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, head: str, body: bytes = b"") -> tuple[int, bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=2**18)
        assert self.reader is not None
        self.writer.write(f"{head}Host: {self.host}\r\nAccept-Encoding: gzip\r\n\r\n".encode("ascii") + body)
        top = await self.reader.readuntil(b"\r\n\r\n")
        status, length, packed = int(top[9:12]), 0, False
        for line in top.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            name = name.lower()
            if name == b"content-length":
                length = int(value)
            elif name == b"content-encoding":
                packed = True
        content = await self.reader.readexactly(length)
        return status, zlib.decompress(content, 31) if packed else content

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Load:
    """One run of the crowd."""

    def __init__(self, crowd: Crowd, plan: Plan, *, tell: Callable[[Done], None] | None = None) -> None:
        self.crowd, self.plan, self.tell = crowd, plan, tell
        self.times: dict[str, list[float]] = {step: [] for step in STEPS}
        self.done: list[Done] = []
        self.refused = 0

    async def run(self) -> float:
        """Send everybody through. Returns the seconds that it took."""
        queue = iter(self.plan.numbers)
        began = time.perf_counter()
        await asyncio.gather(*(self._worker(queue) for _ in range(self.plan.at_once)))
        return time.perf_counter() - began

    async def _worker(self, queue: Iterator[int]) -> None:
        for number in queue:
            await self._visit(number)

    async def _visit(self, number: int) -> None:
        visitor = self.crowd.visitor(number)
        dice = random.Random(f"{self.plan.seed} {number}")
        connection = Connection(self.plan.host, self.plan.port)
        done = Done(number, visitor.link, time.time())
        self.done.append(done)
        try:
            page = await self._ask("form", connection, done, f"GET /svar/{visitor.link}/ HTTP/1.1\r\n")
            found = ADMISSION.search(page)
            if found is None:
                self.refused += 1
                return
            body = urlencode(
                {
                    "admission": found[1].decode(),
                    "lang": "da",
                    "tom": "",
                    "sealed": base64.b64encode(visitor.sealed).decode(),
                }
            ).encode()
            head = f"POST /svar/kuvert/ HTTP/1.1\r\n{_form_head('application/x-www-form-urlencoded', body)}"
            await self._ask("envelope", connection, done, head, body)
            done.envelope_at = time.time()
            if self.tell is not None:
                self.tell(done)
            if dice.random() < self.plan.physical:
                await self._physical(connection, done, dice)
            done.complete = True
        finally:
            connection.close()

    async def _physical(self, connection: Connection, done: Done, dice: random.Random) -> None:
        url = f"/svar/{done.link}/fysisk/"
        page = await self._ask("physical_form", connection, done, f"GET {url} HTTP/1.1\r\n")
        found = FORM_KEY.search(page)
        if found is None:
            self.refused += 1
            return
        done.form_key = found[1].decode()
        done.physical = {item: "na" if dice.random() < 0.1 else "none" for item in self.crowd.items}
        fields = {"form_key": done.form_key, "lang": "da"}
        if dice.random() < self.plan.problems:
            item = dice.choice(self.crowd.items)
            done.physical[item] = "minor"
            done.named = dice.random() < self.plan.named
            fields |= {f"{item}_where": "Prøve", f"{item}_describe": "Kun en prøve"}
            if done.named:
                fields["named"] = "1"
        body = urlencode(fields | done.physical).encode()
        head = f"POST {url} HTTP/1.1\r\n{_form_head('application/x-www-form-urlencoded', body)}"
        await self._ask("physical", connection, done, head, body)

    async def _ask(self, step: str, connection: Connection, done: Done, head: str, body: bytes = b"") -> bytes:
        """Until it is answered with 200: a dead connection, a busy server or a restarted one are tried again."""
        began = time.perf_counter()
        wait = 0.05
        while True:
            try:
                status, content = await connection.ask(head, body)
                if status == 200:
                    self.times[step].append(time.perf_counter() - began)
                    return content
                if status < 500:
                    self.times[step].append(time.perf_counter() - began)
                    return b""
            except (OSError, asyncio.IncompleteReadError):
                pass
            connection.close()
            done.retries += 1
            if time.perf_counter() - began > self.plan.patience:
                raise TimeoutError(step)
            await asyncio.sleep(wait)
            wait = min(2.0, wait * 2)


def _form_head(kind: str, body: bytes) -> str:
    return f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"


def share(times: list[float], part: float) -> float:
    """The time below which `part` of the requests lie, in milliseconds."""
    if not times:
        return 0.0
    return sorted(times)[min(len(times) - 1, int(part * len(times)))] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    numbers = list(range(chosen.first, chosen.first + chosen.count))
    random.Random(chosen.first).shuffle(numbers)
    load = Load(Crowd(chosen.people), Plan(port=chosen.port, at_once=chosen.at_once, numbers=numbers))
    cpu = time.process_time()
    seconds = asyncio.run(load.run())
    chosen.out.write_text(
        json.dumps(
            {
                "seconds": seconds,
                "client_cpu": time.process_time() - cpu,
                "refused": load.refused,
                "requests": sum(map(len, load.times.values())),
                "ms": {step: [share(times, 0.5), share(times, 0.95)] for step, times in load.times.items()},
                "all_ms": [share(list(chain(*load.times.values())), part) for part in (0.5, 0.95)],
                "done": [asdict(done) for done in load.done],
            }
        )
    )


if __name__ == "__main__":
    main()
