"""The least that a server can do for an answer: the same bytes from memory, and one bare insert. For floor/run.py."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from psycopg_pool import ConnectionPool

PAGES = {name: bytes.fromhex(page) for name, page in json.loads(Path(os.environ["FLOOR_PAGES"]).read_text()).items()}
POOL = ConnectionPool(os.environ["URN_DATABASE_URL"], min_size=2, max_size=8, open=True)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path, sent = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "POST"
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) if sent else b""
    if sent and path == "/svar/kuvert/":
        sealed = parse_qs(body)[b"sealed"][0]
        with POOL.connection() as connection:
            connection.execute("INSERT INTO floor (sealed) VALUES (%s)", [sealed])
        page = PAGES["envelope"]
    elif path.endswith("/fysisk/"):
        page = PAGES["physical" if sent else "physical_form"]
    else:
        page = PAGES["form"]
    head = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))]
    if page[:2] == b"\x1f\x8b":
        head.append(("Content-Encoding", "gzip"))
    start_response("200 OK", head)
    return [page]
