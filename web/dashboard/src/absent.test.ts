import type { SessionEvent } from "@hitmetrix/wire";
import { describe, expect, it } from "vitest";
import { absentAt, absentIn, absentSpans, lackWords, missingWords } from "./absent.ts";

const event = (
  window: string,
  time_ms: number,
  name = "pageview",
  origin = "browser",
): SessionEvent => ({
  time_ms,
  name,
  sequence: time_ms,
  window,
  page: { host: "a.example", path: `/${window}`, query: "", title: "" },
  properties: {},
  unverified: false,
  origin,
});
const chunk = (window: string, first_ms: number, last_ms: number) => ({
  window,
  first_ms,
  last_ms,
});
const CART = chunk("cart", 0, 20_000);
const THANKS = chunk("thanks", 60_000, 70_000);
const VISIT = [
  event("cart", 0),
  event("cart", 19_000, "click"),
  event("checkout", 20_000),
  event("checkout", 40_000, "form_submit"),
  event("checkout", 59_000, "page_leave"),
  event("thanks", 60_000),
];

describe("what a recording lacks", () => {
  it("is a page load of which events tell and nothing came", () => {
    expect(absentIn({ events: VISIT }, [CART, THANKS])).toEqual([
      { what: "page", window: "checkout", path: "/checkout", from_ms: 20_000, to_ms: 59_000 },
    ]);
    // One that left no other word lasts until the next.
    const short = VISIT.filter(({ time_ms }) => time_ms !== 40_000 && time_ms !== 59_000);
    expect(absentIn({ events: short }, [CART, THANKS])[0]?.to_ms).toBe(60_000);
  });

  it("is the end of a page load in which the visitor went on", () => {
    const events = [event("cart", 0), event("cart", 45_000, "click"), event("cart", 50_000, "own")];
    expect(absentIn({ events }, [CART])).toEqual([
      { what: "end", window: "cart", path: "/cart", from_ms: 20_000, to_ms: 50_000 },
    ]);
    // Who only reads and leaves does nothing that a recorder would see.
    const read = [event("cart", 0), event("cart", 22_000, "click"), event("cart", 90_000, "own")];
    expect(absentIn({ events: read }, [CART])).toEqual([]);
  });

  it("is nothing that was told by others than pages, and nothing where there is no recording", () => {
    const told = VISIT.map((one) => ({ ...one, origin: "server" }));
    expect(absentIn({ events: told }, [CART, THANKS])).toEqual([]);
    expect(absentIn({ events: VISIT }, [])).toEqual([]);
    // Files of before say nothing of who told it.
    const old = VISIT.map(({ origin: _origin, ...one }) => one as SessionEvent);
    expect(absentIn({ events: old }, [CART, THANKS])).toEqual([]);
  });

  it("may be on its way while the session happens", () => {
    const events = [event("cart", 0), event("checkout", 20_000)];
    expect(absentIn({ events }, [CART], true)).toEqual([]);
    expect(absentIn({ events }, [CART])).toHaveLength(1);
    events.push(event("checkout", 36_000, "click"));
    expect(absentIn({ events }, [CART], true)).toHaveLength(1);
  });

  it("stands on the timeline, at its edge where it is beyond it", () => {
    const absent = absentIn({ events: VISIT }, [CART, THANKS]);
    expect(absentSpans(absent, { from_ms: 0, to_ms: 100_000 })).toEqual([
      { from: 0.2, to: 0.59, label: "/checkout not recorded, 39\u202fs" },
    ]);
    expect(absentSpans(absent, { from_ms: 0, to_ms: 10_000 })[0]).toMatchObject({ from: 1, to: 1 });
    const at = (from: number, to?: number) => absentAt(absent, from, to)?.path;
    expect([at(19_999), at(20_000), at(58_999), at(59_000)]).toEqual([
      undefined,
      "/checkout",
      "/checkout",
      undefined,
    ]);
    expect([at(0, 60_000), at(0, 10_000)]).toEqual(["/checkout", undefined]);
  });

  it("is said in words", () => {
    const absent = absentIn({ events: VISIT }, [CART, THANKS]);
    expect(missingWords(2, absent)).toBe(
      "2 parts lost on the way; /checkout not recorded (39\u202fs)",
    );
    expect(missingWords(0, [])).toBe("");
    expect(lackWords({ chunks: 1, pages: 2, cut: 1 })).toBe(
      "2 pages not recorded, the end of 1 page not recorded, 1 part lost on the way",
    );
    expect(lackWords({ chunks: 0, pages: 0, cut: 0 })).toBe("");
  });
});
