"""Distribution and correlation: docs/concepts/distribution.md, correlation.md."""

import math

from conditions import quoted, selects


def distribution(asked):
    """Classes of numbers, then values, then what is not set."""
    spec = asked.question["distribution"]
    fact, classes = spec["fact"], spec.get("classes", 20)
    of = fact.get("of", "event")
    unit = {"event": "n", "person": "person", "account": "account"}[of]
    number = f"number_in({asked.property(fact)})" if "property" in fact else "null::double"
    asked.sql(
        f"""create or replace temp table had as select {unit} as unit, person, {number} as number,
        {asked.fact(fact)} as value from {asked.events} where {asked.within()} and {asked.selected(spec["events"])}"""
    )
    ((all_units, least, most, whole),) = asked.sql(
        "select count(distinct unit), min(number), max(number), bool_and(number = floor(number)) from had"
    )
    rows = []
    if least is not None:
        width = (
            _width((most - least) / classes, whole)
            if most > least
            else 1 if whole else 10.0 ** math.floor(math.log10(abs(most)))
        )
        counted = {
            row[0]: row[1:]
            for row in asked.sql(
                f"""select floor(number / {width})::bigint, count(distinct unit), count(distinct person)
            from had where number is not null group by 1"""
            )
        }
        for place in range(min(counted), max(counted) + 1):
            rows.append([None, place * width, (place + 1) * width, *counted.get(place, (0, 0))])
    asked.sql(
        f"""create or replace temp table named as select value from had where number is null and value <> ''
        group by value order by count(distinct unit) desc, value limit {classes}"""
    )
    others = asked.sql(
        """select case when value = '' or value in (from named) then value else '(other)' end as shown,
        null, null, count(distinct unit), count(distinct person) from had where number is null group by 1"""
    )
    rows += [list(row) for row in others]
    if of == "person":
        rows = [row[:4] for row in rows]
    return [row + [row[3] / all_units if all_units else None] for row in rows]


def _width(least, whole):
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is wide enough."""
    for power in range(-9, 12):
        for digits in (1, 2, 2.5, 5):
            width = digits * 10.0**power
            if width >= least * (1 - 1e-12) and (not whole or (width >= 1 and width == int(width))):
                return width
    raise ValueError(least)


def correlation(asked):
    """A row for each name of an event and each value of a fact that enough persons have."""
    spec = asked.question["correlation"]
    start, goal = spec.get("start", {}), spec["goal"]
    asked.sql(
        f"""create or replace temp table looked as with starts as (select person, min(n) as first_n
            from {asked.events} where {asked.within()} and {asked.selected(start)} group by person)
        select person, first_n, min(n) as goal_n from starts left join (select person, n from {asked.events}
            where {asked.within()} and {asked.selected(goal)}) g using (person)
        where n is null or n >= first_n group by person, first_n
        union all select person, first_n, null from starts where person in (select person from starts
            join {asked.events} using (person) where {asked.within()} and {asked.selected(goal)} group by person
            having max(n) < any_value(first_n))"""
    )
    # Measurements are not, unless the start names them.
    is_looked_at = f"(event not in ('page_leave', 'web_vital', 'form_view') or {selects(start, asked)})"
    between = f"""{asked.events} join looked using (person) where n >= first_n
        and (goal_n is null or n < goal_n) and {is_looked_at}
        and {asked.within()} and {asked.filters}"""
    listed = ", ".join(quoted(name) for name in start.get("events", []) + goal["events"])
    had = [f"""select distinct person, 'event' as kind, event as value from {between}
        and event not in ({listed})"""]
    for fact in spec.get("facts", []):
        had.append(
            f"select person, {quoted(_column(fact))} as kind, value from ({_had(asked, fact, (between, is_looked_at))}) where value <> ''"
        )
    rows = asked.sql(f"""with had as ({" union all ".join(had)}),
        sums as (select count(*) as persons, count(goal_n) as converted from looked)
        select kind, value, count(*) as persons, count(goal_n) as converted, s.persons - count(*) as without,
            s.converted - count(goal_n) as converted_without from had join looked using (person), sums s
        group by kind, value, s.persons, s.converted
        having count(*) >= {spec["cases_min"]} and s.persons - count(*) >= {spec["cases_min"]}""")
    return _tested(rows)


def _column(fact):
    name = fact.get("dimension") or fact["property"]
    return name if fact.get("of", "event") == "event" else f"{fact['of']}.{name}"


def _had(asked, fact, looked):
    """Persons with their value of a fact."""
    between, is_looked_at = looked
    value = asked.fact(fact)
    is_of_event = fact.get("dimension") in ("page", "event", "host", "title") or (
        "property" in fact and fact.get("of", "event") == "event"
    )
    if is_of_event:
        return f"select person, arg_min({value}, n) as value from {between} and {value} <> '' group by person"
    if "property" in fact:
        return f"select distinct person, {value} as value from {asked.events} join looked using (person)"
    # Where the start is the goal nothing lies between them.
    return f"""select person, arg_min({value}, n) as value from {asked.events} join looked using (person)
        where {value} <> '' and (n = first_n or (n > first_n and (goal_n is null or n < goal_n)
        and {is_looked_at} and {asked.within()} and {asked.filters}))
        group by person"""


def _tested(rows):
    """Odds ratios with their intervals, and the tests corrected for their number."""
    tests = [
        _p_value(with_yes, with_all - with_yes, out_yes, out_all - out_yes)
        for _, _, with_all, with_yes, out_all, out_yes in rows
    ]
    order = sorted(range(len(tests)), key=lambda place: tests[place])
    adjusted, least = [1.0] * len(tests), 1.0
    for rank in range(len(order), 0, -1):
        least = min(least, tests[order[rank - 1]] * len(tests) / rank)
        adjusted[order[rank - 1]] = least
    for (kind, value, persons, converted, without, converted_without), p, adjusted_p in zip(
        rows, tests, adjusted
    ):
        cells = [converted, persons - converted, converted_without, without - converted_without]
        a, b, c, d = [cell + 0.5 for cell in cells] if 0 in cells else cells
        odds, error = a * d / (b * c), 1.959_963_984_540_054 * math.sqrt(
            1 / a + 1 / b + 1 / c + 1 / d
        )
        low, high = odds * math.exp(-error), odds * math.exp(error)
        yield [
            kind,
            value,
            persons,
            converted,
            converted / persons,
            without,
            converted_without,
            converted_without / without,
            odds,
            low,
            high,
            p,
            adjusted_p,
            adjusted_p <= 0.05,
        ]


def _p_value(a, b, c, d):
    """Chi-square with Yates's correction; Fisher's exact test where an expected count is below 5."""
    n, rows, columns = a + b + c + d, (a + b, c + d), (a + c, b + d)
    if 0 in rows + columns:
        return 1.0
    expected = [row * column / n for row in rows for column in columns]
    if min(expected) >= 5:
        square = (
            n
            * max(0.0, abs(a * d - b * c) - n / 2) ** 2
            / (rows[0] * rows[1] * columns[0] * columns[1])
        )
        return math.erfc(math.sqrt(square / 2))
    ways = {
        x: math.comb(columns[0], x) * math.comb(columns[1], rows[0] - x)
        for x in range(max(0, rows[0] - columns[1]), min(rows[0], columns[0]) + 1)
    }
    return sum(way for way in ways.values() if way <= ways[a]) / math.comb(n, rows[0])
