"""Totals, trends, breakdowns of measures and the list of sessions: docs/concepts/counting.md,
sessions.md, periods.md, filters.md."""

from events import ARRIVAL, KNOWN

COUNTS = ["persons", "visitors", "pageviews", "events", "sessions"]
MEASURES = COUNTS + ["bounce_rate", "engaged_time", "pages_per_session", "session_duration"]


def _names_events(condition):
    """Whether a condition filters by the name of the event."""
    inner = condition.get("all", []) + condition.get("any", [])
    inner += [condition["not"]] if "not" in condition else []
    return condition.get("dimension") == "event" or any(map(_names_events, inner))


def _measured(asked, period, event_group, session_group, source=""):
    """Every measure of a period by group.

    An event counts in the period, a session where it starts; a session is in each group that one
    of its events which pass is in."""
    question = asked.question
    all_count = question.get("dimension") == "event" or any(map(_names_events, question["filters"]))
    events = "count(*)" if all_count else "count_if(event not in ('page_leave', 'web_vital', 'form_view'))"
    rows = asked.sql(
        f"""with of_events as (select {event_group} as g, count(distinct person) as persons,
            count(distinct visitor) as visitors, count_if(event = 'pageview') as pageviews,
            {events} as events from {asked.events} {source and f"join {source} on ms >= start and ms < stop"}
            where {asked.within(period)} and {asked.filters} group by g),
        counted as (select distinct {session_group} as g, session, s_bounced, s_engaged_ms,
            s_pageviews, s_duration_ms from {asked.events}
            {source and f"join {source} on s_start >= start and s_start < stop"}
            where {asked.within(period, "s_start")} and {asked.filters}),
        of_sessions as (select g, count(*) as sessions, avg(s_bounced::int) as bounce_rate,
            median(s_engaged_ms) as engaged_time, sum(s_pageviews) / count(*) as pages_per_session,
            median(s_duration_ms) as session_duration from counted group by g)
        select g, {", ".join(f"coalesce({name}, 0)" for name in COUNTS)}, bounce_rate, engaged_time,
            pages_per_session, session_duration from of_events full join of_sessions using (g)"""
    )
    return {row[0]: dict(zip(MEASURES, row[1:])) for row in rows}


FACTS = ["entry_page", "exit_page"] + ARRIVAL + KNOWN
NOTHING = {name: 0 if name in COUNTS else None for name in MEASURES}
MISSING = dict.fromkeys(MEASURES)


def _cells(asked, now, before):
    """A row's measures, each with its counterpart behind it."""
    for name in asked.question["measures"]:
        yield now[name]
        if asked.previous:
            yield before[name]


def totals(asked):
    """One row."""
    now, before = (
        _measured(asked, period, "1", "1").get(1, NOTHING) if period else None
        for period in (asked.period, asked.previous)
    )
    return [list(_cells(asked, now, before))]


def trend(asked):
    """A row for each interval; the n-th stands beside the n-th of the earlier period."""
    periods = [asked.period] + ([asked.previous] if asked.previous else [])
    counted = [_measured(asked, one, "i", "i", asked.bucket_table(one)) for one in periods]
    starts = [asked.buckets(one, asked.question["interval"]) for one in periods]
    rows = []
    for number, start, _ in starts[0]:
        times, before = [start], None
        if asked.previous:
            has = number < len(starts[1])
            times.append(starts[1][number][1] if has else None)
            before = counted[1].get(number, NOTHING) if has else MISSING
        rows.append(times + list(_cells(asked, counted[0].get(number, NOTHING), before)))
    return rows


def breakdown(asked):
    """A row for each value for which something was counted, largest first, equal ones by text."""
    dimension, measures = asked.question["dimension"], asked.question["measures"]
    now = _measured(asked, asked.period, dimension, dimension)
    before = _measured(asked, asked.previous, dimension, dimension) if asked.previous else {}
    is_counted = lambda value: any(
        now[value][name] or (now[value][name] is not None and name not in COUNTS)
        for name in measures
    )
    values = sorted(
        filter(is_counted, now), key=lambda value: (-now[value][measures[0]], value.encode())
    )
    return [
        [value, *_cells(asked, now[value], before.get(value, NOTHING))]
        for value in values[: asked.question["limit"]]
    ]


def sessions(asked):
    """The sessions that start in the period and have an event that passes, newest first."""
    return asked.sql(
        f"""select distinct session, visitor, person, s_start, s_duration_ms, s_engaged_ms,
        s_pageviews, s_events, s_errors, s_rage_clicks, s_bounced, {", ".join(FACTS)}
        from {asked.events}
        where {asked.within(column="s_start")} and {asked.filters} order by s_start desc, session"""
    )
