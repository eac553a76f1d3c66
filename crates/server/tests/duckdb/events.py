"""The events as DuckDB sees them: rows of the parts, with what docs/concepts knows of the session,
the person and the account around each; and a question with its periods and buckets over them."""

import duckdb

from conditions import holds, selects, span_ms

MODES = {"exclude": "bot = ''", "include": "true", "only": "bot <> ''"}
# Events that the sites of these worlds have of their own; all others are the tracker's.
OWN = "('signup', 'add_to_cart', 'purchase', 'search')"
ARRIVAL = ["channel", "source", "medium", "campaign", "term", "content", "referrer"]
KNOWN = [
    "country",
    "browser",
    "browser_version",
    "system",
    "system_version",
    "device",
    "language",
    "bot",
]
SESSION = ARRIVAL + KNOWN + ["entry_page", "exit_page"]

MACROS = """
-- A property's value as text, as the texts of a list, as it is shown, and as a number.
create macro texts_of(j) as case when j is null then null
    when json_type(j) = 'ARRAY' then list_transform(cast(j as json[]), lambda one: one->>'$')
    else [j->>'$'] end;
create macro shown(j) as coalesce(array_to_string(texts_of(j), ', '), '');
create macro is_number(j) as json_type(j) in ('BIGINT', 'UBIGINT', 'DOUBLE');
create macro number_in(j) as case when is_number(j) then cast(j->>'$' as double) end;
-- Texts that count as numbers: numbers, times, days from midnight UTC.
create macro number_of(t) as coalesce(try_cast(t as double), case
    when regexp_full_match(t, '\\d{4}-\\d\\d-\\d\\d') then epoch_ms(try_cast(t as timestamp))
    when regexp_full_match(t, '\\d{4}-\\d\\d-\\d\\dT.*') then epoch_ms(try_cast(t as timestamptz)) end);
create macro local_time(ms, zone) as epoch_ms(ms) at time zone 'UTC' at time zone zone;
"""


def load(world, parts):
    """A database with a table of events for each way to treat bots."""
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    database.execute(MACROS)
    database.execute('create table identities (place bigint, visitor varchar, "user" varchar)')
    for place, (visitor, user) in enumerate(world["identities"]):
        database.execute("insert into identities values (?, ?, ?)", [place, visitor, user])
    # A visitor keeps its first user; the first visitor of a user gives the person's key.
    database.execute(
        """create table persons as select visitor, first_value(visitor) over (partition by "user"
        order by place) as person from (select visitor, arg_min("user", place) as "user",
        min(place) as place from identities group by visitor)"""
    )
    database.execute(f"""create table stored as select lower(hex(visitor)) as visitor,
        lower(hex(session)) as session, epoch_ms(time) as ms, lower(hex("window")) as page_load,
        sequence, external_id, name as event, path as page, referrer_host as referrer,
        engaged_ms, properties::json as properties, host, title, {", ".join(ARRIVAL[:-1] + KNOWN)}
        from read_parquet('{parts}/**/*.parquet', hive_partitioning = false)""")
    ((rows, different),) = database.execute(
        "select count(*), count(distinct external_id) from stored"
    ).fetchall()
    assert rows == different == world["events"], "each sent event is in the parts once"
    for mode, rule in MODES.items():
        _load_mode(database, mode, rule)
    return database


def _load_mode(database, mode, rule):
    """Events that count, numbered in the order in which they happened, and their surroundings."""
    arrival = ", ".join(f"arg_min({one}, n) filter (channel <> '') as {one}" for one in ARRIVAL)
    known = ", ".join(f"arg_min({one}, n) filter ({one} <> '') as {one}" for one in KNOWN)
    database.execute(f"""create table counted_{mode} as select row_number() over
        (order by ms, page_load, sequence) as n, coalesce(person, visitor) as person, stored.*
        from stored left join persons using (visitor) where {rule}""")
    database.execute(f"""create table sessions_{mode} as select session, min(ms) as s_start,
        max(ms) - min(ms) as s_duration_ms, count_if(event = 'pageview') as s_pageviews,
        sum(coalesce(engaged_ms, 0)) filter (event = 'page_leave') as s_engaged,
        count_if(event not in ('page_leave', 'web_vital', 'form_view')) as s_events,
        count_if(event = 'error') as s_errors, count_if(event = 'rage_click') as s_rage_clicks,
        count_if(event in {OWN}) as s_own, {arrival}, {known},
        coalesce(arg_min(page, n) filter (event = 'pageview' and page <> ''),
            arg_min(page, n) filter (page <> '')) as entry_page,
        coalesce(arg_max(page, n) filter (event = 'pageview' and page <> ''),
            arg_max(page, n) filter (page <> '')) as exit_page
        from counted_{mode} group by session""")
    # A person has the latest value that an identify or alias of theirs gave, an account the latest
    # that a group with that account gave; a person's account is that of their latest group.
    for owner, names in {"person": "('identify', 'alias')", "account": "('group')"}.items():
        database.execute(
            f"""create table {owner}_{mode} as with told as (select person, n, one.key, one.value,
                properties->>'account' as account from counted_{mode}, json_each(properties) one
                where event in {names}),
            latest as (select {owner}, key, arg_max(value, n) as value from told group by {owner}, key)
            select {owner}, json_group_object(key, value) as {owner}_properties from latest group by {owner}"""
        )
    facts = ", ".join(
        f"coalesce(s.{one}, '{'Direct' if one in ('channel', 'source') else ''}') as {one}"
        for one in SESSION
    )
    database.execute(
        f"""create table events_{mode} as select e.n, e.person, e.visitor, e.session, e.ms, e.event,
        e.page, e.host, e.title, e.properties, a.account, person_properties, account_properties,
        {facts}, s_start, s_duration_ms, coalesce(s_engaged, 0) as s_engaged_ms, s_pageviews,
        s_events, s_errors, s_rage_clicks,
        s_pageviews = 1 and coalesce(s_engaged, 0) < 10000 and s_own = 0 as s_bounced
        from counted_{mode} e join sessions_{mode} s using (session)
        left join (select person, arg_max(properties->>'account', n) as account
            from counted_{mode} where event = 'group' group by person) a using (person)
        left join person_{mode} using (person) left join account_{mode} using (account)"""
    )


