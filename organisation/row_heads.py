"""Marks the first cell of every table row as the row's heading in a tagged PDF: the typesetter marks columns only.

Typst has `pdf.header-cell` behind a switch that its Python package does not reach (docs/decisions/0050-typst.md). So
the finished file is changed where it says what each cell is, and its table of contents (xref) is written anew. Every
table of ours has its row's words in the first column.
"""

from __future__ import annotations

import re

CELL = re.compile(rb"/S/TD(/P \d+ 0 R/A\[)<</O/Table/Headers\[\(U\d+x(\d+)y\d+\)\]>>")
XREF = re.compile(rb"xref\n0 (\d+)\n")
ENTRY = 20  # bytes of one line of the table of contents


def row_heads_mark(pdf: bytes) -> bytes:
    """The file with row headings, or as it was where it is not written as the typesetter writes today."""
    start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    head = XREF.match(pdf, start)
    if head is None:
        return pdf
    count = int(head[1])
    entries = [pdf[at : at + ENTRY] for at in range(head.end(), head.end() + ENTRY * count, ENTRY)]
    places = {int(entry[:10]): number for number, entry in enumerate(entries) if entry[17:18] == b"n"}
    begins = sorted(places)
    out = bytearray(pdf[: begins[0]])
    for begin, end in zip(begins, [*begins[1:], start], strict=True):
        number = places[begin]
        entries[number] = b"%010d" % len(out) + entries[number][10:]
        part = pdf[begin:end]
        out += CELL.sub(_cell, part) if b"/Type/StructElem/S/TD" in part[:60] else part
    moved = len(out)
    out += head[0] + b"".join(entries) + pdf[head.end() + ENTRY * count : pdf.rindex(b"startxref")]
    out += b"startxref\n%d\n%%%%EOF" % moved
    return bytes(out)


def _cell(found: re.Match[bytes]) -> bytes:
    """Of the first column: a heading of its row. Else a cell that finds its headings by their scopes."""
    if found[2] == b"0":
        return b"/S/TH" + found[1] + b"<</O/Table/Scope/Row>>"
    return b"/S/TD" + found[1]
