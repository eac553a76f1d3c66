"""Retention, lifecycle and stickiness: docs/concepts/retention.md, lifecycle.md, stickiness.md."""


def _active(asked, selection, period, table):
    """Persons and the intervals in which they have such an event."""
    return f"""(select distinct person, i from {asked.events} join {table} on ms >= start and ms < stop
        where {asked.within(period)} and {asked.selected(selection)})"""


def _first(asked, selection):
    """Persons and their first such event ever."""
    return f"(select person, min(ms) as ms from {asked.events} where {asked.selected(selection)} group by person)"


def retention(asked):
    """A row for each cohort."""
    question = asked.question["retention"]
    buckets = asked.buckets(asked.period, asked.question["interval"])
    table = asked.bucket_table(asked.period)
    if question["mode"] == "first_time":
        cohorts = f"(select person, i from {_first(asked, question['start'])} join {table} on ms >= start and ms < stop)"
    else:
        cohorts = _active(asked, question["start"], asked.period, table)
    back = _active(asked, question["return"], asked.period, table)
    sizes = dict(asked.sql(f"select i, count(*) from {cohorts} group by i"))
    if question["on"] == "exactly":
        returns = f"select distinct c.i, r.i - c.i as later, person from {cohorts} c join {back} r using (person)"
    else:
        returns = f"""select c.i, unnest(range(1, max(r.i) - c.i + 1)) as later, person
            from {cohorts} c join {back} r using (person) where r.i > c.i group by c.i, person"""
    cells = {
        (i, later): count
        for i, later, count in asked.sql(f"select i, later, count(*) from ({returns}) group by all")
    }
    shown = question.get("intervals", len(buckets) - 1)
    for i, start, _ in buckets:
        later = [
            cells.get((i, k), 0) if i + k < len(buckets) else None for k in range(1, shown + 1)
        ]
        yield [start, sizes.get(i, 0), *later]


def lifecycle(asked):
    """A row for each interval; the first is held against the calendar interval that ends with it."""
    selection = asked.question.get("lifecycle", {}).get("active", {})
    interval = asked.question["interval"]
    buckets = asked.buckets(asked.period, interval)
    from_ms = asked.period[0]
    before = asked.buckets((from_ms - 45 * 86_400_000, from_ms), interval)[-1]
    rows = ", ".join(str(tuple(row)) for row in [(-1, *before[1:])] + buckets)
    table = f"(values {rows}) buckets(i, start, stop)"
    return asked.sql(
        f"""with active as {_active(asked, selection, (before[1], asked.period[1]), table)},
        firsts as {_first(asked, selection)},
        here as (select a.person, a.i, ms >= start as is_new, b.person is not null as was_there
            from active a join firsts using (person) join {table} using (i)
            left join active b on b.person = a.person and b.i = a.i - 1),
        gone as (select a.i + 1 as i, count(*) as dormant from active a
            anti join active b on b.person = a.person and b.i = a.i + 1 group by a.i)
        select start, count(*) filter (is_new), count(*) filter (was_there),
        count(*) filter (not is_new and not was_there),
        coalesce(any_value(dormant), 0) from {table} left join here using (i) left join gone using (i)
        where i >= 0 group by i, start order by i"""
    )


def stickiness(asked):
    """A row for each number of intervals."""
    selection = asked.question.get("stickiness", {}).get("active", {})
    table = asked.bucket_table(asked.period)
    return asked.sql(
        f"""with days as (select person, count(*) as days from {_active(asked, selection, asked.period, table)} group by person)
        select i + 1, (select count(*) from days where days = i + 1), (select count(*) from days where days > i)
        from {table} order by i"""
    )
