"""Funnels: docs/concepts/funnels.md."""

from conditions import quoted, selects, span_ms

UNITS = {"persons": "person", "sessions": "session", "accounts": "account"}


def _look(asked, period):
    """The events that are looked at: which steps they are, and how much was before them."""
    funnel = asked.question["funnel"]
    steps = ", ".join(
        f"{selects(step, asked)} as step{k}" for k, step in enumerate(funnel["steps"], 1)
    )
    ends = "".join(
        f", {selects(one, asked)} as is_end{x}, count_if({selects(one, asked)}) over w as ends{x}"
        for x, one in enumerate(funnel.get("exclusions", []))
    )
    unit = UNITS[funnel["by"]]
    value = asked.fact(funnel["breakdown"]) if "breakdown" in funnel else "''"
    asked.sql(
        f"""create or replace temp table looked as select {unit} as unit, n, ms, {value} as value,
        count_if(event not in ('page_leave', 'web_vital', 'form_view')) over w as acts, {steps} {ends}
        from {asked.events} where {asked.within(period)} and {asked.filters} and {unit} is not null
        window w as (partition by {unit} order by n)"""
    )


def _goes_on(funnel, last, step):
    """Whether an attempt may go on from the event `l` of one step to the event `e` of another."""
    tests = [f"e.n > l.n and e.ms - l.start_ms <= {span_ms(funnel['window'])} and e.step{step}"]
    if funnel["order"] == "strict":
        tests.append("e.acts = l.acts + 1")
    for x, one in enumerate(funnel.get("exclusions", [])):
        if last >= one.get("after", 1) and step <= one.get("before", len(funnel["steps"])):
            tests.append(f"e.ends{x} - e.is_end{x}::int = l.ends{x}")
    return " and ".join(tests)


def _in_order(funnel):
    """All attempts with their events, a null for an optional step that was left out.

    Of the ways from one start to one event of a step counts the one with the latest optional
    steps, and then the one whose steps came earliest."""
    steps, ends = funnel["steps"], "".join(
        f", ends{x}" for x in range(len(funnel.get("exclusions", [])))
    )
    optional = [k for k, step in enumerate(steps, 1) if step.get("optional")]
    levels = [
        f"l1 as materialized (select unit, n as start, ms as start_ms, n, acts, [n] as path {ends} from looked where step1)"
    ]
    for k in range(2, len(steps) + 1):
        befores = [k - 1]
        while befores[-1] in optional:
            befores.append(befores[-1] - 1)
        ways = " union all ".join(
            f"select e.unit, l.start, l.start_ms, e.n, e.acts, list_concat(l.path, "
            f"[{', '.join(['null'] * (k - 1 - before) + ['e.n'])}]) as path"
            + "".join(f", e.ends{x}" for x in range(len(funnel.get("exclusions", []))))
            + f" from l{before} l join looked e on e.unit = l.unit and {_goes_on(funnel, before, k)}"
            for before in befores
        )
        left_out = (
            "["
            + ", ".join(f"(path[{o}] is null)::int" for o in reversed(optional) if o < k)
            + "]::int[]"
        )
        levels.append(
            f"l{k} as materialized (select * from ({ways}) qualify row_number() over "
            f"(partition by unit, start, n order by {left_out}, path) = 1)"
        )
    attempts = " union all ".join(
        f"select {k} as reached, unit, start, n, path from l{k}" for k in range(1, len(steps) + 1)
    )
    return f"with {', '.join(levels)} {attempts}"


def _in_any_order(funnel):
    """All attempts: from each event of a step the first event of each step within the window."""
    steps = range(1, len(funnel["steps"]) + 1)
    unended = " and ".join(
        ["true"]
        + [
            f"e.ends{x} - e.is_end{x}::int = l.ends{x}"
            for x in range(len(funnel.get("exclusions", [])))
        ]
    )
    is_step = " or ".join(f"step{k}" for k in steps)
    which = "case " + " ".join(f"when e.step{k} then {k}" for k in steps) + " end"
    return f"""with firsts as (select l.unit, l.n as start, {which} as step, min(e.n) as n
        from (select * from looked where {is_step}) l join (select * from looked where {is_step}) e
        on e.unit = l.unit and e.n >= l.n and e.ms - l.ms <= {span_ms(funnel['window'])} and {unended}
        group by all)
        select count(*) as reached, unit, start, max(n) as n, list(n order by n) as path
        from firsts group by unit, start"""


