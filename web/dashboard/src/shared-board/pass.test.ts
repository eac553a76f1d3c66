import { expect, test } from "vitest";
import { frameOf, readBoardPass } from "./pass.ts";

const ID = "0123456789abcdef";
const SECRET = "f".repeat(32);

test("a link to a board is read, in a frame too", () => {
  const hash = `#${SECRET}`;
  const token = `hmb_${ID}_${SECRET}`;
  expect(readBoardPass({ pathname: `/share/board/${ID}`, hash })).toEqual({ token, framed: false });
  expect(readBoardPass({ pathname: `/embed/board/${ID}/`, hash })).toEqual({ token, framed: true });
});

test("what is no link gives nothing to send", () => {
  for (const [pathname, hash] of [
    [`/share/board/${ID}`, ""],
    [`/share/board/${ID}`, `#${SECRET}&t=1`],
    [`/share/board/${ID}x`, `#${SECRET}`],
    [`/share/${ID}`, `#${SECRET}`],
    ["/embed/board/", `#${SECRET}`],
  ] as const)
    expect(readBoardPass({ pathname, hash }).token).toBe("");
});

test("a board's name cannot leave its attribute", () => {
  const text = frameOf("https://a.example/embed/board/1#2", '"><script>');
  expect(text).toContain('title="&quot;>&lt;script>"');
});
