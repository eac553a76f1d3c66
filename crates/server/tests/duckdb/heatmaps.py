"""Heatmaps: docs/concepts/heatmaps.md."""

from conditions import quoted

KINDS = {"click": "clicks", "rage_click": "rage_clicks", "dead_click": "dead_clicks"}
COUNTS = ", ".join(
    f"count(*) filter (event = '{name}') as {column}" for name, column in KINDS.items()
)
PRESENCE = "event in ('pageview', 'click', 'rage_click', 'dead_click')"
CLICKS = "event in ('click', 'rage_click', 'dead_click')"
# A path's innermost step that reacts, with all that stands before it; else its outermost drawing.
CONTROL = "regexp_extract(path, '^((.*>)?(a|button|label|summary|select)([#:][^>]*)?)(>.*)?$', 1)"
DRAWING = "regexp_extract(path, '^((.*?>)?svg([#:][^>]*)?)(>.*)?$', 1)"


def heatmap(asked):
    """Rows of the kind that was asked for."""
    spec = asked.question["heatmap"]
    pages = " or ".join(
        f"regexp_full_match(page, {quoted(_pattern(one))})" for one in spec["pages"]
    )
    asked.sql(
        f"""create or replace temp table seen as with shown as (select *,
        shown(properties->'path') as path, shown(properties->'text') as text,
        number_in(properties->'x') as x, number_in(properties->'y') as y,
        number_in(properties->'scroll_percent') as percent from {asked.events}
        where {asked.within()} and {asked.filters} and page <> '' and ({pages}))
        select *, coalesce(nullif({CONTROL}, ''), nullif({DRAWING}, ''), path) as zone
        from shown"""
    )
    return {"zones": _zones, "points": _points, "scroll": _scroll, "pages": _pages}[
        spec.get("rows", "zones")
    ](asked)


def _pattern(text):
    """A path with stars as a regular expression."""
    return "".join(".*" if one == "*" else f"[{one}]" if one != "^" else "\\^" for one in text)


def _zones(asked):
    top = asked.question.get("limit", 100)
    asked.sql(
        f"""create or replace temp table named as select zone from (select zone, {COUNTS} from seen
        where {CLICKS} group by zone) order by clicks desc, rage_clicks desc, dead_clicks desc, zone
        limit {top}"""
    )
    ((page_sessions,),) = asked.sql(f"select count(distinct session) from seen where {PRESENCE}")
    ((all_clicks,),) = asked.sql("select count(*) from seen where event = 'click'")
    named = [zone for (zone,) in asked.sql("select zone from named")]
    groups = [("(all)", "true")] + [(zone, f"zone = {quoted(zone)}") for zone in named]
    rest = "zone not in (select zone from named)"
    ((others,),) = asked.sql(f"select count(*) from seen where {CLICKS} and {rest}")
    groups += [("(other)", rest)] if others else []
    for name, group in groups:
        counts = asked.sql(f"select {COUNTS} from seen where {group}")[0]
        text = ""
        if name not in ("(all)", "(other)"):
            words = asked.sql(
                f"""select text from seen where {CLICKS} and {group} and text <> ''
                group by text order by count(*) desc, encode(text) limit 1"""
            )
            text = words[0][0] if words else ""
        # The first click of each session, and the latest view of its page before it.
        ((sessions, first),) = asked.sql(
            f"""with first as (select session, min(n) as n from seen where event = 'click' and {group}
            group by session), clicked as (select s.session, s.n, s.ms, s.page from first
            join seen s using (n)), viewed as (select c.session, c.ms, arg_max(v.ms, v.n) as view_ms
            from clicked c left join seen v on v.session = c.session and v.page = c.page
            and v.event = 'pageview' and v.n < c.n group by c.session, c.ms)
            select count(*), median(ms - view_ms) from viewed"""
        )
        yield [
            name,
            text,
            *counts,
            counts[0] / all_clicks if all_clicks else None,
            sessions,
            sessions / page_sessions if page_sessions else None,
            first,
            page_sessions,
        ]


def _points(asked):
    def middle(one):
        return f"(least(floor({one} * 256), 255) + 0.5) / 256"

    yield from asked.sql(
        f"""select path, zone, if(y is null, null, {middle("x")}) as mx,
        if(x is null, null, {middle("y")}) as my, {COUNTS}
        from seen where {CLICKS} group by path, zone, mx, my"""
    )


def _scroll(asked):
    told = """select session, max(round(percent)) as deepest from seen
        where event = 'page_leave' and percent is not null group by session"""
    yield from asked.sql(
        f"""with told as ({told}) select p, count(*) filter (deepest >= p),
        if(count(deepest) = 0, null, count(*) filter (deepest >= p) / count(deepest))
        from range(0, 101) steps(p) left join told on true group by p order by p"""
    )


def _pages(asked):
    views = "count(*) filter (event = 'pageview')"
    measures = f"count(distinct session), {views}, {COUNTS}"
    yield from asked.sql(f"select '(all)', {measures} from seen where {PRESENCE}")
    yield from asked.sql(
        f"""select page, {measures} from seen where {PRESENCE} group by page
        order by 2 desc, 3 desc, page limit {asked.question.get("limit", 100)}"""
    )
