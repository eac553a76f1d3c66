import type { Core, Rules } from "../../tracker/src/core";
import { isBlocked } from "../../tracker/src/is_blocked";
import { isSampled } from "../../tracker/src/is_sampled";
import type { Assets } from "./assets/assets";
import type { Canvases } from "./canvas/canvas";
import { clean } from "./clean";
import { createCost } from "./cost";
import { CUSTOM, FULL_SNAPSHOT, INCREMENTAL, META, type RecorderEvent } from "./events";
import { type Known, watchFields } from "./fields";
import { flags } from "./flags";
import { json } from "./json";
import { mask } from "./mask";
import { enterOne, note } from "./note";
import { type Observed, observe } from "./observe/observe";
import { createPage } from "./page";
import { picture } from "./picture";
import { createSender } from "./sender";
import { settle } from "./settle";
import { nameSheets } from "./sheet-names";
import { BLOCK, createTable, MASK } from "./table";
import { createTyped, type Typed, VALUES_MAX } from "./typed";

/** How often is looked whether anything is due. */
const TICK_MS = 1000;
/** Chunks go every second while the page is this young, so that short visits arrive. */
const YOUNG_MS = 10_000;
/** How long a chunk gathers events at most, once the page is older and nobody watches. */
const PERIOD_MS = 5000;
/** Bytes of one session in one window, before compression; then recording ends, and says so. */
const SESSION_BYTES_MAX = 48 << 20;
/** How often is told what recording costs. */
const COST_MS = 60_000;
/** Full snapshots that are due anew come at most this often. */
const SNAPSHOT_MS = 2000;
/** And so often in one session of one window; then recording ends, and says so. */
const RETAKEN_MAX = 100;
/** Log lines that may wait for the first picture; those beyond are left out and counted. */
const EARLY_MAX = 50;
/** As many may wait with errors among them, which find room when lines are many. */
const EARLY_ERRORS_MAX = 100;
/** Elements that the page itself leaves out. */
const LEFT_OUT = "[data-hm-block]";

/** What is known of the page outlives a recording of it: a blocked page only interrupts one. */
const known: Known = { typed: createTyped(), secrets: createTyped(), sensitive: new WeakSet() };
const { typed } = known;

/** One session in one window, being recorded. */
interface Recording {
  end(reason: string): void;
  /** The page is hidden or left. */
  leave(): void;
}

/**
 * Records what the screen does until the returned function is called, each session by itself: what
 * one cost, and why its recording ended, says nothing of the next. Nothing is captured when the
 * site's rules say so, did not come, or the visitor refused.
 */
export function record(core: Core): () => void {
  let recording: Recording | undefined;
  let over = false;
  const start = () => {
    const rules = core.rules();
    if (over || !rules?.record || core.refused()) return;
    before = recording;
    recording = recordNow(core, rules, start);
  };
  const rules = core.rules();
  // Of the session before, something may wait still.
  let before: Recording | undefined;
  core.onHide(() => {
    core.queue.flush(true);
    before?.leave();
    recording?.leave();
  });
  if (!rules || rules.sample >= 1) start();
  else void core.session().then((session) => isSampled(session, rules.sample) && start());
  return () => {
    over = true;
    recording?.end("stopped");
  };
}

/** What is typed in a frame is told to the tracker too, which hears only the page itself. */
function toldTo(core: Core): Typed {
  const values = core.typed();
  return {
    mask: typed.mask,
    add(value, isSettled) {
      typed.add(value, isSettled);
      if (value.startsWith(values[values.length - 1] ?? "")) values.pop();
      values.push(value);
      if (values.length > VALUES_MAX) values.shift();
    },
  };
}

