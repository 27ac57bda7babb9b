"""The attack of anonymity.md 2.1, on our own running system: can anybody be matched with an envelope or an answer?

`people` gives made-up employees numbers that are found in any file, `traces` looks for them and for envelopes in tables
and files, `verdict` compares the matches with chance, `run` does it all in throw-away databases of the real clusters.
"""
