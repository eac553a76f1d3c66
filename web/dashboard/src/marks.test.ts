import { expect, it } from "vitest";
import { askedOf, readMarked, withMarked, withPerson } from "./marks.ts";
import { readAsking, writeAsking } from "./question.ts";

it("marks stand in the address and come back from it", () => {
  const none = readAsking(new URLSearchParams());
  const marked = { tags: ["bug", "a & b"], collection: "c0ffee", notes: true };
  const person = "ab".repeat(16);
  const asking = withPerson(withMarked(none, marked), person);
  const back = readAsking(writeAsking(asking));
  expect(readMarked(back)).toEqual(marked);
  expect(askedOf(back)).toEqual({
    marked: { tags: ["bug", "a & b"], collection: "c0ffee", notes: true },
    person,
  });
  const bare = withPerson(withMarked(back, { tags: [], collection: "", notes: false }), "");
  expect(bare.own).toEqual([]);
  expect(askedOf(bare)).toEqual({});
  expect(askedOf(withPerson(none, "'--"))).toEqual({});
});