class Asked:
    """One question, with the SQL for its parts."""

    def __init__(self, database, segments, question, answer):
        self.database, self.question, self.answer = database, question, answer
        self.segments = {segment["name"]: segment for segment in segments}
        self.events = f"events_{question.get('bots', 'exclude')}"
        self.zone = question["time_zone"]
        self.period = self._period(question["period"])
        compares = question.get("compare") == "previous"
        self.previous = self._before(question["period"]) if compares else None
        self.filters = self.all_hold(question.get("filters", []))

    def sql(self, text):
        """Rows of a query."""
        return self.database.execute(text).fetchall()

    def _midnight(self, day, days):
        """The first millisecond of a day so many days later."""
        return self.sql(
            f"select epoch_ms((date '{day}' + {days})::timestamp at time zone '{self.zone}')"
        )[0][0]

    def _period(self, period):
        if "from_ms" in period:
            return period["from_ms"], period["to_ms"]
        return self._midnight(period["from"], 0), self._midnight(period["to"], 1)

    def _before(self, period):
        """An equal span before a span, as many days before days, whole months before whole months."""
        if "from_ms" in period:
            return 2 * period["from_ms"] - period["to_ms"], period["from_ms"]
        ((days,),) = self.sql(f"""select case when day(first) = 1 and last = last_day(last)
            then first - (first - to_months(datediff('month', first, last) + 1))::date
            else last - first + 1 end
            from (select date '{period["from"]}' as first, date '{period["to"]}' as last)""")
        return self._midnight(period["from"], -days), self._midnight(period["from"], 0)

    def all_hold(self, conditions):
        """Whether all conditions hold for a row of the events."""
        return " and ".join(["true"] + [holds(one, self) for one in conditions])

    def selected(self, selection):
        """Whether a row is an event that a selection means and that passes the filters."""
        return f"({selects(selection, self)} and {self.filters})"

    def within(self, period=None, column="ms"):
        """Whether a time lies in a period, the question's unless another is given."""
        start, end = period or self.period
        return f"({column} >= {start} and {column} < {end})"

    def fact(self, fact):
        """The text of a fact of a row."""
        if "dimension" in fact:
            return fact["dimension"]
        return f"shown({self.property(fact)})"

    def property(self, fact):
        """The JSON of a property of a row."""
        column = {
            "event": "properties",
            "person": "person_properties",
            "account": "account_properties",
        }
        return f"({column[fact.get('of', 'event')]}->'{fact['property']}')"

    def buckets(self, period, interval):
        """A list of (number, start, end) of the calendar intervals of a period, cut at its ends.

        Clocks are looked at every quarter hour; a new bucket begins where they show another hour,
        day, week or month, and for hours also where they were changed."""
        start, end = period
        first = -(-start // 900_000) * 900_000
        offset = "epoch_ms(local) - ms" if interval == "hour" else "null"
        return self.sql(
            f"""with ticks as (select {start} as ms union select unnest(range({first}, {end}, 900000))),
            clock as (select ms, local_time(ms, '{self.zone}') as local from ticks),
            shown as (select ms, date_trunc('{interval}', local) as unit, {offset} as offset_ms from clock),
            starts as (select min(ms) as start from shown group by unit, offset_ms)
            select row_number() over (order by start) - 1, start,
            coalesce(lead(start) over (order by start), {end}) from starts order by start"""
        )

    def bucket_table(self, period, interval=None):
        """The same as something to select from: `buckets(i, start, stop)`."""
        interval = interval or self.question["interval"]
        rows = ", ".join(str(tuple(row)) for row in self.buckets(period, interval))
        return f"(values {rows}) buckets(i, start, stop)"

    def before_end_ms(self, span):
        """So long before the end of the period."""
        return self.period[1] - span_ms(span)
