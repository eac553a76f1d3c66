/** What was typed is found again in whatever shape a page gives it. */
import { describe, expect, it } from "vitest";
import { createTyped } from "../src/typed";

describe("typed values", () => {
  it.each([
    ["red shoes", "/tag/red-shoes/list"],
    ["red shoes", "/tag/red_shoes"],
    ["red shoes", "/find/red+shoes"],
    ["red shoes", "/find/my%20red%20shoes%20now"],
    ["Jane O'Neil", "Hello JANE O’NEIL!"],
    ["jane.roe@mail.example", "user jane.roe@mail.example."],
    ["café noir", "/bar/caf%C3%A9%20noir"],
    ["müller", "Herr MÜLLER,"],
    ["(secret)", "a secret word"],
    ["12345678", "no 1234-5678"],
  ])("%s is masked in %s", (value, text) => {
    const typed = createTyped();
    typed.add(value, true);
    const masked = typed.mask(text);
    expect(masked).toContain("•••••");
    for (const word of value.toLowerCase().match(/[a-z\d]{4,}/g) ?? []) {
      expect(masked.toLowerCase()).not.toContain(word);
    }
  });

  it.each([
    ["shoe", "shoes"],
    ["shoe", "horseshoe"],
    ["red shoes", "shoes are red"],
    ["....", "wait ...."],
    ["abc", "abc"],
  ])("%s is no word of %s", (value, text) => {
    const typed = createTyped();
    typed.add(value, true);
    expect(typed.mask(text)).toBe(text);
  });

  it("is masked by its beginning when it is long, wherever that is cut", () => {
    const typed = createTyped();
    const long = "word ".repeat(50);
    typed.add(`${long}end`, true);
    expect(typed.mask(`said: ${long}end`)).not.toMatch(/^said: word/);
  });
});
