"""Conditions of docs/concepts/filters.md as SQL over one row of the events."""

UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def quoted(text):
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def span_ms(span):
    """Milliseconds of `30m`, `7d`."""
    return int(span[:-1]) * UNITS[span[-1]]


def holds(condition, asked):
    """Whether a condition holds for a row."""
    if "dimension" in condition:
        column = condition["dimension"]
        return _takes(condition, f"[{column}]", f"({column} <> '')")
    if "property" in condition:
        value = asked.property(condition)
        return _takes(condition, f"texts_of({value})", f"({value} is not null)")
    if "session" in condition:
        return _takes(condition, f"[s_{condition['session']}::varchar]", "true")
    if "all" in condition:
        return "(" + " and ".join(["true"] + [holds(one, asked) for one in condition["all"]]) + ")"
    if "any" in condition:
        return "(" + " or ".join(["false"] + [holds(one, asked) for one in condition["any"]]) + ")"
    if "not" in condition:
        return f"(not {holds(condition['not'], asked)})"
    if "session_has" in condition:
        return f"(session in (select session from {asked.events} where {asked.all_hold(condition['session_has'])}))"
    if "segment" in condition:
        return holds(_saved(asked.segments[condition["segment"]]), asked)
    return _did(condition["did"], asked)


def _saved(segment):
    """What a segment stands for."""
    if segment["of"] == "sessions":
        return {"session_has": segment["conditions"]}
    return {"did": {"sequence": [{"filters": segment["conditions"]}]}}


def _takes(condition, texts, is_set):
    """Whether one of several texts passes; what is not set compares as the empty text."""
    operator, values = condition["operator"], condition.get("values", [])
    if operator in ("set", "not_set"):
        return is_set if operator == "set" else f"(not {is_set})"

    def some(test):
        tests = " or ".join(test(quoted(str(value))) for value in values)
        return f"(len(list_filter(coalesce({texts}, ['']), lambda t: {tests})) > 0)"

    def compares(test):
        return f"coalesce(len(list_filter({texts}, lambda t: coalesce({test}, false))) > 0, false)"

    numbers = [f"number_of({quoted(str(value))})" for value in values]
    tests = {
        "is": lambda: some(lambda value: f"t = {value}"),
        "is_not": lambda: f"(not {some(lambda value: f't = {value}')})",
        "contains": lambda: some(_contains),
        "does_not_contain": lambda: f"(not {some(_contains)})",
        "starts": lambda: some(lambda value: f"t <> '' and starts_with(t, {value})"),
        "matches": lambda: some(lambda value: f"regexp_matches(t, {value})"),
        "greater": lambda: compares(f"number_of(t) > {numbers[0]}"),
        "less": lambda: compares(f"number_of(t) < {numbers[0]}"),
        "between": lambda: compares(f"number_of(t) between {numbers[0]} and {numbers[1]}"),
    }
    return tests[operator]()


def _contains(value):
    """An empty value stands for what is unknown and is found in nothing else."""
    return "t = ''" if value == "''" else f"contains(lower(t), lower({value}))"


def selects(selection, asked):
    """Whether a row is an event that a selection means."""
    names = ", ".join(quoted(name) for name in selection.get("events", []))
    meant = f"event in ({names})" if names else "event not in ('page_leave', 'web_vital', 'form_view')"
    return f"({meant} and {asked.all_hold(selection.get('filters', []))})"


def _did(did, asked):
    """Whether the row's person did it in the period, or in the last time up to its end."""
    start = asked.before_end_ms(did["last"]) if did.get("last") else asked.period[0]
    steps = [
        f"select person, n, ms from {asked.events} where {asked.within((start, asked.period[1]))} and {selects(one, asked)}"
        for one in did["sequence"]
    ]
    if len(steps) == 1:
        least = did.get("at_least", 0 if "at_most" in did else 1)
        most = did.get("at_most", 1 << 60)
        counted = f"select person from ({steps[0]}) group by person having count(*)"
        inside = "true" if least == 0 else f"person in ({counted} >= {least})"
        return f"({inside} and person not in ({counted} > {most}))"
    within = span_ms(did["within"]) if did.get("within") else 1 << 60
    # The latest first event of those from which the sequence came to an event.
    chain = f"select person, n, ms as first_ms from ({steps[0]})"
    for step in steps[1:]:
        chain = (
            f"select e.person, e.n, max(first_ms) as first_ms from ({chain}) l join ({step}) e "
            f"on e.person = l.person and e.n > l.n and e.ms - first_ms <= {within} group by e.person, e.n"
        )
    return f"(person in (select person from ({chain})))"
