"""ClickHouse in process (chdb): MergeTree tables in several orders, of enums and small numbers."""

import json
import os

from plan import DAY_MS, DAYS, FROM_MS, TEXTS, WEEK_MS, parts_glob, pair_of, steps_of

IN_ORDER = "settings optimize_aggregation_in_order = 1"


def number_of(cell):
    """Whole numbers of 64 bits come as texts."""
    return int(cell) if isinstance(cell, str) and cell.isdigit() else cell


class ClickHouse:
    """A folder with the events in the layouts that suit ClickHouse best."""

    def __init__(self, folder):
        from chdb import session

        os.makedirs(folder, exist_ok=True)
        self.session = session.Session(os.path.join(folder, "chdb"))
        self.version = self.ask("select version()")[0][0]
        self.ask(f"set max_threads = {os.cpu_count()}")
        self.ask("create database if not exists bench")
        self.ask("use bench")

    def ask(self, sql):
        """Rows of an answer, numbers as numbers."""
        text = self.session.query(sql, "JSONCompact").data()
        rows = json.loads(text)["data"] if text.strip() else []
        return [[number_of(cell) for cell in row] for row in rows]

    def close(self):
        """Lets go of the folder."""
        self.session.close()

    def load(self, parts):
        """Reads the parts; returns the bytes of a table of all their columns."""
        rows = f"file('{parts_glob(parts)}', Parquet)"
        enums = {}
        for column, bits in [("name", 8), ("path", 16)]:
            values = [row[0] for row in self.ask(f"select distinct {column} from {rows} order by 1")]
            listed = ", ".join(f"'{value}' = {at}" for at, value in enumerate(values))
            enums[column] = f"{column} Enum{bits}({listed})"
        self.ask(
            f"create table path_names engine = MergeTree order by tuple() as "
            f"select groupArray(path) as names from (select distinct path from {rows} order by path)"
        )
        self.ask(
            f"create table persons engine = MergeTree order by id as select person as id, "
            f"toUInt32(row_number() over (order by person) - 1) as number "
            f"from (select distinct assumeNotNull(person) as person from {rows})"
        )
        self.ask(
            f"create table sessions engine = MergeTree order by id as select session as id, "
            f"toUInt32(row_number() over (order by person, first) - 1) as number from "
            f"(select assumeNotNull(person) as person, assumeNotNull(session) as session, "
            f"min(time) as first from {rows} group by person, session)"
        )
        texts = ", ".join(f"{text} LowCardinality(String)" for text in TEXTS)
        self.ask(
            f"create table events (person UInt32, session UInt32, ms UInt32, {enums['name']}, "
            f"{enums['path']}, {texts}, value Nullable(Float64)) "
            "engine = MergeTree order by (person, session, ms)"
        )
        self.ask(
            f"insert into events select p.number, s.number, "
            f"toUnixTimestamp64Milli(assumeNotNull(time)) - {FROM_MS}, name, path, "
            f"{', '.join(TEXTS)}, value from {rows} e join persons p on e.person = p.id "
            "join sessions s on e.session = s.id"
        )
        half = f"where ms < {DAYS // 2 * DAY_MS}"
        for table, columns, order, only in [
            ("by_name", "person, ms, name", "name, ms", ""),
            ("by_name_person", "person, ms, name", "name, person, ms", ""),
            ("by_path", "person, path", "path, person", ""),
            ("half", "person, ms, name", "person, ms", half),
        ]:
            self.ask(
                f"create table {table} engine = MergeTree order by ({order}) "
                f"as select {columns} from events {only}"
            )
        for table in ["events", "by_name", "by_name_person", "by_path", "half"]:
            self.ask(f"optimize table {table} final")
        self.ask("drop table persons sync")
        self.ask("drop table sessions sync")
        return self.whole(rows)

    def whole(self, rows):
        """Bytes of a table with every column of the parts, in their order, all of it ZSTD."""
        nullable = ("external_id", "engaged_ms", "value", "currency")
        declared = []
        for name, kind, *_ in self.ask(f"describe {rows}"):
            if name not in nullable and kind.startswith("Nullable("):
                kind = kind.removeprefix("Nullable(").removesuffix(")")
            if kind == "String" and name != "properties":
                kind = "LowCardinality(String)"
            if kind == "Nullable(String)":
                kind = "LowCardinality(Nullable(String))"
            codec = "Delta(8), ZSTD(3)" if name in ("time", "received_at") else "ZSTD(3)"
            declared.append(f"`{name}` {kind} codec({codec})")
        self.ask(
            f"create table whole ({', '.join(declared)}) engine = MergeTree "
            "order by (person, time, window, sequence)"
        )
        self.ask(f"insert into whole select * from {rows}")
        self.ask("optimize table whole final")
        ((size,),) = self.ask(
            "select sum(data_compressed_bytes) from system.parts "
            "where active and database = 'bench' and table = 'whole'"
        )
        self.ask("drop table whole sync")
        return size

    def forms(self, question):
        """Queries that all answer the question, by a name."""
        return getattr(self, question["kind"])(question)

    def trend(self, question):
        (name,) = question["filters"][0]["values"]
        day, only = f"intDiv(ms, {DAY_MS})", f"where name = '{name}'"
        forms = {}
        for table in ["by_name", "by_name_person", "events"]:
            rows = f"from {table} {only}"
            if question["measures"] == ["events"]:
                forms[table] = f"select {day} as day, count() {rows} group by day"
                continue
            for counter in ["uniqExact", "groupBitmap"]:
                forms[f"{table}, {counter}"] = (
                    f"select {day} as day, count(), {counter}(person) {rows} group by day"
                )
            forms[f"{table}, two levels"] = (
                f"select day, sum(n), count() from (select {day} as day, person, count() as n "
                f"{rows} group by day, person) group by day"
            )
        return forms

    def breakdown(self, question):
        top = f"order by 2 desc, toString(path) limit {question['limit']}"
        forms = {}
        for table, order in [("events", ""), ("by_path", ""), ("by_path", IN_ORDER)]:
            title = f"{table}, in order" if order else table
            for counter in ["uniqExact", "groupBitmap"]:
                forms[f"{title}, {counter}"] = (
                    f"select path, {counter}(person) from {table} group by path {top} {order}"
                )
            forms[f"{title}, two levels"] = (
                f"select path, count() from (select path, person from {table} "
                f"group by path, person) group by path {top} {order}"
            )
        return forms

    def funnel(self, question):
        table, steps = "half" if question["half"] else "events", steps_of(question)
        conditions = ", ".join(f"name = '{step}'" for step in steps)
        listed = ", ".join(f"'{step}'" for step in steps)
        levels = ", ".join(f"countIf(level >= {step})" for step in range(1, len(steps) + 1))
        forms = {}
        for title, only in [("filtered", f"where name in ({listed})"), ("all rows", "")]:
            for order in ["", IN_ORDER]:
                forms[title + (", in order" if order else "")] = (
                    f"select step, reached from (select [{levels}] as counts from "
                    f"(select windowFunnel({WEEK_MS})(ms, {conditions}) as level from {table} "
                    f"{only} group by person)) array join counts as reached, "
                    f"range(1, {len(steps) + 1}) as step {order}"
                )
        return forms

    def retention(self, question):
        start, back = pair_of(question)
        day = f"intDiv(ms, {DAY_MS})"
        later = ", ".join(f"countIf(bitTest(mask, cohort + {after}))" for after in range(1, DAYS))
        forms = {}
        for title, order in [("", ""), (", in order", IN_ORDER)]:
            masks = (
                f"select minIf({day}, name = '{start}') as cohort, "
                f"countIf(name = '{start}') as starts, "
                f"groupBitOrIf(bitShiftLeft(toUInt64(1), {day}), name = '{back}') as mask "
                f"from events where name in ('{start}', '{back}') group by person "
                "having starts > 0"
            )
            forms[f"days as bits{title}"] = (
                f"select cohort, after, cell from (select cohort, [count(), {later}] as cells "
                f"from ({masks}) group by cohort) array join cells as cell, "
                f"range({DAYS}) as after {order}"
            )
            forms[f"days as bits, equal ones first{title}"] = (
                f"select cohort, after, sum(n) from (select cohort, mask, count() as n "
                f"from ({masks}) group by cohort, mask) array join arrayFilter("
                f"k -> k = 0 or bitTest(mask, cohort + k), range({DAYS})) as after "
                f"group by cohort, after {order}"
            )
        forms["by_name_person, join, in order"] = (
            f"select cohort, after, count() from (select person, min({day}) as cohort from "
            f"by_name_person where name = '{start}' group by person) c left join (select person, "
            f"groupBitOr(bitShiftLeft(toUInt64(1), {day})) as mask from by_name_person "
            f"where name = '{back}' group by person) d on c.person = d.person array join "
            f"arrayFilter(k -> k = 0 or bitTest(mask, cohort + k), range({DAYS})) as after "
            f"group by cohort, after {IN_ORDER}"
        )
        return forms

    def paths(self, question):
        depth, limit = question["paths"]["depth"], question["limit"]
        views = "from events where name = 'pageview' group by person, session"

        def top(groups, pages):
            """Names the pages of the most frequent groups only, and of those like the last one."""
            return (
                f"select arrayStringConcat({pages}, ' → ') as names, n from "
                f"({groups} order by n desc limit {limit} with ties) "
                f"order by n desc, names limit {limit}"
            )

        one = "bitOr(bitShiftLeft(toUInt64(ms), 16), toUInt64(toInt16(path)))"
        texts = "arrayMap(page -> toString(page), pages)"
        key = (
            "arraySum((one, at) -> bitShiftLeft(bitAnd(one, 65535) + 1, 11 * at), "
            "ones, range(length(ones)))"
        )
        unpacked = (
            "arrayMap(code -> (select names from path_names)[code], arrayFilter(code -> code > 0, "
            f"arrayMap(at -> bitAnd(bitShiftRight(key, 11 * at), 2047), range({depth}))))"
        )
        forms = {}
        for title, order in [("", ""), (", in order", IN_ORDER)]:
            forms[f"sorted arrays{title}"] = top(
                f"select pages, count() as n from (select arraySlice(arrayMap(one -> one.2, "
                f"arraySort(groupArray((ms, path)))), 1, {depth}) as pages {views}) group by pages",
                texts,
            ) + f" {order}"
            forms[f"smallest, packed{title}"] = top(
                f"select {key} as key, count() as n from (select "
                f"groupArraySorted({depth})({one}) as ones {views}) group by key",
                unpacked,
            ) + f" {order}"
            forms[f"sorted arrays, packed{title}"] = top(
                f"select {key} as key, count() as n from (select arraySlice(arraySort("
                f"groupArray({one})), 1, {depth}) as ones {views}) group by key",
                unpacked,
            ) + f" {order}"
        return forms
