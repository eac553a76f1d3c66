"""DuckDB: tables sorted by (person, time) and by (name, time), of enums and small numbers."""

import os

from plan import DAY_MS, DAYS, FROM_MS, TEXTS, WEEK_MS, parts_glob, pair_of, steps_of


class DuckDb:
    """A database file with the events in the layouts that suit DuckDB best."""

    def __init__(self, folder):
        import duckdb

        os.makedirs(folder, exist_ok=True)
        self.version = duckdb.__version__
        self.connection = duckdb.connect(os.path.join(folder, "peer.duckdb"))
        self.ask("set memory_limit = '12GB'")
        self.ask(f"set threads = {os.cpu_count()}")
        self.ask(f"set temp_directory = '{folder}/spill'")

    def ask(self, sql):
        """Rows of an answer."""
        return [list(row) for row in self.connection.execute(sql).fetchall()]

    def close(self):
        """Closes the file."""
        self.connection.close()

    def load(self, parts):
        """Reads the parts; returns nothing, as there is no table of all their columns."""
        rows = f"read_parquet('{parts_glob(parts)}', hive_partitioning = false)"
        for column in ["name", "path"] + TEXTS:
            self.ask(
                f"create type {column}_t as enum (select distinct {column} from {rows} order by 1)"
            )
        self.ask(
            f"create temp table persons as select person as id, "
            f"(row_number() over (order by person) - 1)::uinteger as number from {rows} group by person"
        )
        self.ask(
            f"create temp table sessions as select session as id, "
            f"(row_number() over (order by person, min(time)) - 1)::uinteger as number "
            f"from {rows} group by person, session"
        )
        texts = ", ".join(f"{text}::{text}_t as {text}" for text in TEXTS)
        self.ask(
            f"create table events as select p.number as person, s.number as session, "
            f"(epoch_ms(time) - {FROM_MS})::uinteger as ms, name::name_t as name, "
            f"path::path_t as path, {texts}, value "
            f"from {rows} e join persons p on e.person = p.id join sessions s on e.session = s.id "
            "order by p.number, ms"
        )
        self.ask("create table by_name as select person, ms, name from events order by name, ms")
        self.ask(
            "create table by_name_person as select person, ms, name from events "
            "order by name, person, ms"
        )
        self.ask(
            f"create table half as select person, ms, name from events "
            f"where ms < {DAYS // 2 * DAY_MS} order by person, ms"
        )
        self.ask("checkpoint")

    def forms(self, question):
        """Queries that all answer the question, by a name."""
        return getattr(self, question["kind"])(question)

    def trend(self, question):
        (name,) = question["filters"][0]["values"]
        day, only = f"ms // {DAY_MS}", f"where name = '{name}'"
        forms = {}
        for table in ["by_name", "by_name_person", "events"]:
            rows = f"from {table} {only}"
            if question["measures"] == ["events"]:
                forms[table] = f"select {day}, count(*) {rows} group by 1"
                continue
            forms[f"{table}, distinct"] = (
                f"select {day}, count(*), count(distinct person) {rows} group by 1"
            )
            forms[f"{table}, two levels"] = (
                f"select day, sum(n)::bigint, count(*) from (select {day} as day, person, "
                f"count(*) as n {rows} group by 1, 2) group by 1"
            )
        return forms

    def breakdown(self, question):
        top = f"order by 2 desc, 1 limit {question['limit']}"
        packed = "(enum_code(path)::ubigint << 32) | person"
        return {
            "distinct": f"select path::varchar, count(distinct person) from events group by path {top}",
            "two levels": "select path::varchar, count(*) from "
            f"(select path, person from events group by 1, 2) group by path {top}",
            "packed": "select enum_range(null::path_t)[1 + (key >> 32)::bigint]::varchar, count(*) "
            f"from (select distinct {packed} as key from events) group by key >> 32 {top}",
        }

    def funnel(self, question):
        """Both forms go on with the latest start that has come to the step before."""
        table, steps = "half" if question["half"] else "events", steps_of(question)
        levels = [
            f"l1 as materialized (select person, ms, ms as start from {table} "
            f"where name = '{steps[0]}')"
        ]
        listed = ", ".join(f"'{step}'" for step in steps)
        nested = (
            f"select person, ms, name, max(case when name = '{steps[0]}' then ms end) over w as s1 "
            f"from {table} where name in ({listed}) window w as (partition by person order by ms)"
        )
        for number, name in enumerate(steps[1:], 2):
            before = number - 1
            levels.append(
                f"l{number} as materialized (select e.person, e.ms, l.start from "
                f"(select person, ms from {table} where name = '{name}') e "
                f"asof join l{before} l on e.person = l.person and e.ms > l.ms "
                f"where e.ms - l.start <= {WEEK_MS})"
            )
            kept = ", ".join(f"s{one}" for one in range(1, number))
            nested = (
                f"select person, ms, name, {kept}, max(case when name = '{name}' "
                f"and ms - s{before} <= {WEEK_MS} then s{before} end) over w as s{number} "
                f"from ({nested}) window w as (partition by person order by ms)"
            )
        numbers = range(1, len(steps) + 1)
        counts = " union all ".join(
            f"select {number}, count(distinct person) from l{number}" for number in numbers
        )
        reached = ", ".join(f"count(s{number})" for number in numbers)
        latest = ", ".join(f"max(s{number}) as s{number}" for number in numbers)
        return {
            "asof joins": f"with {', '.join(levels)} {counts}",
            "windows": f"select unnest(range(1, {len(steps) + 1})), unnest([{reached}]) from "
            f"(select {latest} from ({nested}) group by person)",
        }

    def retention(self, question):
        start, back = pair_of(question)
        masks = (
            f"select min(ms // {DAY_MS}) filter (name = '{start}') as cohort, "
            f"coalesce(bit_or(1::uinteger << (ms // {DAY_MS})::uinteger) "
            f"filter (name = '{back}'), 0::uinteger) as mask from events "
            f"where name in ('{start}', '{back}') group by person"
        )

        def cells(weight):
            later = (
                f"sum(((mask >> (cohort + {after})::uinteger) & 1) * {weight})::bigint"
                for after in range(1, DAYS)
            )
            return f"[sum({weight})::bigint, {', '.join(later)}]"

        days = f"unnest(range({DAYS}))"
        return {
            "days as bits": f"select cohort, {days}, unnest({cells(1)}) from ({masks}) "
            "where cohort is not null group by cohort",
            "days as bits, equal ones first": f"select cohort, {days}, unnest({cells('n')}) from "
            f"(select cohort, mask, count(*) as n from ({masks}) where cohort is not null "
            "group by 1, 2) group by cohort",
            "by_name_person, join": f"with cohorts as (select person, min(ms // {DAY_MS}) as cohort from "
            f"by_name_person where name = '{start}' group by 1), "
            f"days as (select distinct person, ms // {DAY_MS} as day from by_name_person "
            f"where name = '{back}') "
            "select cohort, 0, count(*) from cohorts group by 1 union all "
            "select cohort, day - cohort, count(*) from cohorts join days using (person) "
            "where day > cohort group by 1, 2",
        }

    def paths(self, question):
        depth, limit = question["paths"]["depth"], question["limit"]
        views = "from events where name = 'pageview'"

        def top(groups, pages):
            """Names the pages of the most frequent groups only, and of those like the last one."""
            names = f"array_to_string(list_transform({pages}, lambda page: page::varchar), ' → ')"
            return (
                f"with counted as materialized ({groups}) select {names} as names, n from counted "
                f"where n >= (select min(n) from (select n from counted order by n desc "
                f"limit {limit})) order by n desc, names limit {limit}"
            )

        numbered = (
            "select session, path, row_number() over (partition by session order by ms) as place "
            f"{views}"
        )
        packed = (
            "select session, bit_or((enum_code(path)::bigint + 1) << (11 * (place - 1))) as key "
            f"from ({numbered}) where place <= {depth} group by session"
        )
        codes = f"list_transform(range({depth}), lambda place: (key >> (11 * place)) & 2047)"
        unpacked = (
            f"list_transform(list_filter({codes}, lambda code: code > 0), "
            "lambda code: enum_range(null::path_t)[code])"
        )
        count = "count(*) as n"
        return {
            "smallest": top(
                f"select pages, {count} from (select arg_min(path, ms, {depth}) as pages {views} "
                "group by session) group by pages",
                "pages",
            ),
            "sorted lists": top(
                f"select pages, {count} from (select list(path order by ms)[1:{depth}] as pages "
                f"{views} group by session) group by pages",
                "pages",
            ),
            "numbered, packed": top(f"select key, {count} from ({packed}) group by key", unpacked),
        }
