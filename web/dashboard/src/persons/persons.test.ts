// Lists of persons in the address, their question and their file; a person's sessions in words.
import type { Answer, Period, PersonEvent, PersonProfile } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { readAsking, searchOf, USUAL } from "../question.ts";
import { readRoute } from "../route.ts";
import { eraseTold } from "./eraseTold.ts";
import { foundOf, personsFor } from "./find.ts";
import {
  findingOf,
  guessedWorth,
  inPath,
  listCsv,
  listQuestion,
  readListing,
  withListing,
} from "./list.ts";
import {
  hashAt,
  isKey,
  isShown,
  lifeOf,
  saidBy,
  sumsQuestion,
  titleOf,
  visitsOf,
  withPage,
} from "./profile.ts";
import { worthQuestion } from "./worth.ts";

function answer(names: string[], rows: Answer["rows"], total = rows.length): Answer {
  return {
    columns: names.map((name) => ({ name, unit: "text" })),
    rows,
    rows_total: total,
  } as unknown as Answer;
}

describe("the sums of one person", () => {
  const hour_ms = 3_600_000;

  test("are asked for with the same question for an hour, and until after now", () => {
    const at = (now_ms: number) => sumsQuestion("k", now_ms).question.period;
    expect(at(10 * hour_ms + 1)).toEqual(at(11 * hour_ms));
    expect(at(11 * hour_ms)).toEqual({ from_ms: 0, to_ms: 12 * hour_ms });
    expect(at(11 * hour_ms + 1)).toEqual({ from_ms: 0, to_ms: 13 * hour_ms });
  });

  test("are asked for at once where the address has an id, and no name", () => {
    expect(isKey("64bed946fcbf8fd36d9e49fe987a8aae")).toBe(true);
    for (const name of ["", "ada", "64bed946", "64BED946FCBF8FD36D9E49FE987A8AAE", "a@b.example"])
      expect(isKey(name)).toBe(false);
  });
});

