import { describe, expect, it } from "vitest";
import { address } from "../src/address.ts";
import { fitsPattern } from "../src/fits_pattern.ts";
import { isBlocked } from "../src/is_blocked.ts";
import { rulesOf } from "./fixtures.ts";

describe("the address rule", () => {
  it.each([
    [
      "keeps path and campaign keys",
      "https://a.de/p?utm_source=x&token=1",
      "https://a.de/p?utm_source=x",
    ],
    [
      "keeps click ids",
      "https://a.de/?gclid=1&fbclid=2&msclkid=3",
      "https://a.de/?gclid=1&fbclid=2&msclkid=3",
    ],
    ["keeps ref", "https://a.de/?ref=hn", "https://a.de/?ref=hn"],
    ["drops the fragment", "https://a.de/p#section", "https://a.de/p"],
    ["drops user and password", "https://u:p@a.de/p", "https://a.de/p"],
    ["drops keys that only resemble", "https://a.de/?href=1&xutm_source=2&uid=3", "https://a.de/"],
    ["drops keys in disguise", "https://a.de/?__proto__[x]=1&utm%5Fsource=2", "https://a.de/"],
    ["takes no other scheme", "mailto:joe@example.com", ""],
    ["takes no script", "javascript:alert(1)", ""],
    ["takes no file", "file:///etc/passwd", ""],
  ])("%s", (_, url, expected) => {
    expect(address(url, rulesOf())).toBe(expected);
  });

  it("keeps the keys that the site allows", () => {
    expect(address("https://a.de/?page=2&q=x", rulesOf({ query_keys: ["page"] }))).toBe(
      "https://a.de/?page=2",
    );
  });

  it("keeps hash routes of this site alone, without their query", () => {
    const rules = rulesOf({ hash_routes: true });
    expect(address(`${location.origin}/#/cart?x=1`, rules)).toBe(`${location.origin}/#/cart`);
    expect(address(`${location.origin}/#top`, rules)).toBe(`${location.origin}/`);
    expect(address("https://other.de/#/cart", rules)).toBe("https://other.de/");
  });

  it("keeps no query without rules", () => {
    expect(address("https://a.de/p?utm_source=x", null)).toBe("https://a.de/p");
  });
});

describe("patterns of paths", () => {
  /** The plainest matcher there is: tries every run of characters. */
  const fitsPlainly = (pattern: string, path: string): boolean =>
    pattern[0] === "*"
      ? fitsPlainly(pattern.slice(1), path) || (!!path && fitsPlainly(pattern, path.slice(1)))
      : pattern
        ? pattern[0] === path[0] && fitsPlainly(pattern.slice(1), path.slice(1))
        : !path;
  const texts = (signs: string, most: number): string[] =>
    most
      ? ["", ...[...signs].flatMap((sign) => texts(signs, most - 1).map((t) => sign + t))]
      : [""];

  it("fit as the plainest matcher says, whatever they are", () => {
    const paths = texts("ab", 5);
    for (const pattern of texts("ab*", 5)) {
      for (const path of paths) {
        const said = `${pattern} ${path}`;
        expect(`${said} ${fitsPattern(pattern, path)}`).toBe(
          `${said} ${fitsPlainly(pattern, path)}`,
        );
      }
    }
    expect(fitsPattern("/a?*", "/a")).toBe(false);
    expect(fitsPattern("*?", "/a")).toBe(false);
  });

  it("never make a page wait", () => {
    const started = performance.now();
    expect(fitsPattern(`/${"*a".repeat(120)}`, `/${"a".repeat(4000)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("blocked pages", () => {
  const rules = rulesOf({ blocked: ["/admin*", "/a.b", "/*/secret"], hash_routes: true });
  it.each([
    ["/admin/users", true],
    ["/my/secret", true],
    ["/a.b", true],
    ["/axb", false],
    ["/shop/admin", false],
    ["/a.b?utm_source=x", true],
  ])("%s is blocked: %s", (path, expected) => {
    expect(isBlocked(`https://a.de${path}`, rules)).toBe(expected);
  });
});
