import type { SiteSettings } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { changeOf, draftOf } from "./rulesForm.ts";

const BASE: SiteSettings = {
  rules: {
    v: 1,
    record: true,
    sample: 0.333,
    blocked: [],
    query_keys: ["q"],
    hash_routes: false,
    mask_text: false,
    respect_dnt: true,
    mask: [".name"],
    block: [],
    show: [],
    record_console: false,
    record_network: false,
    record_canvas: false,
    record_assets: "own",
  },
  session_idle_ms: 1_800_000,
  recording_days: 30,
  event_days: 0,
  recording_min_ms: 1234,
  recording_bytes_a_day: 123_456_789,
  check_origin: true,
  count_automated: false,
  unverified_identify: true,
};

test("a form that nobody touched changes nothing, whatever its fields round", () => {
  expect(changeOf(BASE, draftOf(BASE))).toBeNull();
});

test("only what was changed is sent, with how it was found", () => {
  const draft = { ...draftOf(BASE), eventDays: 90, mask: ".name\n.street" };
  expect(changeOf(BASE, draft)).toEqual({
    settings: { event_days: 90, rules: { mask: [".name", ".street"] } },
    was: { event_days: 0, rules: { mask: [".name"] } },
  });
  expect(changeOf(BASE, { ...draftOf(BASE), gibADay: 1 })).toEqual({
    settings: { recording_bytes_a_day: 1024 ** 3 },
    was: { recording_bytes_a_day: 123_456_789 },
  });
});
