import { record as rrweb } from "@rrweb/record";
import type { Core } from "../../tracker/src/core";
import { isBlocked } from "../../tracker/src/is_blocked";
import { isSampled } from "../../tracker/src/is_sampled";
import { createCost } from "./cost";
import {
  CUSTOM,
  FULL_SNAPSHOT,
  INCREMENTAL,
  META,
  type Node as Recorded,
  type RecorderEvent,
} from "./events";
import { type Known, watchFields } from "./fields";
import { json } from "./json";
import { mask } from "./mask";
import { note } from "./note";
import { createPage } from "./page";
import { createSender } from "./sender";
import { settle } from "./settle";
import { createTable } from "./table";
import { createTyped, type Typed, VALUES_MAX } from "./typed";

const TICK_MS = 1000;
/** Chunks go every second while the page is this young, so that short visits arrive. */
const YOUNG_MS = 10_000;
const PERIOD_MS = 5000;
/** Bytes of one session in one window, before compression; then recording ends, and says so. */
const SESSION_BYTES_MAX = 48 << 20;
const COST_MS = 60_000;
/** Full snapshots that others ask for come at most this often. */
const SNAPSHOT_MS = 2000;

/** What is known of the page outlives a recording of it: a blocked page only interrupts one. */
const known: Known = { typed: createTyped(), secrets: createTyped(), sensitive: new WeakSet() };
const { typed } = known;

/**
 * Records what the screen does until the returned function is called. Nothing is captured when the
 * site's rules say so, did not come, or the visitor refused.
 */
