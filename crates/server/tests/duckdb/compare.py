"""Computes answers of Hitmetrix once more in DuckDB and tells every cell that differs.

    compare.py ASKED.json PARTS

ASKED.json has questions with their answers, PARTS is the folder of Parquet files they are about.
What is counted is written in SQL from docs/concepts, one function a kind of question; nothing of
it is taken from the engine. DuckDB counts; Python only writes the SQL and lays out rows.

What is taken over from Hitmetrix, or cannot be said in SQL:

| what | why |
|---|---|
| who is which visitor | not in the parts: the sent lines tell, in their order |
| periods that end now (`last`), intervals that have not begun | DuckDB has no clock of the question |
| regular expressions | those that RE2 and the crate `regex` read alike |
| bounds of the classes of a time to convert | docs/concepts does not name them; they are the answer's |
| hours compared with those of another day | in UTC, where each day has the same |
| in any order, funnels with one event for several steps | a matching, and no SQL; steps are of different events |
| formulas, p-values | arithmetic on one row, in Python |
"""

import json
import math
import sys

import counts
import funnels
import goals
import heatmaps
import paths
import presence
import series
import values
from events import Asked, load

KINDS = {
    "totals": counts.totals,
    "trend": lambda asked: (series if "trend" in asked.question else counts).trend(asked),
    "breakdown": counts.breakdown,
    "sessions": counts.sessions,
    "funnel": funnels.funnel,
    "retention": presence.retention,
    "lifecycle": presence.lifecycle,
    "stickiness": presence.stickiness,
    "paths": paths.paths,
    "goals": goals.goals,
    "distribution": values.distribution,
    "correlation": values.correlation,
    "heatmap": heatmaps.heatmap,
}
# Kinds whose rows docs/concepts puts in an order; of the others rows are sorted on both sides.
ORDERED = {"totals", "trend", "breakdown", "sessions", "retention", "lifecycle", "stickiness"}
SHOWN_MAX = 4


def is_equal(left, right):
    """Numbers may differ in their last digits, because sums are made in another order."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
    return left == right


def order(row):
    """Sorts rows by what names them: their texts, and then their whole numbers."""
    return [
        (
            (0, "")
            if cell is None
            else (1, f"{cell:.6f}") if isinstance(cell, (int, float)) else (2, cell)
        )
        for cell in row
    ]


def differences(kind, answer, expected):
    """Lines that tell where the answer differs."""
    columns = [column["name"] for column in answer["columns"]]
    rows, expected = [list(row) for row in answer["rows"]], [list(row) for row in expected]
    if kind not in ORDERED:
        rows, expected = sorted(rows, key=order), sorted(expected, key=order)
    if len(rows) != len(expected):
        yield f"{len(rows)} rows, DuckDB has {len(expected)}"
    for number, (row, wanted) in enumerate(zip(rows, expected)):
        if len(row) != len(wanted):
            yield f"row {number}: {len(row)} cells, DuckDB has {len(wanted)}: {row} {wanted}"
            continue
        for name, left, right in zip(columns, row, wanted):
            if not is_equal(left, right):
                yield f"row {number}, {name}: {left!r}, DuckDB {right!r}; {row} {wanted}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        world = json.load(file)
    database = load(world, sys.argv[2])
    cells, wrong = 0, 0
    for number, one in enumerate(world["asked"]):
        question, answer = one["question"], one["answer"]
        expected = list(
            KINDS[question["kind"]](Asked(database, world["segments"], question, answer))
        )
        cells += sum(len(row) for row in answer["rows"])
        found = list(differences(question["kind"], answer, expected))
        if answer["missing"]:
            found.append(f"missing: {answer['missing']}")
        if found:
            wrong += 1
            print(f"question {number}: {json.dumps(question)}")
            for line in found[:SHOWN_MAX]:
                print(f"    {line}")
    print(
        f"{len(world['asked'])} questions, {cells} cells, {world['events']} events; {wrong} answers differ"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
