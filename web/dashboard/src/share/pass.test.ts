import { expect, test } from "vitest";
import { linkAt, readPass } from "./pass.ts";

const ID = "0123456789abcdef";
const SECRET = "f".repeat(32);

test("a link is read, with the second where it begins", () => {
  const hash = `#${SECRET}`;
  const token = `hms_${ID}_${SECRET}`;
  expect(readPass({ pathname: `/share/${ID}`, hash })).toEqual({ token, start_ms: null });
  expect(readPass({ pathname: `/share/${ID}/`, hash: `${hash}&t=83` })).toEqual({
    token,
    start_ms: 83_000,
  });
});

test("what is no link gives nothing to send", () => {
  for (const [pathname, hash] of [
    [`/share/${ID}`, ""],
    [`/share/${ID}`, "#abc"],
    [`/share/${ID}x`, `#${SECRET}`],
    ["/share/", `#${SECRET}`],
    [`/share/${ID}`, `#${SECRET}&x=1`],
  ] as const)
    expect(readPass({ pathname, hash }).token).toBe("");
});

test("a link begins at a moment, but for the beginning", () => {
  const link = `https://a.example/share/${ID}#${SECRET}`;
  expect(linkAt(link, 83_900)).toBe(`${link}&t=83`);
  expect(linkAt(link, 400)).toBe(link);
  expect(linkAt(link, null)).toBe(link);
  const { pathname, hash } = new URL(linkAt(link, 5000));
  expect(readPass({ pathname, hash }).start_ms).toBe(5000);
});
