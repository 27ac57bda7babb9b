"""Servers of their own for the answering benchmarks, started as bin/run starts them, and a seeded town in them.

Two Postgres clusters with the production's settings (written through to disk), Valkey, and the web server's own command
line. The only addition is pg_stat_statements, which counts the statements.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bin")]
BENCHMARKS = Path(__file__).resolve().parent

from support.postgres import cluster_make, statements_alone  # noqa: E402
from support.processes import Child, wait_until  # noqa: E402
from support.servers import (  # noqa: E402
    NAMED,
    Servers,
    child_started,
    servers_children,
    servers_describe,
    sockets_folder,
    sockets_remove,
)
from support.supervisor import application_children  # noqa: E402

COUNTED = ("shared_preload_libraries = pg_stat_statements", "pg_stat_statements.track_planning = off")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Stage:
    """What is running, and how to reach it."""

    var: Path
    env: dict[str, str]
    port: int
    children: list[Child]
    web: Child

    def step(self, name: str, *arguments: Any) -> Any:
        """One step of steps.py with Django, in a process of its own: its memory and its connections end with it."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, str(BENCHMARKS / "steps.py"), name, json.dumps(arguments)],
            env=self.env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"The step {name} failed.")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def load(self, people: Path, *, at_once: int, first: int, count: int) -> dict[str, Any]:
        out = self.var / "load.json"
        load = [sys.executable, "-m", "trivsel.trial.crowd", "--people", str(people), "--port", str(self.port)]
        load += ["--at-once", str(at_once), "--first", str(first), "--count", str(count), "--out", str(out)]
        subprocess.run(load, cwd=ROOT, check=True)  # noqa: S603
        return dict(json.loads(out.read_text()))

    def cpu(self) -> dict[str, float]:
        """Seconds of processor that each server has used so far, with its processes, the ended ones too."""
        return {child.name: tree_cpu(child) for child in self.children}


def tree_cpu(child: Child) -> float:
    """Of the child, everything below it, and what below it has ended. Postgres's processes have groups of their own."""
    assert child.process is not None
    below: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(folder.name))
        ticks[int(folder.name)] = sum(int(field) for field in fields[11:15])  # own, and of ended children
    found, total = [child.process.pid], 0
    while found:
        pid = found.pop()
        total += ticks.get(pid, 0)
        found += below.get(pid, [])
    return total / TICKS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything up, tables made, static files collected; nothing seeded. All of it is gone afterwards."""
    var = Path(tempfile.mkdtemp(prefix="trivsel-bench-"))
    for name in NAMED:
        os.environ.pop(name, None)
    for name in ("run", "log", "secrets"):
        (var / name).mkdir(mode=0o700)
    children: list[Child] = []
    try:
        described = servers_describe(var, sockets=sockets_folder(var))
        clusters = tuple(replace(cluster, settings=cluster.settings + COUNTED) for cluster in described.clusters)
        servers = Servers(var=var, clusters=clusters, broker_socket=described.broker_socket)
        for cluster in clusters:
            cluster_make(cluster)
            statements_alone(cluster, cluster.database, "CREATE EXTENSION pg_stat_statements\n")
        for child in servers_children(servers):
            children.append(child)
            child_started(child)
        port = free_port()
        env = os.environ | servers.environment() | {"TRIVSEL_DEMO": "0", "PORT": str(port)}
        env |= {"TRIVSEL_BASE_URL": f"http://127.0.0.1:{port}", "TRIVSEL_MUNICIPALITY": "Lindevig Kommune"}
        env |= {"TRIVSEL_KEY_DIR": str(var / "keys"), "TRIVSEL_STATIC_ROOT": str(var / "staticfiles")}
        env |= {"TRIVSEL_PRIVATE_KEY_DIR": str(var / "private-keys")}
        env |= {"TRIVSEL_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "trivsel.settings"}
        web = application_children(env=env, var=var, host="127.0.0.1", port=port)[0]
        made = Stage(var, env, port, children, web)
        made.step("prepare")
        yield made
    finally:
        for child in reversed(children):
            child.stop()
        sockets_remove(var)
        shutil.rmtree(var, ignore_errors=True)


def web_start(running: Stage) -> None:
    running.children.append(running.web)
    running.web.start()
    if not wait_until(lambda: _answers(running.port), 60, step=0.2):
        raise SystemExit(f"The web server does not answer:\n{running.web.log_tail(30)}")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET /svar/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def first_visit(port: int, link: str) -> dict[str, Any]:
    """Everything that a browser fetches to show the form: how many requests, how many bytes came over the wire."""
    address = f"/svar/{link}/"
    page, raw = _fetch(port, address)
    assets = re.findall(r'<(?:link[^>]*(?:rel="(?:stylesheet|icon)")[^>]*|script[^>]*)>', page)
    wanted = [found[1] for tag in assets if (found := re.search(r'(?:href|src)="([^"]+)"', tag))]
    parts = {address.replace(link, "LINK"): raw}
    for path in wanted:
        sheet, size = _fetch(port, path)
        parts[path] = size
        for inner in re.findall(r"url\((?!data:|#)[\"']?([^)\"']+)", sheet):
            parts[f"{path} > {inner}"] = _fetch(port, str(Path(path).parent / inner))[1]
    return {"requests": len(parts), "bytes": sum(parts.values()), "parts": parts}


def _fetch(port: int, path: str) -> tuple[str, int]:
    import zlib

    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        connection.sendall(ask.encode())
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = raw.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"{path}: {head.splitlines()[0].decode()}")
    packed = b"content-encoding: gzip" in head.lower()
    return (zlib.decompress(body, 31) if packed else body).decode(errors="replace"), len(raw)


def quiet_machine() -> str:
    """A word on who else works here: the figures are upper bounds where somebody does."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores; load before the run {load:.1f}" + (" — NOT a quiet machine" if load > 0.7 else "")


def now() -> str:
    return time.strftime("%Y-%m-%d %H:%M")