def _choose(asked):
    """One attempt of each: the furthest, of these the first there, of these the latest begun."""
    funnel = asked.question["funnel"]
    attempts = _in_any_order(funnel) if funnel["order"] == "any" else _in_order(funnel)
    attribution = funnel.get("attribution", "first")
    at = (
        {"first": "path[1]", "last": "path[-1]"}.get(attribution)
        if isinstance(attribution, str)
        else f"path[{attribution['step']}]"
    )
    asked.sql(
        f"""create or replace temp table chosen as select a.unit, path, coalesce(looked.value, '') as value
        from (select * from ({attempts}) qualify row_number() over
        (partition by unit order by reached desc, n, start desc) = 1) a
        left join looked on looked.n = {at} and looked.unit = a.unit"""
    )
    if "breakdown" in funnel:
        asked.sql(f"""create or replace temp table named as select value from chosen group by value
            order by count(*) desc, value limit {funnel['top']}""")
        asked.sql(
            "update chosen set value = '(other)' where value not in (select value from named)"
        )
    asked.sql(
        """create or replace temp table taken as select unit, c.value, k, ms,
        ms - lag(ms) over (partition by unit order by k) as took from (select unit, value,
        unnest(path) as n, generate_subscripts(path, 1) as k from chosen) c join looked using (unit, n)"""
    )


def funnel(asked):
    """Rows of the form that was asked for; beside four numbers of a step those of the time before."""
    rows = _rows(asked, asked.period)
    if not asked.previous:
        return rows
    pairs = zip(rows, _rows(asked, asked.previous))
    return [
        now[:2] + [cell for pair in zip(now[2:6], before[2:6]) for cell in pair] + now[6:]
        for now, before in pairs
    ]


def _rows(asked, period):
    _look(asked, period)
    _choose(asked)
    funnel = asked.question["funnel"]
    groups = [""]
    if "breakdown" in funnel:
        groups = [value for (value,) in asked.sql("select distinct value from chosen")]
    columns = [column["name"] for column in asked.answer["columns"]]
    at = columns.index("time") + 1 if funnel["rows"] == "over_time" else 0
    form = {"steps": _steps, "over_time": _over_time, "time_to_convert": _time_to_convert}[
        funnel["rows"]
    ]
    rows = []
    for value in groups:
        names = [value] if "breakdown" in funnel else []
        rows += [row[:at] + names + row[at:] for row in form(asked, value)]
    return rows


def _steps(asked, value):
    funnel, group = asked.question["funnel"], f"value = {quoted(value)}"
    steps = funnel["steps"]
    found = {
        row[0]: row[1:]
        for row in asked.sql(
            f"select k, count(*), median(took), avg(took) from taken where {group} group by k"
        )
    }
    nobody = (0, None, None)
    entered = before = found.get(1, nobody)[0]
    for k, step in enumerate(steps, 1):
        count, median, average = found.get(k, nobody)
        share = count / entered if entered else None
        of_before = count / before if before else None
        dropped = 0 if step.get("optional") else before - count
        label = f"{k} of {len(steps)}" if funnel["order"] == "any" else " or ".join(step["events"])
        yield [k, label, count, share, of_before, dropped, median, average]
        if not step.get("optional"):
            before = count


def _over_time(asked, value):
    group = f"value = {quoted(value)}"
    last = len(asked.question["funnel"]["steps"])
    rows = asked.sql(
        f"""select start, count(ms), count(ms) filter (converted) from {asked.bucket_table(asked.period)}
        left join (select ms, unit in (select unit from taken where k = {last}) as converted
        from taken where k = 1 and {group}) on ms >= start and ms < stop group by start order by start"""
    )
    return [
        [start, entered, converted, converted / entered if entered else None]
        for start, entered, converted in rows
    ]


def _time_to_convert(asked, value):
    last, group = len(asked.question["funnel"]["steps"]), f"value = {quoted(value)}"
    columns = [column["name"] for column in asked.answer["columns"]]
    at = columns.index("from_time")
    took = f"""select max(ms) - min(ms) as took from taken where {group} group by unit
        having count_if(k = {last}) > 0"""
    ((all_converted,),) = asked.sql(f"select count(*) from ({took})")
    classes = [row[at : at + 2] for row in asked.answer["rows"] if at == 0 or row[0] == value]
    for start, stop in classes:
        end = "true" if stop is None else f"took < {stop}"
        ((count,),) = asked.sql(f"select count(*) from ({took}) where took >= {start} and {end}")
        yield [start, stop, count, count / all_converted if all_converted else None]
