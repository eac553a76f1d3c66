"""Trends of series: docs/concepts/trends.md."""

from conditions import quoted

NUMBERS = "list_sort(list(v) filter (v is not null))"
COUNTED = {
    "count": "count(n)",
    "persons": "count(distinct person)",
    "sessions": "count(distinct session)",
    "accounts": "count(distinct account)",
    "sum": "coalesce(sum(v), 0)",
    "average": "avg(v)",
    "minimum": "min(v)",
    "maximum": "max(v)",
    "median": "median(v)",
    # The nearest rank: the least number that so many percent do not exceed.
    **{f"p{p}": f"{NUMBERS}[(count(v) * {p} + 99) // 100]" for p in (75, 90, 95, 99)},
}


def _counted(series):
    if series["aggregate"] != "per_person":
        return COUNTED[series["aggregate"]]
    what = "coalesce(sum(v), 0)" if "property" in series else "count(n)"
    return f"case when count(n) > 0 then {what} / count(distinct person) end"


def _rows(asked, series, period):
    """The events of a series in a period, with number and divided by facts."""
    number = (
        f"number_in({asked.property({'property': series['property']})})"
        if "property" in series
        else "null::double"
    )
    facts = ", ".join(asked.fact(fact) for fact in asked.question["trend"].get("breakdown", []))
    first = (
        "qualify row_number() over (partition by person order by n) = 1"
        if series.get("first_time")
        else ""
    )
    return f"""(select * from (select n, person, session, account, ms, {number} as v, [{facts}]::varchar[] as facts
        from {asked.events} where {asked.selected(series)} {first}) where {asked.within(period)})"""


def _largest(asked):
    """The combinations that have rows of their own, and whether there are others."""
    trend = asked.question["trend"]
    series = trend["series"]
    nothing = "null" if _nothing(series[0]) is None else "0"
    all_rows = " union ".join(
        f"select distinct facts from {_rows(asked, one, asked.period)}" for one in series
    )
    found = asked.sql(
        f"""select facts from ({all_rows}) left join (select facts, {_counted(series[0])} as size
        from {_rows(asked, series[0], asked.period)} group by facts) using (facts)
        order by coalesce(size, {nothing}) desc nulls last, facts"""
    )
    top = trend.get("top", 10)
    return [row[0] for row in found[:top]], len(found) > top


def _values(asked, series, period, own):
    """Values of a series by combination and bucket."""
    trend = asked.question["trend"]
    lists = ", ".join(f"[{', '.join(map(quoted, facts))}]::varchar[]" for facts in own)
    others = ", ".join(["'(other)'"] * len(trend.get("breakdown", [])))
    group = (
        f"case when facts in ({lists}) then facts else [{others}]::varchar[] end"
        if lists
        else f"[{others}]::varchar[]"
    )
    reach = "ms < stop" if trend.get("cumulative") else "ms >= start and ms < stop"
    value = "v"
    if trend.get("moving_average"):
        value = (
            f"avg(v) over (partition by g order by i rows {trend['moving_average'] - 1} preceding)"
        )
    rows = asked.sql(
        f"""with events as (select {group} as g, * from {_rows(asked, series, period)}),
        cells as (select g, i, start, stop from (select distinct g from events
            union select []::varchar[] where {str(not trend.get('breakdown')).lower()}) cross join {asked.bucket_table(period)}),
        counted as (select cells.g, i, {_counted(series)} as v from cells left join events
            on events.g = cells.g and {reach} group by cells.g, i)
        select g, i, {value} from counted"""
    )
    return {(tuple(group), bucket): value for group, bucket, value in rows}


def _formula(formula, values):
    """A formula has no value where a series has none or it divides by zero."""
    named = {letter: value for letter, value in zip("ABC", values)}
    if any(named.get(letter, 0) is None for letter in "ABC" if letter in formula):
        return None
    try:
        return eval(formula, {}, named)
    except ZeroDivisionError:
        return None


def trend(asked):
    """A row for each interval and combination."""
    trend = asked.question["trend"]
    interval = asked.question["interval"]
    own, has_others = _largest(asked) if trend.get("breakdown") else ([[]], False)
    groups = [tuple(facts) for facts in own] + (
        [("(other)",) * len(trend["breakdown"])] if has_others else []
    )
    periods = [asked.period] + ([asked.previous] if asked.previous else [])
    counted = [
        [
            _values(asked, one, period, own if trend.get("breakdown") else [])
            for one in trend["series"]
        ]
        for period in periods
    ]
    starts = [asked.buckets(one, interval) for one in periods]
    rows = []
    for number, start, _ in starts[0]:
        for group in groups:
            sides = []
            for place in range(len(periods)):
                has = number < len(starts[place])
                values = [
                    one.get((group, number), _nothing(series)) if has else None
                    for series, one in zip(trend["series"], counted[place])
                ]
                sides.append(
                    values + [_formula(formula, values) for formula in trend.get("formulas", [])]
                )
            times = [start] + (
                [starts[1][number][1] if number < len(starts[1]) else None]
                if asked.previous
                else []
            )
            rows.append(times + list(group) + [cell for pair in zip(*sides) for cell in pair])
    return rows


def _nothing(series):
    return 0 if series["aggregate"] in ("count", "persons", "sessions", "accounts", "sum") else None