describe("lists", () => {
  test("the address holds search, columns, order and page, and nothing usual", () => {
    const listing = readListing(USUAL, "persons");
    expect(searchOf(withListing(USUAL, listing))).toBe(`?columns=${listing.columns.join("%2C")}`);
    const wanted = withListing(USUAL, {
      find: " ada ",
      columns: ["value", "property.traits.plan"],
      order: "value",
      ascending: true,
      offset: 50,
      worth: { event: "order", property: "sum" },
    });
    const read = readAsking(new URLSearchParams(searchOf(wanted)));
    expect(readListing(read, "persons")).toEqual({
      by: "persons",
      find: "ada",
      columns: ["value", "property.traits.plan"],
      order: "value",
      ascending: true,
      offset: 50,
      worth: { event: "order", property: "sum" },
    });
    // Another search begins at the first row.
    expect(readListing(withListing(read, { find: "bob" }), "persons").offset).toBe(0);
  });

  test("what is no column, order or page is left out", () => {
    const wrong = readAsking(new URLSearchParams("columns=nothing&rank=-nothing&after=-3"));
    const listing = readListing(wrong, "accounts");
    expect(listing.columns).toEqual(readListing(USUAL, "accounts").columns);
    expect([listing.order, listing.offset]).toEqual(["last_seen", 0]);
  });

  test("the question asks for properties and values where they are shown", () => {
    const asking = withListing(USUAL, { columns: ["sessions", "property.traits.plan"] });
    const question = listQuestion(asking, readListing(asking, "persons"));
    expect(question.list).toEqual({
      by: "persons",
      order: "last_seen",
      properties: ["traits.plan"],
    });
    expect(question.question).toMatchObject({ kind: "sessions", limit: 50, compare: "none" });
    const valued = withListing(USUAL, { columns: ["value"] });
    expect(listQuestion(valued, readListing(valued, "persons")).list?.value).toEqual({
      event: "purchase",
      property: "value",
    });
  });

  test("currencies are asked of all orders: a list sums up those that pass no condition too", () => {
    const filters = [{ dimension: "page" as const, operator: "is" as const, values: ["/cart"] }];
    const narrowed = { ...USUAL, filters, segment: "c0ffee0000000001", bots: "only" as const };
    const asking = withListing(narrowed, { columns: ["value"] });
    expect(worthQuestion(asking, readListing(asking, "persons"))).toEqual({
      kind: "distribution",
      period: USUAL.period,
      compare: "none",
      filters: [],
      bots: "only",
      distribution: {
        fact: { property: "currency", of: "event" },
        events: { events: ["purchase"] },
        classes: 4,
      },
    });
    const over = (period: Period) =>
      worthQuestion({ ...asking, period }, readListing(asking, "persons"))?.period;
    expect(over({ from: "2026-02-01", to: "2026-02-28" })).toEqual({
      from: "2026-02-01",
      to: "2026-03-01",
    });
    expect(over({ from_ms: 0, to_ms: 1000 })).toEqual({ from_ms: 0, to_ms: 86_401_000 });
    const noDay = { from: "2026-02-01", to: "2026-99-01" };
    expect(over(noDay)).toEqual(noDay);
    const without = withListing(asking, { columns: ["orders"] });
    expect(worthQuestion(without, readListing(without, "persons"))).toBeNull();
    const weight = withListing(asking, { worth: { event: "purchase", property: "weight" } });
    expect(worthQuestion(weight, readListing(weight, "persons"))).toBeNull();
  });

  test("what an order is, is guessed from what was seen", () => {
    const seen = (events: string[], numbers: string[]) => ({
      events: events.map((value) => ({ value, count: 1 })),
      properties: [
        { name: "total", rows: 9, numeric: false },
        ...numbers.map((name) => ({ name, rows: 1, numeric: true })),
      ],
    });
    expect(guessedWorth(seen(["view", "order"], ["weight", "amount"]))).toEqual({
      event: "order",
      property: "amount",
    });
    expect(guessedWorth(seen([], []))).toEqual({ event: "purchase", property: "value" });
  });

  test("the file has the shown columns, times as they are read everywhere, and no formula", () => {
    const asking = withListing(USUAL, { columns: ["last_seen", "sessions", "account"] });
    const rows = answer(
      ["person", "user", "account", "last_seen", "sessions"],
      [["a1", "=cmd()", "Acme", 1_767_268_800_000, 3]],
    );
    expect(listCsv(rows, readListing(asking, "persons"))).toBe(
      '"person","user","last_seen","sessions","account"\r\n' +
        '"a1","\'=cmd()","2026-01-01T12:00:00.000Z",3,"Acme"\r\n',
    );
  });

  test("the title counts what was found", () => {
    const listing = { ...readListing(USUAL, "persons"), find: "ada" };
    expect(findingOf(answer(["person", "errors"], []), listing).title).toBe(
      "Nobody found for “ada”",
    );
    const two = answer(
      ["person", "errors"],
      [
        ["a", 1],
        ["b", 0],
      ],
      1200,
    );
    expect(findingOf(two, { ...listing, find: "" })).toEqual({
      title: "1,200 persons",
      proof: "1 of the 2 shown met an error in this period.",
    });
  });

  test("an account stands in an address whatever it is called", () => {
    for (const account of ["Acme", "acme.example", "a/b?c#d", "50 %", "日本"]) {
      const path = `/sites/1/accounts/${inPath(account)}`;
      expect(path.split("/").at(-1)).not.toContain(".");
      expect(readRoute(new URL(path, "http://a.test").pathname)).toMatchObject({
        screen: "accounts",
        section: account,
      });
    }
    expect(readRoute("/sites/1/people")).toMatchObject({ screen: "people", section: null });
    expect(readRoute("/sites/1/people/50%")).toMatchObject({ section: "50%" });
  });

  test("the palette names people by what tells them apart", () => {
    expect(personsFor("ada").list).toMatchObject({ search: "ada" });
    const found = foundOf(
      answer(
        ["person", "user", "account", "property.traits.email", "property.traits.name"],
        [
          ["a".repeat(32), "u-17", "Acme", "ada@example.org", "Ada"],
          ["b".repeat(32), "", null, null, null],
        ],
      ),
    );
    expect(found.map(({ name, note }) => [name, note])).toEqual([
      ["u-17", "Ada, ada@example.org, Acme"],
      ["Visitor bbbbbb", "person"],
    ]);
  });
});