export function record(core: Core): () => void {
  let stop = () => {};
  let over = false;
  const start = () => {
    if (over || core.refused()) return;
    const ended = recordNow(core);
    stop = () => ended();
  };
  const rules = core.rules();
  if (!rules?.record || core.refused()) return stop;
  if (rules.sample >= 1) start();
  else void core.session().then((session) => isSampled(session, rules.sample) && start());
  return () => {
    over = true;
    stop();
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

function recordNow(core: Core): () => void {
  const rules = core.rules();
  if (!rules) return () => {};
  const { mirror } = rrweb;
  for (const value of core.typed()) typed.add(value, true);
  const cost = createCost();
  const sent = new Set<number>();
  const ends: (() => void)[] = [];
  const page = createPage({
    node: (id) => mirror.getNode(id),
    ...known,
    address: (url) => core.address(url),
    rules,
  });
  const table = createTable(page, rules.mask_text || page.unreadable);
  const born = core.now();
  let { session } = core.identity();
  let watched = false;
  let href = "";
  let meta = "";
  /** Bytes that went to earlier sessions. */
  let before = 0;
  let away = false;
  let stopped = false;
  let wanted = false;
  let snapshotAt = 0;
  let costAt = born;

  const sender = createSender(core, {
    url: () => page.typed(page.address(location.href)),
    answered(ack) {
      watched = ack.watched === true;
      if (ack.snapshot) wanted = true;
    },
    broken() {
      wanted = true;
    },
    refused: () => end("refused"),
  });
  /** Says something of our own in the stream: numbers and fixed words only. */
  const remark = (tag: string, payload: Record<string, unknown>) =>
    sender.add(json({ type: CUSTOM, timestamp: Math.round(core.now()), data: { tag, payload } }));

  /** Everything that rrweb sees comes here, and nothing of it goes another way. */
  const choke = (raw: RecorderEvent) => {
    note(raw, table);
    if (raw.type === FULL_SNAPSHOT || raw.type === INCREMENTAL) watchFrames(raw);
    const masked = mask({ ...raw, timestamp: Math.round(core.now()) }, table);
    const settled = masked && settle(masked, sent);
    if (!settled) return;
    const line = json(settled);
    if (raw.type === META) {
      // The size of a page belongs to its picture, in one chunk with it.
      meta = line;
    } else if (raw.type === FULL_SNAPSHOT) {
      sender.flush();
      sender.add(`${meta}\n${line}`);
      sender.flush();
    } else {
      sender.add(line);
    }
  };
  const emit = (event: unknown) => {
    if (stopped) return;
    const raw = event as RecorderEvent;
    const from = performance.now();
    try {
      if (location.href !== href) visit();
      if (away) return;
      choke(raw);
      if (raw.type === FULL_SNAPSHOT) snapshotAt = core.now();
      if (sender.bytes() - before > SESSION_BYTES_MAX) end("bytes");
    } catch {
      // An event that cannot be masked does not leave; the picture is mended by a new snapshot.
      core.lost(1);
      wanted = true;
    } finally {
      cost.add(raw.type, performance.now() - from);
    }
  };
  /** The page has another address: it may be one on which nothing is sent. */
  const visit = () => {
    href = location.href;
    const was = away;
    const { origin, pathname, hash } = location;
    const route = rules.hash_routes && /^#!?\//.test(hash) ? hash.split("?")[0] : "";
    away = isBlocked(origin + pathname + route, rules);
    if (was && !away) wanted = true;
    if (!away && snapshotAt) remark("hm-page", { href: page.typed(page.address(href)) });
  };
  const watchFrames = (raw: RecorderEvent) => {
    // Rules that a sheet adds come under the same name, and have no node.
    const adds = (raw.data.adds as { node?: Recorded }[] | undefined) ?? [];
    for (const { node } of adds) {
      if (node?.type !== 0) continue;
      const inner = mirror.getNode(node.id);
      if (inner?.nodeType === 9) ends.push(watchDocument(inner as Document));
    }
  };
  const watchDocument = (inner: Document) => {
    const loaded = (event: Event) => {
      const target = event.target as Node | null;
      if (!target || !/^(IMG|VIDEO|INPUT)$/.test(target.nodeName)) return;
      const id = mirror.getId(target);
      if (id > 0)
        emit({
          type: INCREMENTAL,
          timestamp: 0,
          data: {
            source: 0,
            texts: [],
            removes: [],
            adds: [],
            attributes: [{ id, attributes: { src: "" } }],
          },
        });
    };
    const kinds = ["load", "loadedmetadata"];
    for (const kind of kinds) inner.addEventListener(kind, loaded, true);
    const unwatch = watchFields(
      inner,
      inner === document ? known : { ...known, typed: toldTo(core) },
    );
    return () => {
      for (const kind of kinds) inner.removeEventListener(kind, loaded, true);
      unwatch();
    };
  };
  const snapshot = () => {
    wanted = false;
    try {
      rrweb.takeFullSnapshot(true);
    } catch {
      // Not started yet: the first snapshot is still to come.
    }
  };
  /** Sheets that came later name attributes that were left out before: they go after them. */
  const resend = () => {
    const names = [...table.grown];
    table.grown.clear();
    const attributes = [];
    for (const id of table.entries.keys()) {
      const element = mirror.getNode(id);
      if (element?.nodeType !== 1) continue;
      const found: Record<string, string> = {};
      for (const name of names) {
        const value = (element as Element).getAttribute(name);
        if (value !== null) found[name] = value;
      }
      if (Object.keys(found).length) attributes.push({ id, attributes: found });
    }
    if (attributes.length)
      emit({
        type: INCREMENTAL,
        timestamp: 0,
        data: { source: 0, texts: [], removes: [], adds: [], attributes },
      });
  };
  const tick = () => {
    if (stopped) return;
    const now = core.now();
    if (location.href !== href) visit();
    if (wanted && !away && now - snapshotAt >= SNAPSHOT_MS) snapshot();
    if (table.grown.size && !away) resend();
    if (now - costAt >= COST_MS) {
      costAt = now;
      remark("hm-cost", cost.report(sender.bytes()));
    }
    const opened = sender.openedAt();
    const period = watched || now - born < YOUNG_MS ? TICK_MS : PERIOD_MS;
    if (opened && now - opened >= period - TICK_MS / 2) sender.flush();
  };
  const end = (reason: string) => {
    if (stopped) return;
    // Never into a session that is not recorded.
    if (!away && core.identity().session === session) remark("hm-stop", { reason });
    stopped = true;
    for (const each of ends) each();
    sender.flush();
  };

  visit();
  ends.push(watchDocument(document));
  const timer = setInterval(tick, TICK_MS);
  ends.push(() => clearInterval(timer));
  ends.push(
    core.onNewSession(() => {
      if (stopped) return;
      sender.flush();
      before = sender.bytes();
      if (core.refused() || !core.rules()?.record) end("refused");
      else {
        session = core.identity().session;
        snapshot();
      }
    }),
  );
  core.onHide(() => {
    if (stopped) return;
    if (snapshotAt) remark("hm-cost", cost.report(sender.bytes()));
    sender.leave();
  });
  const unrecord = rrweb({
    emit,
    blockSelector: ["[data-hm-block]", ...rules.block].join(","),
    // All masking is done at the choke point, which sees what rrweb would hide by half.
    maskInputOptions: {},
    slimDOMOptions: "all",
    sampling: { input: "last" },
    recordCrossOriginIframes: false,
    inlineImages: false,
    collectFonts: false,
    recordCanvas: false,
    keepIframeSrcFn: () => false,
    // The page's own calls run inside rrweb's wrappers: their errors are the page's to see.
    errorHandler: (error: unknown) => !(error instanceof DOMException),
  });
  if (unrecord) ends.push(unrecord);
  // Tokens that the first snapshot brought were learnt before it was masked.
  table.grown.clear();
  return () => end("stopped");
}
