"""A survey that is not real: made-up people who answer a real server over HTTP. For `linkage_attack` and benchmarks.

Never in a database that holds anything else: `town.survey_open` refuses one that is not empty.
"""
