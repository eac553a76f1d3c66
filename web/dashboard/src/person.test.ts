import { expect, it } from "vitest";
import { knownOf } from "./person.ts";

const event = (name: string, properties: Record<string, unknown>, unverified = true) => ({
  name,
  properties,
  unverified,
});
const entry = (user: string, verified: boolean, reason = "identify") => ({
  user,
  verified,
  reason,
  time_ms: 1,
  visitor: "",
});

it("nobody is known by what nobody said", () => {
  expect(knownOf([event("click", { user: "x" })], null)).toEqual({
    user: "",
    verified: false,
    facts: [],
  });
});

it("the latest name and the latest of each property stand", () => {
  const events = [
    event("identify", { user: "ada", "traits.plan": "free", "traits.seats": 3 }),
    event("group", { account: "lamps", "traits.city": "Graz" }),
    event("identify", { user: "ada-17", "traits.plan": "pro" }, false),
    event("identify", { "traits.list": ["a"] }),
  ];
  expect(knownOf(events, null)).toEqual({
    user: "ada-17",
    verified: false,
    facts: [
      ["account", "lamps"],
      ["account.city", "Graz"],
      ["plan", "pro"],
      ["seats", "3"],
    ],
  });
});

it("a session without a name has that of its person, unless it was taken back", () => {
  const ledger = {
    person: "",
    visitors: [],
    entries: [entry("ada", true), entry("", true, "undo")],
  };
  expect(knownOf([], ledger)).toMatchObject({ user: "ada", verified: true });
});