/** Records this session; `next` is called when the next one has begun. */
function recordNow(core: Core, rules: Rules, next: () => void): Recording {
  for (const value of core.typed()) typed.add(value, true);
  const cost = createCost(() => performance.now());
  const sent = new Set<number>();
  /** Style sheets that the server has: named, they need not be sent. Pages without TLS compute no names. */
  const sheets = new Set(globalThis.crypto?.subtle && rules.sheets);
  const { record_assets = "own" } = rules;
  const isAll = record_assets === "all";
  const salt = core.window + Math.random();
  const shown = record_assets === "none" ? null : { all: new Map<string, string>(), isAll, salt };
  const page = createPage({
    node: (id) => seen.node(id),
    ...known,
    address: (url) => core.address(url),
    rules,
    shown,
    isHidden: (element) => (flags(table.entries.get(seen.id(element))) & (MASK | BLOCK)) !== 0,
  });
  const table = createTable(page, rules.mask_text || page.unreadable);
  const born = core.now();
  const { session } = core.identity();
  let watched = false;
  let href = "";
  let away = false;
  let stopped = false;
  let wanted = false;
  let snapshotAt = 0;
  let retaken = 0;
  let costAt = born;
  let unlog = () => {};
  let assets: Assets | null = null;
  let canvases: Canvases | null = null;

  const sender = createSender(core, {
    url: () => page.typed(page.address(location.href)),
    answered(ack) {
      watched = ack.watched === true;
      if (ack.snapshot) wanted = true;
      if (ack.wanted) assets?.want(ack.wanted);
      // It has them no more: a new picture brings them.
      for (const name of ack.sheets ?? []) wanted = sheets.delete(name) || wanted;
    },
    shorten: (lines) => (sheets.size ? nameSheets(lines, sheets, cost.during) : null),
    broken() {
      wanted = true;
    },
    refused: (status) => end("refused", status),
    packed: cost.packed,
  });
  const send = (line: string, isAside = false) => {
    sender.add(line, isAside);
    cost.event();
    if (sender.bytes() > SESSION_BYTES_MAX) end("bytes");
  };
  /** Says something of our own in the stream: numbers and fixed words only. */
  const remark = (tag: string, payload: Record<string, unknown>) =>
    send(json({ type: CUSTOM, timestamp: Math.round(core.now()), data: { tag, payload } }));
  /** Log lines that were left out, by kind. */
  const left: Record<string, number> = {};
  const leaveOut = (kind: string) => {
    left[`${kind}_left`] = (left[`${kind}_left`] ?? 0) + 1;
  };
  const report = () => remark("hm-cost", { ...cost.report(sender.bytes()), ...left });

  /** An event as it may leave the page; pictures of documents come by `picture`, nothing else. */
  const choke = (type: number, data: RecorderEvent["data"], time: number): string => {
    const raw = { type, timestamp: Math.round(time), data };
    note(raw, table);
    const masked = mask(raw, table);
    const settled = masked && settle(masked, sent);
    return settled ? json(settled) : "";
  };
  /** What cannot be masked does not leave; the picture is mended by a new one. */
  const failed = () => {
    core.lost(1);
    wanted = true;
  };
  /** The page has another address: it may be one on which nothing is sent. */
  const visit = () => {
    href = location.href;
    const was = away;
    const { origin, pathname, hash } = location;
    const route = rules.hash_routes && /^#!?\//.test(hash) ? hash.split("?")[0] : "";
    away = !!isBlocked(origin + pathname + route, rules);
    if (was && !away) wanted = true;
    if (!away && snapshotAt) remark("hm-page", { href: page.typed(page.address(href)) });
  };
  const look = () => {
    if (location.href !== href) visit();
    return !away && !stopped;
  };
  const seen: Observed = observe({
    block: page.unreadable ? LEFT_OUT : [LEFT_OUT, ...rules.block].join(","),
    now: () => core.now(),
    during: cost.during,
    event: (data, time) =>
      cost.during(() => {
        try {
          const line = look() && choke(INCREMENTAL, data, time);
          if (line) send(line);
        } catch {
          failed();
        }
      }),
    enter(node, parentId) {
      if (parentId === null) table.entries.clear();
      enterOne(node, table.entries.get(parentId ?? 0) ?? null, table);
    },
    prepare: (pieces, id) => clean(pieces, id, table),
    *page(node, size, time) {
      // Tokens that it brought were learnt before it is masked.
      table.grown.clear();
      sent.clear();
      try {
        const text = yield* picture(node, table);
        if (!look()) return;
        const { width, height, ...initialOffset } = size;
        const meta = choke(META, { href: location.href, width, height }, time);
        const offset = json({ initialOffset }).slice(1);
        const timestamp = Math.round(time);
        // The size of a page belongs to its picture, in one chunk with it.
        sender.flush();
        send(
          `${meta}\n{"type":${FULL_SNAPSHOT},"timestamp":${timestamp},"data":{"node":${text},${offset}}`,
        );
        sender.flush();
        cost.picture();
        snapshotAt = core.now();
        canvases?.again();
        for (const [data, at] of early) log(data, Math.max(at, time));
        early = [];
      } catch {
        failed();
      }
    },
    *frame(node, parentId, time) {
      try {
        const text = yield* picture(node, table);
        if (!look()) return;
        send(
          `{"type":${INCREMENTAL},"timestamp":${Math.round(time)},"data":{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":${parentId},"nextId":null,"node":${text}}],"isAttachIframe":true}}`,
        );
      } catch {
        failed();
      }
    },
    document: (inner) =>
      watchFields(inner, inner === document ? known : { ...known, typed: toldTo(core) }),
    keep: (field) => known.sensitive.add(field),
    shaken() {
      if (look()) core.emit("thrash");
    },
  });
  const snapshot = () => {
    // What a late mark hides is shown no longer; the picture names anew what may be.
    if (table.isOld) shown?.all.clear();
    wanted = table.isOld = false;
    page.again();
    seen.picture();
  };
  /** Pictures and fonts go once to each session, after what shows them. */
  let taking: typeof import("./assets/assets") | null = null;
  const takeAlong = () => {
    if (!shown?.all.size || !taking || stopped) return;
    assets ??= taking.watchAssets({
      isAll,
      during: cost.during,
      tell: (payload) => tell("hm-asset", payload),
    });
    assets.look(shown.all);
  };
  if (shown)
    import(`${core.origin}/r-assets.js`).then(
      (script: typeof import("./assets/assets")) => {
        taking = script;
      },
      // They stand as boxes.
      () => {},
    );
  /** What was logged before there is a picture to show it with. */
  let early: [data: RecorderEvent["data"], time: number][] = [];
  const log = (data: RecorderEvent["data"], time: number) => {
    try {
      const line = look() && choke(CUSTOM, { ...data, body: seen.id(document.body) }, time);
      if (line) send(line, data.tag === "hm-asset");
    } catch {
      core.lost(1);
    }
  };
  const tell = (tag: string, payload: Record<string, unknown>, kind = tag.slice(3)) => {
    // Pictures wait for the page as it is after a late mark, and are looked at again then.
    if (snapshotAt && !(table.isOld && tag === "hm-asset"))
      cost.during(() => log({ tag, payload }, core.now()));
    else if (early.length < (kind === "errors" ? EARLY_ERRORS_MAX : EARLY_MAX))
      early.push([{ tag, payload }, core.now()]);
    else leaveOut(kind);
  };
  const { record_console = false, record_network = false } = rules;
  if (rules.record_canvas)
    import(`${core.origin}/r-canvas.js`).then(
      ({ watchCanvases }: typeof import("./canvas/canvas")) => {
        if (stopped) return;
        canvases = watchCanvases({
          entries: table.entries,
          node: seen.node,
          rules,
          may: () => snapshotAt > 0 && look(),
          during: cost.during,
          tell: (payload) => tell("hm-canvas", payload),
        });
      },
      // They stand as boxes.
      () => {},
    );
  if (record_console || record_network)
    import(`${core.origin}/r-logs.js`).then(
      ({ watchLogs }: typeof import("./logs/logs")) => {
        if (stopped) return;
        const { origin } = core;
        const [console, network] = [record_console, record_network];
        unlog = watchLogs({ console, network, origin, tell, left: leaveOut });
      },
      // Without them the recording is as good.
      () => {},
    );
  /** Sheets that came later name attributes that were left out before: they go after them. */
  function* resend(names: string[]): Generator<undefined, void> {
    for (const id of table.entries.keys()) {
      const element = seen.node(id);
      yield;
      if (element?.nodeType !== 1) continue;
      const found: Record<string, string> = {};
      for (const name of names) {
        const value = (element as Element).getAttribute(name);
        if (value !== null) found[name] = value;
      }
      if (Object.keys(found).length) seen.again(id, found);
    }
  }
  function* recheck(): Generator<undefined, void> {
    if (yield* page.recheck()) table.isOld = true;
  }
  const tick = () => {
    if (stopped) return;
    const now = core.now();
    if (look()) {
      if ((wanted || table.isOld) && now - snapshotAt >= SNAPSHOT_MS) {
        if (retaken++ >= RETAKEN_MAX) return end("pictures");
        snapshot();
      }
      if (table.grown.size) seen.slowly(resend([...table.grown]));
      table.grown.clear();
      if (table.isTouched) seen.slowly(recheck());
      table.isTouched = false;
      cost.during(seen.look);
      if (snapshotAt) cost.during(takeAlong);
    }
    if (cost.isTooHigh()) end("cost");
    if (now - costAt >= COST_MS) {
      costAt = now;
      report();
    }
    const opened = sender.openedAt();
    const period = watched || now - born < YOUNG_MS ? TICK_MS : PERIOD_MS;
    if (opened && now - opened >= period - TICK_MS / 2) sender.flush();
  };
  const end = (reason: string, status?: number) => {
    if (stopped) return;
    // First, because what it says is counted too.
    stopped = true;
    // Never into a session that is not recorded.
    if (!away && core.identity().session === session) {
      report();
      remark("hm-stop", { reason, status });
    }
    clearInterval(timer);
    unlog();
    assets?.stop();
    canvases?.stop();
    seen.stop();
    sender.flush();
  };
  const timer = setInterval(tick, TICK_MS);
  const forget = core.onNewSession(() => {
    end("over");
    forget();
    // Not in this round of calls, in which it would be called itself.
    queueMicrotask(next);
  });
  visit();
  seen.picture();
  return {
    end,
    leave() {
      if (!stopped) {
        seen.flush();
        if (snapshotAt) report();
      }
      sender.leave();
    },
  };
}
