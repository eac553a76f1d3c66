// @vitest-environment jsdom
/** Which pictures are looked for, by what the browser tells of what it has loaded. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Taken, watchAssets } from "../src/assets/assets";

type Note = (
  entries: { getEntries(): { name: string }[] },
  observer: unknown,
  more?: { droppedEntriesCount: number },
) => void;

describe("pictures that are taken along", () => {
  let note: Note;
  let asked: string[];
  let told: Taken[];
  const loaded = (urls: string[], droppedEntriesCount = 0) =>
    note({ getEntries: () => urls.map((name) => ({ name })) }, null, { droppedEntriesCount });
  const url = (name: string) => `${location.origin}/${name}.png`;
  const shown = (...urls: string[]) =>
    new Map(urls.map((each, at) => [`${location.origin}/~${at}`, each]));

  beforeEach(() => {
    asked = [];
    told = [];
    vi.stubGlobal(
      "PerformanceObserver",
      class {
        constructor(callback: Note) {
          note = callback;
        }
        observe() {}
        disconnect() {}
      },
    );
    vi.stubGlobal("fetch", async (address: string) => {
      asked.push(address);
      return new Response(new Blob(["x"], { type: "image/png" }));
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const watch = (isAll = false) =>
    watchAssets({ isAll, during: (work) => work(), tell: (payload) => told.push(payload) });
  /** Longer than from one picture to the next. */
  const settle = () => new Promise((next) => setTimeout(next, 400));

  it("are those that the browser has loaded", async () => {
    const assets = watch();
    loaded([url("seen")]);
    assets.look(shown(url("seen"), url("other")));
    await settle();
    expect(asked).toEqual([url("seen")]);
    loaded([url("other")]);
    assets.look(shown(url("seen"), url("other")));
    await settle();
    expect(asked).toEqual([url("seen"), url("other")]);
  });

  it("are looked for in the cache where the browser has forgotten what it loaded, of the page's origin", async () => {
    const assets = watch(true);
    loaded([url("late")], 12);
    assets.look(shown(url("forgotten"), "https://elsewhere.example/a.png"));
    await settle();
    expect(asked).toEqual([url("forgotten")]);
  });

  it("are no backgrounds that the cache may have for another page, where the browser has forgotten; fonts are", async () => {
    const assets = watch();
    loaded([url("late")], 12);
    const font = `${location.origin}/a.woff2?v=1`;
    const named = [url("private"), url("late"), font];
    assets.look(new Map(named.map((each) => [each.replace(/\?.*/, "~1"), each])));
    await settle();
    expect(asked).toEqual([url("late"), font]);
  });
});
