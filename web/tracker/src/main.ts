/**
 * The script on the page (`/t.js`): reads its own tag, offers `window.hitmetrix`, waits for the
 * site's rules, counts pages, keeps and sends events, and brings the second file when the page is
 * idle. A page may call before this has come: `(window.hitmetrix = window.hitmetrix || {q: []})
 * .q.push(["track", "signup", {plan: "team"}])`. Nothing here may throw into the page.
 */
// biome-ignore-all assist/source/organizeImports: in this order the file is 30 bytes smaller, and it has none to spare
import type { Ack, Base, Batch, Hooks, Properties, Rules } from "./core.ts";
import { now } from "./now.ts";
import { guard } from "./guard.ts";
import { post } from "./post.ts";
import { address } from "./address.ts";
import { keepIdentity } from "./keep_identity.ts";
import { listen } from "./listen.ts";
import { documentValue } from "./document_value.ts";
import { isBlocked } from "./is_blocked.ts";
import { makeQueue } from "./make_queue.ts";
import { randomId } from "./random_id.ts";

declare const TRACKER_VERSION: string;

type Call = [method: string, ...args: unknown[]];

/** How long events wait for the site's rules; then they go out under the strictest. */
const RULES_WAIT_MS = 2000;
/** How long an event waits for others that go with it. */
const SEND_MS = 500;
/** What happened on the page before the second script was there; of more the later is not told. */
const EARLY_MAX = 200;
/** The most that counts as engaged between two signs of somebody, until the second script is there. */
const ATTENTION_MS = 30_000;
const EARLY_TYPES = "click focusin input change submit error unhandledrejection".split(" ");
const stringify = JSON.stringify;

