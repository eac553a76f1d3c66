import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const NAME = "hm_key";
const HALF_HOUR_MS = 1_800_000;
const ID = /^[0-9a-f]{32}$/;

const load = async () => {
  vi.resetModules();
  const { keepIdentity } = await import("../src/keep_identity.ts");
  const changed = vi.fn();
  return { identity: keepIdentity(NAME, changed), changed };
};

describe("identity", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
    localStorage.clear();
    // biome-ignore lint/suspicious/noDocumentCookie: the product writes it so
    document.cookie = `${NAME}=;max-age=0;path=/`;
  });

  it("stores nothing when the page is cookieless", async () => {
    const { identity } = await load();
    identity.resume_(false, HALF_HOUR_MS);
    identity.touch_(Date.now());
    expect(identity.visitor).toBeUndefined();
    expect(document.cookie).toBe("");
    expect(localStorage).toHaveLength(0);
  });

  it("keeps visitor and session for the next page", async () => {
    const first = (await load()).identity;
    first.resume_(true, HALF_HOUR_MS);
    const second = (await load()).identity;
    second.resume_(false, HALF_HOUR_MS);
    expect(first.visitor).toMatch(ID);
    expect(first.session).toMatch(ID);
    expect(second.visitor).toBe(first.visitor);
    expect(second.session).toBe(first.session);
  });

  it("finds the visitor in local storage when the cookie is gone", async () => {
    const first = (await load()).identity;
    first.resume_(true, HALF_HOUR_MS);
    // biome-ignore lint/suspicious/noDocumentCookie: the product writes it so
    document.cookie = `${NAME}=;max-age=0;path=/`;
    const second = (await load()).identity;
    second.resume_(true, HALF_HOUR_MS);
    expect(second.visitor).toBe(first.visitor);
  });

  it("ends a session after thirty idle minutes", async () => {
    const { identity, changed } = await load();
    identity.resume_(true, HALF_HOUR_MS);
    const { session, visitor } = identity;
    vi.advanceTimersByTime(HALF_HOUR_MS);
    identity.touch_(Date.now());
    expect(identity.session).toBe(session);
    vi.advanceTimersByTime(HALF_HOUR_MS + 1);
    identity.touch_(Date.now());
    expect(identity.session).not.toBe(session);
    expect(identity.visitor).toBe(visitor);
    expect(changed).toHaveBeenLastCalledWith(session);
  });

  it("ends a session after the idle time that the site has set", async () => {
    const { identity } = await load();
    identity.resume_(true, 60_000);
    const { session } = identity;
    vi.advanceTimersByTime(60_001);
    identity.touch_(Date.now());
    expect(identity.session).not.toBe(session);
  });

  it("shares the session with another tab", async () => {
    const here = (await load()).identity;
    here.resume_(true, HALF_HOUR_MS);
    vi.advanceTimersByTime(HALF_HOUR_MS + 1);
    const there = (await load()).identity;
    there.resume_(true, HALF_HOUR_MS);
    here.touch_(Date.now());
    expect(here.session).toBe(there.session);
  });

  it("becomes cookieless when another tab takes the consent back", async () => {
    const here = (await load()).identity;
    here.resume_(true, HALF_HOUR_MS);
    (await load()).identity.forget_();
    here.touch_(Date.now());
    expect(here.visitor).toBeUndefined();
    expect(document.cookie).toBe("");
  });

  it("is cookieless where the device keeps nothing", async () => {
    const write = vi.spyOn(Document.prototype, "cookie", "set").mockImplementation(() => {});
    const store = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("denied");
    });
    const { identity } = await load();
    identity.resume_(true, HALF_HOUR_MS);
    localStorage.clear();
    identity.touch_(Date.now());
    expect(identity.visitor).toBeUndefined();
    write.mockRestore();
    store.mockRestore();
  });
});
