"""The organisation as HR has it: files in, a preview of what would change, and one transaction that changes it.

reading (workbook, csvfile) ─┐
payroll ─────────────────────┼─► tables (rows.Table) ─► checks ─► compare ─► apply ─► undo
os2mo ───────────────────────┘
"""
