"""Rows of the matrix: what everybody can check for themselves."""

from __future__ import annotations

from tests.access_matrix import Row, only, public

ROWS: list[Row] = [
    public("surveys:receipt_lists"),
    public("surveys:receipt_list", args=lambda world: ["a"]),
    Row("surveys:receipt_list", "not a first sign", args=lambda world: ["x"], rest=404, visitor=404),
    public("surveys:receipt_codes", args=lambda world: ["a"]),
    only("trivsel:linkage_list", "hr"),
    Row("trivsel:linkage_list", "try it", method="post", named={302: ("hr",)}),
    only("trivsel:linkage_detail", about="no such result", args=lambda world: [0]),
    Row("surveys:receipt_codes", "not a first sign", args=lambda world: ["ab"], rest=404, visitor=404),
]
