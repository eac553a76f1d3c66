import { describe, expect, test } from "vitest";
import { type Asking, readAsking, searchOf, USUAL } from "../question.ts";
import { besideFor, cohortInterval, lacking, questionFor, whoBegan, whoFor } from "./asked.ts";
import { examples, funnel, product, step } from "./examples.ts";
import { type Explore, readExplore, usualExplore, writeExplore } from "./explore.ts";
import {
  eventSelection,
  readSelection,
  type Selection,
  selectionName,
  selectionText,
} from "./selection.ts";
import { pickedOf, switched } from "./switch.ts";

/** Through the whole address and back, as a reload does. */
function again(explore: Explore, asking: Asking = USUAL): { explore: Explore; asking: Asking } {
  const search = searchOf({ ...asking, own: writeExplore(explore) });
  const read = readAsking(new URLSearchParams(search));
  return { explore: readExplore(read.own), asking: read };
}

describe("the address is the question", () => {
  test.each(examples.map((each) => [each.kind, each] as const))("%s reads back", (_, explore) => {
    const read = again(explore).explore;
    // What the kind does not use is not in the address, so only its own part is compared.
    expect(writeExplore(read)).toEqual(writeExplore(explore));
    expect(read.who).toEqual(explore.who);
    expect(questionFor(read, USUAL)).toEqual(questionFor(explore, USUAL));
  });

  test("the usual trend has an empty address", () => {
    expect(writeExplore(usualExplore())).toEqual([]);
  });

  test("period, filters and segment stand beside it and stay", () => {
    const asking: Asking = {
      ...USUAL,
      period: { last: "90d" },
      filters: [{ dimension: "page", operator: "contains", values: ["/a~b!c"] }],
      segment: "3b6162ee78fa8bf8",
      interval: "week",
    };
    const read = again(funnel, asking);
    expect(read.asking).toEqual({ ...asking, own: writeExplore(funnel) });
    expect(questionFor(read.explore, read.asking).filters).toEqual([
      { dimension: "page", operator: "contains", values: ["/a~b!c"] },
      { segment: "3b6162ee78fa8bf8" },
    ]);
  });

  test("texts with the address's own signs come back whole", () => {
    const odd: Selection = {
      events: ["a~b!c%7E"],
      where: [
        { fact: { property: "p.q!r", of: "person" }, operator: "is", values: ["~", "!", "%", ""] },
      ],
      label: "100 % ~ sure!",
    };
    expect(readSelection(selectionText(odd))).toEqual({ selection: odd, marks: {} });
  });

  test("what an address says wrongly falls back to the usual", () => {
    const wrong = readExplore([
      ["kind", "pie"],
      ["shape", "round"],
      ["split", "moon"],
      ["who", "nobody!x"],
    ]);
    expect(wrong).toEqual(usualExplore());
    expect(
      readExplore([
        ["kind", "paths"],
        ["depth", "99"],
      ]).paths.depth,
    ).toBe(5);
  });
});

