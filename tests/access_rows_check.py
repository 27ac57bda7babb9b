"""Rows of the matrix: what everybody can check for themselves."""

from __future__ import annotations

from tests.access_matrix import Row, public

ROWS: list[Row] = [
    public("surveys:receipt_lists"),
    public("surveys:receipt_list", args=lambda world: ["a"]),
    Row("surveys:receipt_list", "not a first sign", args=lambda world: ["x"], rest=404, visitor=404),
    public("surveys:receipt_codes", args=lambda world: ["a"]),
    Row("surveys:receipt_codes", "not a first sign", args=lambda world: ["ab"], rest=404, visitor=404),
]
