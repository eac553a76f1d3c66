"""Paths: docs/concepts/paths.md."""

import re

from conditions import quoted


def _matches(name, patterns):
    """Whether a name matches one of some patterns, `*` being any run of characters."""
    tests = [f"regexp_full_match({name}, {_expression(one)}, 's')" for one in patterns]
    return "(" + " or ".join(["false"] + tests) + ")"


def _expression(pattern):
    return quoted(".*".join(re.escape(piece) for piece in pattern.split("*")))


def _steps(asked):
    """The steps of each session in order, numbered from both ends."""
    spec = asked.question["paths"]
    is_step, name = (
        ("event = 'pageview' and page <> ''", "page")
        if spec["steps"] == "pages"
        else ("event not in ('page_leave', 'web_vital', 'form_view')", "event")
    )
    groups = "".join(
        f" when {_matches('raw', [one])} then {quoted(one)}" for one in spec.get("groups", [])
    )
    grouped = f"case {groups} else raw end" if groups else "raw"
    once = (
        "qualify name is distinct from lag(name) over (partition by session order by n)"
        if spec["collapse"]
        else ""
    )
    return f"""(select session, person, name, row_number() over (partition by session order by n) as place,
        count(*) over (partition by session) as steps from
        (select session, person, n, {grouped} as name from (select session, person, n, {name} as raw
            from {asked.events} where {is_step} and {asked.within()} and {asked.filters}
            and {asked.all_hold(spec.get("filters", []))})
        where not {_matches("raw", spec.get("exclude", []))} {once}))"""


def _positions(asked):
    """The steps of each path with their positions."""
    spec = asked.question["paths"]
    depth, over = spec["depth"], "over (partition by session)"
    anchor, at, kept = "1", 1, "true"
    if "from" in spec:
        anchor, kept = (
            f"min(place) filter (name = {quoted(spec['from'])}) {over}",
            "place >= anchor",
        )
    elif "to" in spec:
        anchor, at = f"max(place) filter (name = {quoted(spec['to'])}) {over}", depth
        kept = "place <= anchor"
    elif "through" in spec:
        anchor, at = (
            f"min(place) filter (name = {quoted(spec['through'])}) {over}",
            (depth + 1) // 2,
        )
    return f"""(select * from (select session, person, name, place, steps, place - anchor + {at} as step
        from (select *, {anchor} as anchor from {_steps(asked)})
        where anchor is not null and {kept}) where step between 1 and {depth})"""


def paths(asked):
    """Rows of the form that was asked for."""
    asked.sql(f"create or replace temp table positions as {_positions(asked)}")
    return _edges(asked) if asked.question["paths"]["rows"] == "edges" else _sequences(asked)


def _edges(asked):
    """A row for each step and what comes next; ends and beginnings are empty."""
    spec = asked.question["paths"]
    begins = str("to" in spec or "through" in spec).lower()
    return asked.sql(
        f"""with sizes as (select step, name, count(*) as size from positions group by all),
        named as (select step, name from sizes
            qualify row_number() over (partition by step order by size desc, name) <= {asked.question["limit"]}),
        shown as (select session, person, place, steps, p.step, coalesce(named.name, '(other)') as name
            from positions p left join named on named.step = p.step and named.name = p.name),
        edges as (
            select a.step, a.name as source, b.name as target, session, a.person from shown a join shown b
                using (session) where b.step = a.step + 1
            union all select step, name, '', session, person from shown where place = steps and step < {spec["depth"]}
            union all select step - 1, '', name, session, person from shown where {begins} and place = 1 and step > 1)
        select step, source, target, count(*), count(distinct person),
            count(*) / sum(count(*)) over (partition by step, source) from edges group by step, source, target"""
    )


def _sequences(asked):
    """A row for each whole path, the largest first, equal ones in the order of their names."""
    return asked.sql(
        f"""with whole as (select session, any_value(person) as person, string_agg(name, ' → ' order by step) as path
            from positions group by session)
        select path, count(*), count(distinct person), count(*) / (select count(*) from whole) from whole
        group by path order by 2 desc, 1 limit {asked.question["limit"]}"""
    )