function event(session: string, time_ms: number, name: string): PersonEvent {
  return {
    session,
    time_ms,
    name,
    visitor: "v",
    device: "desktop",
    sequence: time_ms,
    window: session,
    page: { host: "", path: "/", query: "", title: "" },
    properties: {},
    unverified: false,
    origin: "browser",
  };
}

describe("profile", () => {
  test("events that come newest first become sessions, the newest first, in order inside", () => {
    const visits = visitsOf([
      event("two", 90, "error"),
      event("two", 80, "pageview"),
      event("one", 20, "purchase"),
      event("one", 10, "pageview"),
    ]);
    expect(visits.map(({ session }) => session)).toEqual(["two", "one"]);
    expect(visits[0]).toMatchObject({ started_ms: 80, ended_ms: 90, pages: 1, errors: 1 });
    expect(visits[1]?.events.map(({ name }) => name)).toEqual(["pageview", "purchase"]);
    expect(lifeOf(visits).map(({ at }) => at)).toEqual([0, 1]);
  });

  test("a page that comes twice is told once, and equal acts of one moment stay", () => {
    const at = (sequence: number): PersonEvent => ({ ...event("one", 80, "click"), sequence });
    const first = withPage([], [at(3), at(2)]);
    const retried = withPage(first, [at(3), at(2)]);
    expect(retried).toEqual(first);
    expect(withPage(retried, [at(1)]).map(({ sequence }) => sequence)).toEqual([3, 2, 1]);
  });

  test("what is shown: acts, errors, the site's own, who they are", () => {
    const names = ["pageview", "error", "purchase", "identify", "web_vital"];
    const shown = (of: Parameters<typeof isShown>[1]) =>
      names.filter((name) => isShown(event("s", 1, name), of));
    expect(shown("all")).toEqual(["pageview", "error", "purchase", "identify"]);
    expect(shown("errors")).toEqual(["error"]);
    expect(shown("own")).toEqual(["purchase"]);
    expect(shown("who")).toEqual(["identify"]);
  });

  test("a recording opens a little before the moment, and not at all without one", () => {
    const recording = { playable: true, started_ms: 10_000 } as Parameters<typeof hashAt>[0];
    expect(hashAt(recording, 22_000)).toBe("#t=7");
    expect(hashAt(recording, 11_000)).toBe("#t=0");
    expect(hashAt(undefined, 11_000)).toBe("");
  });

  test("a person is called by their name, else by the user, else by what tells them apart", () => {
    const profile = (user: string, properties: [string, unknown][]): PersonProfile =>
      ({
        person: "a".repeat(32),
        user,
        properties: properties.map(([name, value]) => ({ name, value, of: "person", since_ms: 0 })),
      }) as unknown as PersonProfile;
    expect(titleOf(profile("u-17", [["traits.name", "Ada"]]))).toBe("Ada");
    expect(titleOf(profile("u-17", [["traits.email", "a@b.c"]]))).toBe("u-17");
    expect(titleOf(profile("", [["traits.email", "a@b.c"]]))).toBe("a@b.c");
    expect(titleOf(profile("", []))).toBe("Visitor aaaaaa");
    expect(saidBy({ origin: "browser", event: "identify", unverified: true })).toBe(
      "identify from a page, nobody vouched for it",
    );
  });

  test("an erasure is told to its end, whatever the pieces in which it comes", async () => {
    const lines = [
      { progress: { step: "recordings" } },
      { progress: { step: "parts", done: 1, all: 2 } },
      { erased: { events: 6 } },
    ];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const steps: unknown[] = [];
    const erased = await eraseTold(new Response(text), (step) => steps.push(step));
    expect([erased.events, steps.length]).toEqual([6, 2]);
    const problem = { problem: { status: 503, code: "unavailable", title: "", detail: "full" } };
    await expect(
      eraseTold(new Response(`${JSON.stringify(problem)}\n`), () => undefined),
    ).rejects.toThrow("full");
    await expect(eraseTold(new Response(""), () => undefined)).rejects.toThrow(/goes on/);
  });
});