describe("what goes to the server", () => {
  test("a funnel with everything", () => {
    expect(questionFor(funnel, USUAL).funnel).toEqual({
      steps: [
        {
          label: "Saw a product",
          events: ["pageview"],
          filters: [{ dimension: "page", operator: "starts", values: ["/product/"] }],
        },
        { label: "add_to_cart", events: ["add_to_cart"], optional: true },
        {
          label: "order +1",
          events: ["order"],
          filters: [{ property: "amount", of: "event", operator: "greater", values: ["50"] }],
        },
      ],
      order: "strict",
      by: "sessions",
      window: "1d",
      exclusions: [{ events: ["voucher_refused"], after: 2, before: 3 }],
      breakdown: { dimension: "browser" },
      top: 5,
      attribution: "last",
    });
  });

  test("what can be drawn beside the period before is held against the period before", () => {
    for (const kind of ["trend", "funnel"] as const) {
      const usual = usualExplore(kind);
      expect(questionFor(usual, USUAL).compare).toBe("previous");
      const divided = { ...usual, split: [{ dimension: "device" as const }] };
      expect(questionFor(divided, USUAL).compare).toBe("none");
    }
    for (const of of ["over", "time"] as const)
      expect(besideFor(usualExplore("funnel"), USUAL, of).compare).toBe("none");
    for (const kind of ["retention", "lifecycle", "stickiness", "distribution"] as const)
      expect(questionFor(usualExplore(kind), USUAL).compare).toBe("previous");
    for (const kind of ["paths", "correlation"] as const)
      expect(questionFor(usualExplore(kind), USUAL)).not.toHaveProperty("compare");
  });

  test("a map has every country, bars as many as were chosen", () => {
    const usual = usualExplore("distribution");
    const of = (dimension: "country" | "device", drawn: "bars" | "map") => {
      const distribution = { ...usual.distribution, fact: { dimension }, drawn };
      return questionFor({ ...usual, distribution }, USUAL).distribution?.classes;
    };
    expect(of("country", "map")).toBe(200);
    expect(of("country", "bars")).toBe(20);
    expect(of("device", "map")).toBe(20);
  });

  test("people are asked of the very question whose cell it is", () => {
    const whole = whoFor(funnel, USUAL, {
      of: "whole",
      cell: { column: "dropped", row: { step: 2 } },
    });
    expect(whole.question.funnel).not.toHaveProperty("breakdown");
    expect(whole.cell).toEqual({ column: "dropped", row: { step: 2 } });
    const time = whoFor(funnel, USUAL, { of: "time", cell: { column: "converted", row: {} } });
    expect(time.question.funnel?.rows).toBe("time_to_convert");
    expect(besideFor(funnel, USUAL, "over").funnel?.breakdown).toEqual({ dimension: "browser" });
  });

  test("all cohorts have their persons where each is in one", () => {
    const usual = usualExplore("retention");
    const of = (mode: "first_time" | "recurring") =>
      whoBegan({ ...usual, retention: { ...usual.retention, mode } }, USUAL, 1000);
    expect(of("first_time")).toMatchObject({
      question: { kind: "trend", trend: { series: [{ first_time: true }], whole: true } },
      cell: { column: "began", row: { time: 1000 } },
    });
    expect(of("recurring")).toBeNull();
  });

  test("the interval of cohorts fits the period where none was chosen", () => {
    expect(cohortInterval({ ...USUAL, period: { last: "7d" } })).toBe("day");
    expect(cohortInterval({ ...USUAL, period: { last: "8w" } })).toBe("week");
    expect(cohortInterval({ ...USUAL, period: { last: "12mo" } })).toBe("month");
    expect(cohortInterval({ ...USUAL, period: { from: "2026-01-01", to: "2026-01-02" } })).toBe(
      "hour",
    );
    expect(cohortInterval({ ...USUAL, interval: "month" })).toBe("month");
  });

  test("what cannot be asked yet says what to pick", () => {
    expect(lacking(usualExplore("funnel"))).toMatch(/first step/);
    expect(lacking({ ...funnel, funnel: { ...funnel.funnel, steps: [step(product)] } })).toMatch(
      /next step/,
    );
    expect(lacking(funnel)).toBe("");
    expect(lacking(usualExplore("correlation"))).toMatch(/converting/);
    expect(lacking(usualExplore("retention"))).toBe("");
  });
});

describe("another kind keeps what fits", () => {
  test("steps of a funnel become series, start and return, start and goal", () => {
    const names = (explore: Explore): string[] => pickedOf(explore).map(selectionName);
    const three = ["Saw a product", "add_to_cart", "order +1"];
    expect(names(switched(funnel, "trend", undefined))).toEqual(three);
    expect(switched(funnel, "trend", undefined).split).toEqual(funnel.split);
    expect(names(switched(funnel, "retention", undefined))).toEqual(["Saw a product", "order +1"]);
    expect(names(switched(funnel, "correlation", undefined))).toEqual([
      "Saw a product",
      "order +1",
    ]);
    const paths = switched(funnel, "paths", undefined).paths;
    expect([paths.anchor, paths.at, paths.groups]).toEqual(["from", "/product/*", ["/product/*"]]);
    expect(switched(funnel, "lifecycle", undefined).active.label).toBe("Saw a product");
  });

  test("and back: the same events bring its other choices back, other events do not", () => {
    const retention = switched(funnel, "retention", undefined);
    const back = switched(retention, "funnel", { ...funnel, who: null });
    expect(back).toEqual({ ...funnel, who: null });
    const other: Explore = {
      ...retention,
      retention: { ...retention.retention, back: eventSelection("signup") },
    };
    expect(pickedOf(switched(other, "funnel", funnel)).map(selectionName)).toEqual([
      "Saw a product",
      "signup",
    ]);
  });
});
