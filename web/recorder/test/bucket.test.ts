/** How often an element tells of its attributes. */
import { describe, expect, it } from "vitest";
import { createBucket } from "../src/observe/bucket";

const element = (whole: object | null = null) => ({ ownerSVGElement: whole }) as unknown as Element;

describe("a bucket for each element", () => {
  it("lets thirty changes pass at once, and then five a second", () => {
    let time = 0;
    const bucket = createBucket(() => time);
    const one = element();
    const looks = (count: number, ms: number) => {
      let passed = 0;
      for (let at = 0; at < count; at++) {
        bucket.turn();
        if (bucket.take(one)) passed++;
        time += ms;
      }
      return passed;
    };
    expect(looks(40, 0)).toBe(30);
    expect(looks(101, 100)).toBe(50);
    time += 60_000;
    expect(looks(40, 0)).toBe(30);
  });

  it("takes a drawing as one: in one look all of it passes or nothing", () => {
    const bucket = createBucket(() => 0);
    const drawing = element();
    const paths = Array.from({ length: 300 }, () => element(drawing));
    for (let look = 0; look < 30; look++) {
      bucket.turn();
      expect(paths.every((path) => bucket.take(path))).toBe(true);
    }
    bucket.turn();
    expect(paths.some((path) => bucket.take(path))).toBe(false);
  });

  it("does not let one element use up what another may", () => {
    const bucket = createBucket(() => 0);
    const [one, other] = [element(), element()];
    for (let look = 0; look < 50; look++) {
      bucket.turn();
      bucket.take(one);
    }
    bucket.turn();
    expect([bucket.take(one), bucket.take(other)]).toEqual([false, true]);
  });
});
