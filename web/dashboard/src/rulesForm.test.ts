import type { SiteSettings } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { changeOf, draftOf, inFormWords, keepsLess } from "./rulesForm.ts";

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
  excluded_addresses: [],
  group: "",
  mode: "persistent",
  currency: "",
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

test("keeping less is noticed, and an empty field is no number yet", () => {
  const with_ = (fields: Partial<ReturnType<typeof draftOf>>) =>
    keepsLess(BASE, { ...draftOf(BASE), ...fields });
  expect(with_({})).toBeNull();
  expect(with_({ eventDays: 1 })?.event_days).toBe(1);
  expect(with_({ recordingDays: 29 })?.recording_days).toBe(29);
  expect(with_({ recordingDays: 31 })).toBeNull();
  expect(with_({ shortestSeconds: 2 })?.recording_min_ms).toBe(2000);
  expect(with_({ recordingDays: undefined as unknown as number })).toBeNull();
  const limited = { ...BASE, event_days: 30 };
  expect(keepsLess(limited, { ...draftOf(limited), eventDays: 0 })).toBeNull();
  expect(keepsLess(limited, { ...draftOf(limited), eventDays: 29 })?.event_days).toBe(29);
});

test("a message of the server names settings as the form does", () => {
  expect(inFormWords("somebody else has changed rules.mask, event_days meanwhile")).toBe(
    "somebody else has changed “Mask these too”, “Keep events” meanwhile",
  );
  expect(inFormWords("rules.sample is 2, it must be 0 to 1")).toBe(
    "“Share of sessions” is 2, it must be 0 to 1",
  );
});

test("a share of sessions is set to a hundredth of a percent, and shown as it is", () => {
  const of = (sample: number) => ({ ...BASE, rules: { ...BASE.rules, sample } });
  for (const [sample, percent] of [
    [0.001, 0.1],
    [0.004, 0.4],
    [0.0001, 0.01],
    [0.07, 7],
    [0.29, 29],
    [1, 100],
  ] as const) {
    expect(draftOf(of(sample)).samplePercent).toBe(percent);
    const change = changeOf(of(0.5), { ...draftOf(of(0.5)), samplePercent: percent });
    expect(change?.settings.rules?.sample).toBe(sample);
  }
});
