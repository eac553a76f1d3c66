import type { Installation } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { lightOf, sectionOf } from "./installation.ts";

const finding = (code: string, affects: string) => ({
  code,
  affects,
  says: "",
  way_out: "",
  last_ms: null,
});

function installation(first_event_ms: number | null, affects: string[]): Installation {
  return {
    first_event_ms,
    last_event_ms: first_event_ms,
    origin: "https://stats.example",
    key: "k",
    seen_since_ms: 0,
    findings: affects.map((each) => finding("x", each)),
  };
}

test("the light is on only when events count", () => {
  expect(lightOf(installation(null, []))).toBe("waiting");
  expect(lightOf(installation(null, ["events"]))).toBe("waiting");
  expect(lightOf(installation(1, ["events"]))).toBe("uncounted");
  expect(lightOf(installation(1, ["silence", "events"]))).toBe("silent");
  expect(lightOf(installation(1, ["recordings", "some_events"]))).toBe("on");
});

test("a cause leads to where it is mended, if that is in the settings", () => {
  expect(sectionOf(finding("foreign_page", "events"))?.section).toBe("site");
  expect(sectionOf(finding("nothing_asked", "events"))).toBe(null);
});
