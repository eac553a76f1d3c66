"""Goals: docs/concepts/goals.md."""

from conditions import quoted, selects


def _reached(asked, goal):
    """The counted sessions that reach a goal, and what they are worth."""
    if "event" in goal:
        number = (
            f"number_in({asked.property({'property': goal['value_property']})})"
            if "value_property" in goal
            else "0"
        )
        if "currency" in goal:
            says = asked.property({"property": "currency"})
            number = f"case when {says} is null or shown({says}) = {quoted(goal['currency'])} then {number} end"
        meant = f"""select session, min(n) as at_n, sum(coalesce({number}, 0)) as worth from {asked.events}
            where {selects(goal["event"], asked)} group by session"""
    else:
        meant = f"select session, min(n) as at_n, 0 as worth from {asked.events} group by session"
    which = ""
    if "sessions" in goal:
        which = (
            f"qualify row_number() over (partition by person order by at_n) = {goal['sessions']}"
        )
    return f"""(select value, session, person, {goal["value_thousandths"] / 1000 if "value_thousandths" in goal else "worth"} as worth
        from counted join ({meant}) using (session) where session in
        (select session from {asked.events} where {asked.all_hold(goal.get("filters", []))}) {which})"""


def goals(asked):
    """A row for each goal, and each value of a breakdown or each interval."""
    spec = asked.question["goals"]
    value = asked.fact(spec["breakdown"]) if "breakdown" in spec else "''"
    over_time = spec.get("over_time", False)
    if over_time:
        value = f"""(select cast(start as varchar) from {asked.bucket_table(asked.period)}
            where s_start >= start and s_start < stop)"""
    asked.sql(
        f"""create or replace temp table counted as select distinct session, person, {value} as value
        from {asked.events} where {asked.within(column="s_start")} and {asked.filters}"""
    )
    groups = [""]
    if over_time:
        starts = asked.buckets(asked.period, asked.question["interval"])
        groups = [str(start) for _, start, _ in starts]
    if "breakdown" in spec:
        asked.sql(f"""create or replace temp table named as select value from counted group by value
            order by count(*) desc, value limit {spec["top"]}""")
        asked.sql(
            "update counted set value = '(other)' where value not in (select value from named)"
        )
        groups = [group for (group,) in asked.sql("select distinct value from counted")]
    for group in groups:
        names = [int(group)] if over_time else [group] if "breakdown" in spec else []
        ((sessions,),) = asked.sql(f"select count(*) from counted where value = {quoted(group)}")
        for goal in spec["goals"]:
            reached, persons, worth = asked.sql(
                f"""select count(*), count(distinct person), coalesce(sum(worth), 0)
                from {_reached(asked, goal)} where value = {quoted(group)}"""
            )[0]
            has_value = "value_property" in goal or "value_thousandths" in goal
            rate = reached / sessions if sessions else None
            of_session = float(worth) / sessions if sessions and has_value else None
            yield names + [
                goal["label"],
                sessions,
                reached,
                persons,
                rate,
                float(worth) if has_value else None,
                of_session,
            ]
