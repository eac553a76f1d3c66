"""Retention, lifecycle and stickiness: docs/concepts/retention.md, lifecycle.md, stickiness.md."""


def _active(asked, selection, period, table):
    """Persons and the intervals in which they have such an event."""
    return f"""(select distinct person, i from {asked.events} join {table} on ms >= start and ms < stop
        where {asked.within(period)} and {asked.selected(selection)})"""


def _first(asked, selection):
    """Persons and their first such event ever."""
    return f"(select person, min(ms) as ms from {asked.events} where {asked.selected(selection)} group by person)"


def _beside(now, before, missing=None):
    """Each cell with that of the row that stands beside it."""
    for place, row in enumerate(now):
        was = before[place] if place < len(before) else [missing] * len(row)
        yield [cell for pair in zip(row, was) for cell in pair]


def _compared(asked, rows):
    """Rows of the period, beside those of the one before where it is compared."""
    now = list(rows(asked, asked.period))
    if not asked.previous:
        return now
    return _beside(now, list(rows(asked, asked.previous)))


def retention(asked):
    """A row for each cohort."""
    return _compared(asked, _retention)


def _retention(asked, period):
    question = asked.question["retention"]
    buckets = asked.buckets(period, asked.question["interval"])
    table = asked.bucket_table(period)
    if question["mode"] == "first_time":
        cohorts = f"(select person, i from {_first(asked, question['start'])} join {table} on ms >= start and ms < stop)"
    else:
        cohorts = _active(asked, question["start"], period, table)
    back = _active(asked, question["return"], period, table)
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
    intervals = asked.buckets(asked.period, asked.question["interval"])
    shown = question.get("intervals", len(intervals) - 1)
    for i, start, _ in buckets:
        later = [
            cells.get((i, k), 0) if i + k < len(buckets) else None for k in range(1, shown + 1)
        ]
        yield [start, sizes.get(i, 0), *later]


def lifecycle(asked):
    """A row for each interval; the first is held against the calendar interval that ends with it."""
    return _compared(asked, _lifecycle)


def _lifecycle(asked, period):
    selection = asked.question.get("lifecycle", {}).get("active", {})
    interval = asked.question["interval"]
    buckets = asked.buckets(period, interval)
    from_ms = period[0]
    before = asked.buckets((from_ms - 45 * 86_400_000, from_ms), interval)[-1]
    rows = ", ".join(str(tuple(row)) for row in [(-1, *before[1:])] + buckets)
    table = f"(values {rows}) buckets(i, start, stop)"
    return asked.sql(
        f"""with active as {_active(asked, selection, (before[1], period[1]), table)},
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
    now = list(_stickiness(asked, asked.period))
    if not asked.previous:
        return now
    before = list(_stickiness(asked, asked.previous))
    # The number itself has nothing beside it.
    return [row[:1] + row[2:] for row in _beside(now, before, missing=0)]


def _stickiness(asked, period):
    selection = asked.question.get("stickiness", {}).get("active", {})
    table = asked.bucket_table(period)
    return asked.sql(
        f"""with days as (select person, count(*) as days from {_active(asked, selection, period, table)} group by person)
        select i + 1, (select count(*) from days where days = i + 1), (select count(*) from days where days > i)
        from {table} order by i"""
    )
