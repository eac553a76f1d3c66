"""DuckDB and ClickHouse on the same events, for `cargo xtask bench insights`.

They read the parts as they are and load them into the layouts that suit them best. Each question
is put in several forms; all forms must give the same rows, and the fastest one counts. Written as
JSON, in the shape that the engine's side writes.

    peers.py load PEER FOLDER PARTS OUT
    peers.py hot  PEER FOLDER QUESTIONS OUT RUNS
    peers.py cold PEER FOLDER QUESTIONS OUT ID FORM

What the answers mean stands in questions.json; here is how it is counted. `ms` are milliseconds
since the first day; a person and a session are dense numbers in the order of the parts, so that
sorting by them is sorting by (person, time).
"""

import glob
import json
import os
import shutil
import statistics
import sys
import time

from peer_clickhouse import ClickHouse
from peer_duckdb import DuckDb
from plan import questions_of

PEERS = {"duckdb": DuckDb, "clickhouse": ClickHouse}
# A form that takes this many times as long as the best one so far is not run again.
HOPELESS = 3.0


def canonical(kind, rows):
    """The shape that the engine's side (answers.rs) gives its rows."""
    if kind == "retention":
        rows = [row for row in rows if row[-1]]
    return sorted(rows, key=json.dumps)


def timed(peer, sql):
    """Milliseconds and rows."""
    started = time.perf_counter()
    rows = peer.ask(sql)
    return (time.perf_counter() - started) * 1000.0, rows


def memory(name):
    """A value of our status in bytes; zero where there is no such file."""
    if not os.path.exists("/proc/self/status"):
        return 0
    with open("/proc/self/status", encoding="utf-8") as file:
        found = [line for line in file if line.startswith(name)]
    return int(found[0].split()[1]) * 1024 if found else 0


def drop_from_cache(folder):
    """Has the system forget the contents of all files below a folder."""
    for path in glob.glob(f"{folder}/**", recursive=True, include_hidden=True):
        if os.path.isfile(path):
            handle = os.open(path, os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def best_form(peer, question, runs):
    """The fastest form: its name, times and rows, and what became of the others."""
    best, answer, tried = None, None, {}
    for form, sql in peer.forms(question).items():
        try:
            first, rows = timed(peer, sql)
        except Exception as error:  # A form that a version does not know is told, not hidden.
            tried[form] = str(error)[:300]
            print(f"  {question['id']}: `{form}` failed: {tried[form]}", flush=True)
            continue
        rows = canonical(question["kind"], rows)
        if answer is not None and rows != answer:
            raise SystemExit(f"{question['id']}: `{form}` says {rows[:3]}, others {answer[:3]}")
        answer = rows
        if best and first > HOPELESS * best["median"]:
            tried[form] = first
            continue
        times = [timed(peer, sql)[0] for _ in range(runs)]
        tried[form] = statistics.median(times)
        if best is None or tried[form] < best["median"]:
            best = {"form": form, "ms": times, "median": tried[form]}
    if best is None:
        raise SystemExit(f"{question['id']}: no form works")
    print(f"  {question['id']}: {best['median']:.1f} ms as `{best['form']}`", flush=True)
    return {"id": question["id"], "rows": answer, "tried": tried, **best}


def load(name, folder, parts):
    """Makes a peer's tables anew."""
    shutil.rmtree(folder, ignore_errors=True)
    peer = PEERS[name](folder)
    started = time.perf_counter()
    size = peer.load(parts)
    ((events,),) = peer.ask("select count(*) from events")
    peer.close()
    seconds = time.perf_counter() - started
    return {"version": peer.version, "events": events, "seconds": seconds, "bytes": size}


def hot(name, folder, questions, runs):
    """Each form once to warm up, then as often as wanted."""
    peer = PEERS[name](folder)
    measured = [best_form(peer, question, runs) for question in questions]
    peer.close()
    return {
        "version": peer.version,
        "questions": measured,
        "resident_bytes": memory("VmRSS"),
        "peak_bytes": memory("VmHWM"),
    }


def cold(name, folder, question, form):
    """One form once, in a process that has read nothing before."""
    drop_from_cache(folder)
    started = time.perf_counter()
    peer = PEERS[name](folder)
    opened = (time.perf_counter() - started) * 1000.0
    took, rows = timed(peer, peer.forms(question)[form])
    peer.close()
    rows = canonical(question["kind"], rows)
    return {"open_ms": opened, "questions": [{"id": question["id"], "ms": [took], "rows": rows}]}


def main(todo, name, base, *rest):
    """Does what the command line says, and writes the report."""
    folder = os.path.join(base, name)
    if todo == "load":
        parts, out = rest
        report = load(name, folder, parts)
    elif todo == "hot":
        questions, out, runs = rest
        report = hot(name, folder, questions_of(questions), int(runs))
    else:
        questions, out, wanted, form = rest
        (question,) = [one for one in questions_of(questions) if one["id"] == wanted]
        report = cold(name, folder, question, form)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(report, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
