import type { PagePicture } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import type { PictureSearch } from "../api.ts";
import { type Asking, readAsking, searchOf, USUAL } from "../question.ts";
import { conditionsOfHeat, type Heat, readHeat, type Side, sidesOf, writeHeat } from "./heat.ts";
import { chunksOf, findPicture } from "./load.ts";

const HEAT: Heat = {
  page: "/product/*",
  kind: "dead",
  device: "phone",
  zones: false,
  goal: { event: "order", reached: false },
  against: { of: "segment", segment: "abc" },
  who: { zone: "main#shop>a:nth-of-type(2)", said: "Docs", column: "dead_clicks" },
};

describe("the address", () => {
  test.each([
    ["everything", HEAT],
    ["nothing", readHeat([])],
    ["the time before", { ...HEAT, against: { of: "before" } }],
    ["another device", { ...HEAT, against: { of: "device", device: "desktop" } }],
    [
      "the other outcome",
      { ...HEAT, goal: { event: "order", reached: true }, against: { of: "goal" } },
    ],
    ["an unknown element", { ...HEAT, who: { zone: "", said: "", column: "clicks" } }],
  ] as [string, Heat][])("says %s and is read again", (_what, heat) => {
    const asking: Asking = { ...USUAL, own: writeHeat(heat) };
    const read = readAsking(new URLSearchParams(searchOf(asking)));
    expect(readHeat(read.own)).toEqual(heat);
  });

  test("is short where all is as usual, and what it does not know is nothing", () => {
    expect(writeHeat(readHeat([]))).toEqual([]);
    const odd: [string, string][] = [
      ["heat", "cold"],
      ["class", "fridge"],
      ["against", "device:fridge"],
      ["zone", "clicks"],
    ];
    expect(readHeat(odd)).toEqual(readHeat([]));
  });
});

describe("what must hold for the visits", () => {
  const side = { asking: USUAL, device: null, goal: null };
  const is = (dimension: string, ...values: string[]) => ({ dimension, operator: "is", values });

  test("other events are asked of the session, all of one event together", () => {
    const asking = {
      ...USUAL,
      filters: [is("page", "/cart"), is("event", "order"), is("country", "AT")],
    } as Asking;
    expect(conditionsOfHeat({ ...side, asking })).toEqual([
      is("country", "AT"),
      { session_has: [is("page", "/cart"), is("event", "order")] },
    ]);
  });

  test("what is not is no event of the session", () => {
    const asking = {
      ...USUAL,
      filters: [{ dimension: "event", operator: "is_not", values: ["order"] }],
      where: [{ fact: { property: "plan" }, operator: "not_set", values: [] }],
    } as Asking;
    expect(conditionsOfHeat({ ...side, asking })).toEqual([
      { not: { session_has: [is("event", "order")] } },
      { not: { session_has: [{ property: "plan", of: "event", operator: "set" }] } },
    ]);
  });

  test("goal, device and segment are added", () => {
    const asking = { ...USUAL, segment: "abc" };
    const goal = { event: "order", reached: false };
    expect(conditionsOfHeat({ asking, device: "phone", goal })).toEqual([
      { not: { session_has: [is("event", "order")] } },
      is("device", "phone"),
      { segment: "abc" },
    ]);
    const [condition] = conditionsOfHeat({ ...side, goal: { ...goal, reached: true } });
    expect(condition).toEqual({ session_has: [is("event", "order")] });
  });
});

describe("two pictures", () => {
  const period = { from_ms: 1000, to_ms: 3000 };
  const sides = (against: Heat["against"], known: typeof period | null = period) =>
    sidesOf(USUAL, { ...HEAT, against }, known);

  test("one has what the other has not", () => {
    expect(sides(null)).toHaveLength(1);
    expect(sides({ of: "device", device: "desktop" })[1]?.device).toBe("desktop");
    expect(sides({ of: "goal" })[1]?.goal).toEqual({ event: "order", reached: true });
    expect(sides({ of: "segment", segment: "xyz" })[1]?.asking.segment).toBe("xyz");
  });

  test("the time before is as long, and waits for the dates", () => {
    expect(sides({ of: "before" })[1]?.asking.period).toEqual({ from_ms: -1000, to_ms: 1000 });
    expect(sides({ of: "before" }, null)).toHaveLength(1);
  });
});

describe("a group of pages is drawn on the first that was recorded", () => {
  const side: Side = { asking: USUAL, device: "phone", goal: null };
  const find = (recorded: readonly string[]) => {
    const picture = async (_: number, { page, device, from_ms, to_ms }: PictureSearch) => {
      expect([from_ms, to_ms]).toEqual([1000, 3000]);
      return recorded.includes(`${page} ${device ?? "any"}`) ? ({ device } as PagePicture) : null;
    };
    const of = { site: 1, pages: ["/a", "/b"], side, from_ms: 1000, to_ms: 3000 };
    return findPicture({ picture }, of, new AbortController().signal);
  };

  test("on the device that is meant", async () => {
    const found = await find(["/a any", "/b any", "/b phone"]);
    expect([found.shown, found.picture?.device]).toEqual(["/b", "phone"]);
  });

  test("else on any, and without a picture by its first", async () => {
    expect((await find(["/b any"])).shown).toBe("/b");
    expect(await find([])).toEqual({ picture: null, shown: "/a" });
  });
});

describe("what a picture is made of", () => {
  const chunk = (of: string) => ({ window: of, sequence: 0, last_sequence: 2, keyframe: true });
  const pictureOf = (session: string) =>
    ({ session, chunks: [chunk(session)] }) as unknown as PagePicture;
  const asking = () => {
    const asked: string[] = [];
    const api = {
      chunk: async (_: number, session: string) => {
        asked.push(session);
        return `lines of ${session}`;
      },
    };
    return { asked, of: (session: string) => chunksOf(api, 1, pictureOf(session)) };
  };

  test("is loaded once, whatever is asked about it", async () => {
    const { asked, of } = asking();
    of("a");
    const [first] = pictureOf("a").chunks;
    expect(first && (await of("a")(first))).toBe("lines of a");
    expect(asked).toEqual(["a"]);
  });

  test("is kept for the last few pictures", () => {
    const { asked, of } = asking();
    for (const session of ["a", "b", "a", "c", "d", "e", "a", "b"]) of(session);
    expect(asked).toEqual(["a", "b", "c", "d", "e", "b"]);
  });
});
