import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Base, Core, EventLine, Rules } from "../src/core.ts";
import type { Watched } from "../src/watched.ts";
import { rulesOf } from "./fixtures.ts";

interface Sent {
  envelope: Record<string, unknown>;
  events: EventLine[];
}
interface Page {
  hitmetrix?: Record<string, (...args: unknown[]) => unknown> & { q?: unknown };
}

const SESSION = "a".repeat(32);
const page = window as unknown as Page;

describe("the script on the page", () => {
  let asked: string[];
  let sent: Sent[];
  let rules: Rules | undefined;

  const run = async (mode: string | undefined, gpc = false) => {
    const script = document.createElement("script");
    script.setAttribute("src", "https://hm.example/t.js");
    script.setAttribute("data-key", "key");
    if (mode) script.setAttribute("data-mode", mode);
    vi.spyOn(Document.prototype, "currentScript", "get").mockReturnValue(script);
    vi.spyOn(Document.prototype, "referrer", "get").mockReturnValue("https://news.example/a?b=c");
    Object.defineProperty(navigator, "globalPrivacyControl", { configurable: true, value: gpc });
    await import("../src/main.ts");
    await vi.advanceTimersByTimeAsync(0);
  };
  const events = () => sent.flatMap((body) => body.events.map(({ name }) => name));

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetModules();
    asked = [];
    sent = [];
    rules = rulesOf();
    document.title = "Lamps";
    history.replaceState({}, "", "/lamps?utm_source=x&token=1");
    vi.stubGlobal("fetch", (url: string, options: { body?: string }) => {
      asked.push(url);
      if (url.includes("/c/")) {
        return rules ? Promise.resolve(Response.json(rules)) : new Promise(() => {});
      }
      const [envelope, ...lines] = String(options.body)
        .split("\n")
        .map((line) => JSON.parse(line));
      sent.push({ envelope, events: lines });
      return Promise.resolve(Response.json({ accepted: lines.length, session: SESSION }));
    });
  });
  afterEach(() => {
    page.hitmetrix?.stop?.();
    vi.runOnlyPendingTimers();
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    Reflect.deleteProperty(page, "hitmetrix");
    localStorage.clear();
    // biome-ignore lint/suspicious/noDocumentCookie: the product writes it so
    document.cookie = "hm_key=;max-age=0;path=/";
  });

  it("asks for the rules and then sends the page at once", async () => {
    await run("persistent");
    expect(asked).toEqual(["https://hm.example/c/key", "https://hm.example/e/key"]);
    expect(sent[0]?.envelope).toMatchObject({ v: 1, mode: "persistent" });
    expect(sent[0]?.envelope.visitor).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[0]?.events).toEqual([
      expect.objectContaining({
        name: "pageview",
        sequence: 0,
        url: `${location.origin}/lamps?utm_source=x`,
        referrer: "https://news.example/a",
        title: "Lamps",
      }),
    ]);
  });

  it.each([
    ["is marked", "data-hm-mask", {}],
    ["is under a mask rule", "class", { mask: [".private"] }],
    ["is under a block rule", "class", { block: [".private"] }],
    ["might be under a rule that cannot be read", "class", { mask: ["..["] }],
    ["is text like all other that is masked", "class", { mask_text: true }],
  ])("tells no title that %s", async (_why, attribute, more) => {
    document.querySelector("title")?.setAttribute(attribute, "private");
    rules = rulesOf(more);
    await run("cookieless");
    expect(events()).toEqual(["pageview"]);
    expect(sent[0]?.events[0]).not.toHaveProperty("title");
    document.querySelector("title")?.remove();
  });

  it("does not tell that the page before was a blocked one", async () => {
    rules = rulesOf({ blocked: ["/a"] });
    await run("cookieless");
    expect(events()).toEqual(["pageview"]);
    expect(sent[0]?.events[0]).not.toHaveProperty("referrer");
  });

  it.each(["cookieless", "persistent", "none"])(
    "begins nothing in a browser that is not to be counted, in mode %s",
    async (mode) => {
      localStorage.hm_me = "1";
      await run(mode);
      page.hitmetrix?.track?.("order");
      page.hitmetrix?.identify?.("ada");
      page.hitmetrix?.consent?.("persistent");
      await vi.advanceTimersByTimeAsync(3000);
      window.dispatchEvent(new Event("pagehide"));
      expect(asked).toEqual([]);
      expect(document.cookie).toBe("");
      expect(await page.hitmetrix?.session?.()).toBe("");
    },
  );

  it.each(["hm_me=1", "hm_me=0", "hm_menu=1", "utm_campaign=hm_me"])(
    "counts the page whose address says %s, and sets no mark",
    async (query) => {
      history.replaceState({}, "", `/lamps?${query}`);
      await run("cookieless");
      expect(events()).toEqual(["pageview"]);
      expect(localStorage.length).toBe(0);
    },
  );

  it("counts where the browser forbids local storage", async () => {
    vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    await run("cookieless");
    expect(events()).toEqual(["pageview"]);
  });

  it("does nothing at all in mode none, until there is a consent", async () => {
    await run("none");
    page.hitmetrix?.track?.("before");
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked).toEqual([]);
    expect(await page.hitmetrix?.session?.()).toBe("");
    page.hitmetrix?.consent?.("persistent");
    await vi.advanceTimersByTimeAsync(0);
    expect(sent[0]?.envelope.mode).toBe("persistent");
    await vi.advanceTimersByTimeAsync(500);
    expect(events()).toEqual(["pageview", "consent"]);
  });

  it.each([undefined, "cookieless", "anything"])("is cookieless in mode %s", async (mode) => {
    await run(mode);
    expect(sent[0]?.envelope).toMatchObject({ mode: "cookieless" });
    expect(sent[0]?.envelope).not.toHaveProperty("visitor");
    expect(document.cookie).toBe("");
    expect(localStorage).toHaveLength(0);
    expect(await page.hitmetrix?.session?.()).toBe(SESSION);
  });

  it("is cookieless under Global Privacy Control, and drops identities", async () => {
    await run("persistent", true);
    page.hitmetrix?.identify?.("u1");
    page.hitmetrix?.track?.("own");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent[0]?.envelope).toMatchObject({ mode: "cookieless", gpc: true });
    expect(events()).toEqual(["pageview", "own"]);
    expect(document.cookie).toBe("");
  });

  it("is cookieless on a cookieless site, whatever the tag, a cookie or a consent says", async () => {
    // biome-ignore lint/suspicious/noDocumentCookie: as the product wrote it before the site changed
    document.cookie = `hm_key=${"1".repeat(32)}.${"2".repeat(32)}.${Date.now()};path=/`;
    rules = rulesOf({ mode: "cookieless" });
    await run("persistent");
    page.hitmetrix?.consent?.("persistent");
    page.hitmetrix?.identify?.("u1");
    page.hitmetrix?.track?.("own");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.map(({ envelope }) => envelope.mode)).toEqual(["cookieless", "cookieless"]);
    expect(JSON.stringify(sent)).not.toContain("1".repeat(32));
    expect(events()).toEqual(["pageview", "own"]);
    expect(document.cookie).toBe("");
    expect(localStorage).toHaveLength(0);
  });

  it("goes out under the strictest rule when the rules do not come", async () => {
    rules = undefined;
    await run("persistent");
    await vi.advanceTimersByTimeAsync(1999);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(sent[0]?.envelope.mode).toBe("cookieless");
    expect(sent[0]?.events[0]).toMatchObject({ url: `${location.origin}/lamps` });
    expect(sent[0]?.events[0]).not.toHaveProperty("title");
    expect(document.cookie).toBe("");
  });

  describe("rules that come late", () => {
    let come: (rules: Response) => void;
    beforeEach(() => {
      const soon = fetch;
      vi.stubGlobal("fetch", (url: string, options: RequestInit) => {
        if (!url.includes("/c/")) return soon(url, options);
        return new Promise<Response>((resolve) => {
          come = resolve;
        });
      });
    });
    const wait = () => vi.advanceTimersByTimeAsync(2500);

    it("are as good as none when the server answers with an error", async () => {
      await run("persistent");
      come(new Response("", { status: 503 }));
      await vi.advanceTimersByTimeAsync(2500);
      expect(sent[0]?.envelope.mode).toBe("cookieless");
      expect(events()).toEqual(["pageview"]);
      expect(document.cookie).toBe("");
    });

    it("hold from then on, without a new visitor or another pageview", async () => {
      await run("persistent");
      await wait();
      expect(sent[0]?.events[0]?.url).toBe(`${location.origin}/lamps`);
      come(Response.json(rulesOf()));
      await vi.advanceTimersByTimeAsync(0);
      page.hitmetrix?.track?.("own");
      await vi.advanceTimersByTimeAsync(500);
      expect(events()).toEqual(["pageview", "own"]);
      expect(sent[1]?.events[0]?.url).toBe(`${location.origin}/lamps?utm_source=x`);
      expect(sent[1]?.envelope.mode).toBe("cookieless");
      expect(document.cookie).toBe("");
    });

    it("resume the visitor of an earlier page", async () => {
      // biome-ignore lint/suspicious/noDocumentCookie: as the product wrote it
      document.cookie = `hm_key=${"1".repeat(32)}.${"2".repeat(32)}.${Date.now()};path=/`;
      await run("cookieless");
      await wait();
      come(Response.json(rulesOf()));
      await vi.advanceTimersByTimeAsync(500);
      expect(events()).toEqual(["pageview", "consent"]);
      expect(sent[1]?.envelope.visitor).toBe("1".repeat(32));
    });

    it("hold for nothing after the tracker was stopped", async () => {
      // biome-ignore lint/suspicious/noDocumentCookie: as the product wrote it
      document.cookie = `hm_key=${"1".repeat(32)}.${"2".repeat(32)}.${Date.now()};path=/`;
      await run("cookieless");
      await wait();
      page.hitmetrix?.stop?.();
      const there = document.cookie;
      await vi.advanceTimersByTimeAsync(2000);
      come(Response.json(rulesOf()));
      await vi.advanceTimersByTimeAsync(500);
      expect(document.cookie).toBe(there);
    });

    it("find nothing on the device after a refusal that came before them", async () => {
      // biome-ignore lint/suspicious/noDocumentCookie: as the product wrote it
      document.cookie = `hm_key=${"1".repeat(32)}.${"2".repeat(32)}.${Date.now()};path=/`;
      await run("persistent");
      await wait();
      page.hitmetrix?.consent?.("cookieless");
      expect(document.cookie).toBe("");
      come(Response.json(rulesOf()));
      page.hitmetrix?.track?.("own");
      await vi.advanceTimersByTimeAsync(500);
      expect(sent.at(-1)?.envelope.mode).toBe("cookieless");
      expect(document.cookie).toBe("");
    });
  });

  it("counts what it cannot serialise as lost", async () => {
    await run("persistent");
    page.hitmetrix?.track?.("own", { amount: 10n });
    page.hitmetrix?.track?.("other");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.at(-1)?.envelope).toMatchObject({ lost: 1 });
    expect(events()).toEqual(["pageview", "other"]);
  });

  it("says on a living page that there is a consent, so that the new session inherits", async () => {
    await run("cookieless");
    page.hitmetrix?.consent?.("persistent");
    page.hitmetrix?.consent?.("persistent");
    await vi.advanceTimersByTimeAsync(500);
    expect(events()).toEqual(["pageview", "consent"]);
    expect(sent.map(({ envelope }) => envelope.mode)).toEqual(["cookieless", "persistent"]);
    expect(sent[1]?.envelope.window).toBe(sent[0]?.envelope.window);
  });

  it("sends nothing about blocked pages", async () => {
    rules = rulesOf({ blocked: ["/lamps*"] });
    await run("persistent");
    page.hitmetrix?.track?.("own");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toEqual([]);
  });

  it("keeps the order of calls that came before it", async () => {
    const q = [
      ["track", "first", { n: 1 }],
      ["consent", "persistent"],
    ];
    Object.assign(window, { hitmetrix: { q } });
    await run("cookieless");
    page.hitmetrix?.track?.("second");
    await vi.advanceTimersByTimeAsync(500);
    expect(events()).toEqual(["pageview", "first", "consent", "second"]);
    expect(sent.at(-1)?.envelope.mode).toBe("persistent");
  });

  it("counts a page once, whatever an app does to its address", async () => {
    await run("persistent");
    history.replaceState({}, "", "/lamps?utm_source=x&token=2");
    page.hitmetrix?.track?.("one");
    history.pushState({}, "", "/lamps/2");
    page.hitmetrix?.track?.("two");
    await vi.advanceTimersByTimeAsync(500);
    expect(events()).toEqual(["pageview", "one", "page_leave", "pageview", "two"]);
  });

  it("sends a user with traits and signature", async () => {
    await run("persistent");
    page.hitmetrix?.identify?.("u1", { plan: "team" }, "signed");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.at(-1)?.events.map(({ properties }) => properties)).toEqual([
      { user: "u1", traits: { plan: "team" }, signature: "signed" },
    ]);
  });

  it("begins a new visitor on reset, and says nothing after stop", async () => {
    await run("persistent");
    page.hitmetrix?.reset?.();
    page.hitmetrix?.track?.("own");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent[1]?.envelope.visitor).not.toBe(sent[0]?.envelope.visitor);
    expect(sent[1]?.envelope.session).not.toBe(sent[0]?.envelope.session);
    page.hitmetrix?.stop?.();
    page.hitmetrix?.track?.("after");
    await vi.advanceTimersByTimeAsync(5000);
    expect(events()).not.toContain("after");
  });

  it("forgets the device when the consent ends", async () => {
    await run("persistent");
    page.hitmetrix?.consent?.("cookieless");
    page.hitmetrix?.track?.("own");
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.at(-1)?.envelope.mode).toBe("cookieless");
    expect(document.cookie).toBe("");
    page.hitmetrix?.consent?.("none");
    page.hitmetrix?.track?.("after");
    await vi.advanceTimersByTimeAsync(5000);
    expect(events()).not.toContain("after");
  });

  it.each(["stop", "consent"])(
    "leaves nothing to be done to files that come after %s",
    async (how) => {
      let given: Base | undefined;
      vi.doMock("https://hm.example/x.js", () => ({
        start(base: Base) {
          given = base;
        },
      }));
      rules = rulesOf({ record: true });
      await run("cookieless");
      page.hitmetrix?.[how]?.("none");
      await vi.runOnlyPendingTimersAsync();
      await vi.waitUntil(() => given);
      vi.doUnmock("https://hm.example/x.js");
      expect(given?.rules).toBeNull();
      const { runRecorder } = await import("../src/run_recorder.ts");
      const record = vi.fn();
      vi.doMock("https://hm.example/r.js", () => ({ record }));
      const base = given as Base;
      runRecorder({
        base,
        core: { ...base, onNewSession: () => () => {} } as unknown as Core,
        onPage: () => {},
        onStop: () => {},
      } as unknown as Watched);
      await vi.advanceTimersByTimeAsync(100);
      vi.doUnmock("https://hm.example/r.js");
      expect(record).not.toHaveBeenCalled();
    },
  );

  it("never throws into the page", async () => {
    await run("persistent");
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => page.hitmetrix?.track?.("loop", loop)).not.toThrow();
    expect(() => page.hitmetrix?.track?.(Symbol("no"))).not.toThrow();
    expect(() => page.hitmetrix?.identify?.(Symbol("no"))).not.toThrow();
  });
});
