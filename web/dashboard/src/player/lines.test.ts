import { describe, expect, it } from "vitest";
import { events } from "./lines";

const scroll = (timestamp: number) =>
  JSON.stringify({ type: 3, timestamp, data: { source: 3, id: 1, x: 0, y: 0 } });
const times = (lines: string[], first_ms?: number) =>
  events(lines.join("\n"), first_ms === undefined ? undefined : { first_ms, keyframe: false }).map(
    ({ timestamp }) => timestamp,
  );
const remark = (lines: number) =>
  JSON.stringify({ type: 5, timestamp: 1, data: { tag: "hm-keyframe", payload: { lines } } });
const made = (lines: string[], keyframe: boolean) =>
  events(lines.join("\n"), { first_ms: 0, keyframe }).map((event) => event.made === true);

describe("events", () => {
  it("leaves out lines that are none", () => {
    expect(times(["", "no", "{}", scroll(1), '{"type":3}'])).toEqual([1]);
  });

  it("never go back in time, whatever the clocks said", () => {
    expect(times([scroll(5), scroll(3), scroll(4), scroll(7)])).toEqual([5, 5, 5, 7]);
    expect(times([scroll(5), scroll(8)], 6)).toEqual([6, 8]);
  });

  it("are told apart where they are the server's", () => {
    expect(made([remark(2), scroll(1), scroll(1), scroll(2)], true)).toEqual([true, true, false]);
    expect(made([scroll(1), scroll(2)], true)).toEqual([false, false]);
  });

  it("are nobody's else than the recorder's where somebody says otherwise", () => {
    expect(made([remark(1), scroll(1)], false)).toEqual([false, false]);
    expect(made([remark(1), scroll(1), remark(9), scroll(2)], true)).toEqual([true, false, false]);
  });

  it("have the size of a page together with its picture", () => {
    const meta = JSON.stringify({ type: 4, timestamp: 1, data: { href: "", width: 1, height: 1 } });
    const node = { type: 0, id: 1, childNodes: [] };
    const snapshot = JSON.stringify({ type: 2, timestamp: 9, data: { node } });
    expect(times([meta, snapshot])).toEqual([9, 9]);
  });
});
