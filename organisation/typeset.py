"""Paper: a Typst layout and its words and figures in, a tagged PDF out (docs/decisions/0050-typst.md).

A layout is a file in templates/pdf/. It knows where things stand and nothing else: every word arrives in the data,
translated, so that text is never markup and needs no escaping. Drawings are those of the page (organisation/charts.py).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings

from organisation.row_heads import row_heads_mark

LAYOUTS = Path(settings.BASE_DIR) / "templates" / "pdf"
FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
# Universal accessibility: the typesetter refuses a document without title, language or a figure's description.
STANDARD = "ua-1"


def typeset(layout: str, data: dict[str, Any], *, standard: Any = STANDARD) -> bytes:
    """The document as PDF/UA-1. Raises RuntimeError where the layout is wrong.

    Without a standard: for what is read on paper alone. A name in letters that our type lacks then takes the system's
    type, or boxes where it has none either, instead of stopping all others.
    """
    import typst  # a large library that web processes without a PDF to make need not load

    # Its stubs want the layout and the fonts' folder of one type; it takes each as it is.
    compiler = typst.Compiler(  # type: ignore[misc]
        (LAYOUTS / layout).read_bytes(),
        root=str(LAYOUTS),
        font_paths=[str(FONTS)],
        ignore_system_fonts=standard is not None,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", pdf_standards=[standard] if standard else [])
    assert isinstance(made, bytes)  # one document, not one file for each page
    return row_heads_mark(made) if standard is not None else made


@lru_cache(maxsize=1)
def layouts_version() -> str:
    """Changes with every layout, so that a file made by an older one is not served for the new."""
    parts = sorted(LAYOUTS.glob("*.typ"))
    return sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()[:12]


def drawing(svg: str, *, width: int, height: int, top: int = 0) -> dict[str, str]:
    """A drawing of the page for paper: given a size, and its spoken label as the figure's description.

    `width` and `height` in the drawing's own pixels; `top` where it begins (negative for marks above its line).
    """
    label = re.search(r'aria-label="([^"]*)"', svg)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 {top} {width} {height}"'
    )
    return {"svg": svg.replace("<svg", head, 1), "alt": unescape(label.group(1)) if label else ""}
