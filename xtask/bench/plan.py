"""What all peers count on: the days of the events, and what questions.json says of a question."""

import json

FROM_MS = 1_767_571_200_000
DAY_MS = 24 * 3600 * 1000
DAYS = 30
WEEK_MS = 7 * DAY_MS
TEXTS = ["country", "browser", "device", "source", "medium", "campaign", "term", "content"]


def parts_glob(parts):
    """All parts below a folder."""
    return f"{parts}/**/*.parquet"


def questions_of(path):
    """Each question with its id and whether it asks about the first half of the days only."""
    with open(path, encoding="utf-8") as file:
        listed = json.load(file)["questions"]
    return [
        one["question"] | {"id": one["id"], "half": one.get("half", False)} for one in listed
    ]


def steps_of(question):
    """Names of a funnel's steps."""
    return [step["events"][0] for step in question["funnel"]["steps"]]


def pair_of(question):
    """Names of the first and of the returning event."""
    return [question["retention"][one]["events"][0] for one in ["start", "return"]]