guard(() => {
  const global = window as { hitmetrix?: { q?: Call[]; track?: unknown } };
  const stub = global.hitmetrix;
  if (stub?.track) return;
  const {
    dataset: { key, mode },
    src,
  } = documentValue("currentScript") as HTMLScriptElement & { dataset: { key: string } };
  const { globalPrivacyControl, doNotTrack, webdriver } = navigator as Navigator & {
    globalPrivacyControl?: boolean;
  };
  const name = `hm_${key}`;
  // A text: "1", "0", "unspecified" or nothing.
  const isDnt = (doNotTrack as unknown as number) > 0;
  const started = now();
  const waiting: ((session: string) => void)[] = [];
  let pending: (() => void)[] | null = [];
  let isLeaving: unknown = false;
  let sequence = 0;
  let page = "";
  let isRunning: unknown;
  let rules: Rules | null = null;

  const ready = (work: () => void) => {
    if (!pending) guard(work)();
    else if (isRunning) pending.push(work);
  };
  // The site may allow no more than one mode to all; what the visitor's own refusal decides asks for
  // that alone, with a 0.
  const refused = (capped: unknown = rules?.mode) =>
    capped || globalPrivacyControl || (isDnt && rules?.respect_dnt !== false);
  const cut = (url: string) => hooks.mask(address(url, rules), true);
  const hooks: Hooks = {
    mask: (text, isAddress) =>
      base.early.some(({ event }) => event.type === "input")
        ? isAddress
          ? `${location.origin}/*`
          : ""
        : text,
    left() {
      const engaged_ms = Math.min(now() - base.since, ATTENTION_MS);
      base.since = now();
      return { engaged_ms };
    },
    seen: (seen) => base.early.length < EARLY_MAX && base.early.push(seen),
    // What the second file would have told in detail.
    hide() {
      for (const { event, path, time } of base.early.splice(0)) {
        const place = path
          .map((node) => (node as Element).localName)
          .reverse()
          .filter((name) => name)
          .join(">");
        if (event.type === "click") emit("click", { path: place }, page, time);
        if (event.type === "submit") emit("form_submit", { form: place }, page, time);
      }
    },
  };
  const identity = keepIdentity(name, (before) => {
    for (const resolve of waiting.splice(0)) resolve(identity.session as string);
    if (before) hooks.session?.();
  });
  const sender = () =>
    stringify({
      window: base.window,
      mode: identity.visitor ? "persistent" : "cookieless",
      ...(identity.visitor && identity),
    }).slice(1, -1);
  const envelope = (from: string, more?: Record<string, unknown>) =>
    `{"v":1,${from},` +
    stringify({
      screen: [screen.width, screen.height],
      sent_ms: now(),
      gpc: globalPrivacyControl,
      dnt: isDnt,
      automated: webdriver,
      tracker: TRACKER_VERSION,
      ...more,
    }).slice(1);
  const send = async (from: string, path: string, body: string | Blob, keepalive: boolean) => {
    const answer = await post(base.origin + path + key, body, keepalive);
    // A number has no session.
    const { session } = answer as Ack;
    if (session && from === sender() && !identity.visitor) identity.adopt_(session);
    return answer;
  };
  const queue = makeQueue(hooks, ({ sender, lines }: Batch, keepalive, lost) =>
    send(sender, "/e/", `${envelope(sender, { lost })}\n${lines}`, keepalive),
  );
  const record = (
    name: string,
    properties: string,
    url: string,
    time: number,
    more?: Properties,
  ) => {
    const place = address(url, rules);
    if (!isRunning || !place || isBlocked(place, rules)) return;
    identity.touch_(time);
    base.seen[name] = time;
    const line = stringify({ name, sequence, time_ms: time, url: cut(place), ...more });
    queue.add(
      sender(),
      properties ? `${line.slice(0, -1)},"properties":${properties}}` : line,
      sequence++ && base.delay,
    );
    if (isLeaving) queue.flush(true);
  };
  const leave = (time: number, isHiding?: boolean) => {
    const properties = page && hooks.left(isHiding);
    if (properties) record("page_leave", stringify(properties), page, time);
  };
  const settle = (time = page ? now() : started, isNew?: boolean) => {
    const url = address(location.href, rules);
    if (url === page && !isNew) return;
    const referrer = isNew ? "" : page || (documentValue("referrer") as string);
    if (!isNew) leave(time);
    page = url;
    record("pageview", "", url, time, {
      referrer: referrer && !isBlocked(referrer, rules) ? cut(referrer) : undefined,
      // Not a marked title, nor any where all text is masked or nothing is known of it.
      title:
        guard(
          () =>
            !(rules as Rules).mask_text &&
            !(document.querySelector("title") as Element).closest(
              // A list becomes one selector, its parts apart by commas.
              [
                "[data-hm-mask],[data-hm-block]",
                ...(rules as Rules).mask,
                ...(rules as Rules).block,
              ] as unknown as string,
            ) &&
            hooks.mask(documentValue("title") as string),
        )() || undefined,
    });
    hooks.page?.();
  };
  const emit = (name: string, properties?: Properties, url = location.href, time = now()) => {
    // What cannot be serialised throws, and stays counted.
    queue.lost++;
    const text = stringify(properties);
    queue.lost--;
    ready(() => {
      settle();
      record(name, text, url, time);
    });
  };
  const join =
    (name: string, member: string) => (id: unknown, traits?: unknown, signature?: unknown) =>
      ready(() => refused() || emit(name, { [member]: `${id}`, traits, signature }));
  const forget = () => {
    identity.forget_();
    hooks.forget?.();
  };
  const stop = () => {
    queue.flush();
    isRunning = false;
    hooks.stop?.();
    // What comes after this finds no rules, and so neither records nor asks.
    base.rules = rules = null;
  };
  const start = guard((answer?: Rules | false) => {
    const works = pending;
    // Rules that come late hold for what happens from then on, but do not begin a new visitor: the
    // page has been counted, and may have been told of a refusal.
    if (!works && (rules || !answer || !isRunning)) return;
    pending = null;
    // An answer that is none is `false` here, which counts as none everywhere.
    base.rules = rules = answer as Rules;
    if (globalPrivacyControl || (rules && refused())) forget();
    else if (rules) identity.resume_(works && mode === "persistent", rules.session_idle_ms);
    if (!works) {
      page = address(location.href, rules);
      if (identity.visitor) emit("consent");
      hooks.session?.();
      return;
    }
    // An early consent decides on the first page already.
    works.map(ready);
    settle();
    (window.requestIdleCallback ?? setTimeout)(() =>
      import(`${base.origin}/x.js`).then((second) => second.start(base)).catch(() => {}),
    );
  });
  const begin = () => {
    if (!pending || isRunning) return;
    isRunning = true;
    for (const type of EARLY_TYPES) {
      listen(type, (event) => hooks.seen({ event, path: event.composedPath(), time: now() }));
    }
    // In the capturing phase the page is counted as left; in the bubbling one, when all others
    // have had their say, everything goes.
    for (const type of ["pagehide", "visibilitychange"]) {
      const isGone = type === "pagehide";
      const isLeft = () => isGone || documentValue("hidden");
      listen(type, () => {
        if (isGone) start();
        if (!pending && !isLeaving && isLeft()) {
          leave(now(), true);
          hooks.hide();
        }
      });
      listen(
        type,
        () => {
          isLeaving = !pending && isLeft();
          if (isLeaving) queue.flush(true);
        },
        false,
      );
    }
    fetch(`${base.origin}/c/${key}`, { credentials: "omit", referrerPolicy: "origin" })
      .then((answer) => answer.ok && answer.json())
      .then(start, () => start());
    setTimeout(start, RULES_WAIT_MS);
  };
  // In this order of members the file is 5 bytes smaller.
  const base: Base = {
    key,
    origin: new URL(".", src).href.slice(0, -1),
    window: randomId(),
    name,
    now,
    queue,
    session: () =>
      new Promise((resolve) => {
        if (identity.session) resolve(identity.session);
        else waiting.push(resolve);
      }),
    emit,
    address: cut,
    rules,
    identity,
    delay: SEND_MS,
    refused,
    hooks,
    settle,
    early: [],
    since: started,
    seen: {},
    envelope: (more) => envelope(sender(), more),
    post: (path, body, keepalive) => send(sender(), path, body, keepalive),
  };
  // biome-ignore lint/suspicious/noExplicitAny: pages pass what they like
  const api: Record<string, (...args: any[]) => unknown> = {
    track: (name, properties) => emit(`${name}`, properties),
    identify: join("identify", "user"),
    group: join("group", "account"),
    alias: join("alias", "user"),
    reset: () => ready(() => identity.visitor && identity.renew_()),
    consent(wish) {
      if (wish !== "none") begin();
      ready(() => {
        if (wish === "persistent") {
          if (rules && !refused() && !identity.visitor) {
            identity.renew_();
            emit("consent");
          }
          return;
        }
        if (identity.visitor || !rules) forget();
        if (wish !== "none") return;
        queue.batches.clear();
        stop();
      });
    },
    session: async () => (isRunning ? base.session() : ""),
    stop: () => ready(stop),
  };
  const push = ([method, ...args]: Call) => api[method]?.(...args);
  const install = () => {
    // Who works on the site is not counted: nothing begins. `i.js` asks, and takes the mark off.
    if (guard(() => localStorage.hm_me)()) pending = null;
    if (/hm_me=/.test(location as unknown as string)) import(`${base.origin}/i.js`).catch(() => {});
    if (mode !== "none") begin();
    for (const method in api) api[method] = guard(api[method] as () => unknown);
    stub?.q?.map(push);
    global.hitmetrix = { ...api, q: { push } } as unknown as typeof global.hitmetrix;
  };
  if (documentValue("prerendering" as keyof Document)) listen("prerenderingchange", install);
  else install();
})();
