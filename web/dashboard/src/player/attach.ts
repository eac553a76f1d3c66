/**
 * Plays a recording inside a same-origin document that runs nothing and asks nobody
 * (`/player-frame`). The replayer and all fetching run here, in the dashboard's page.
 */
import replayStyle from "@rrweb/replay/dist/style.css?raw";
import { createAssets } from "./assets";
import { fit } from "./fit";
import { events as read } from "./lines";
import { plan, type Segment, type View, viewAt } from "./plan";
import { CANVAS_BOX, createStage, isInteraction, type Stage } from "./stage";
import type {
  Chunk,
  Gap,
  Player,
  PlayerEvents,
  RecordedEvent,
  RecordingSource,
  State,
  Stretch,
} from "./types";

/** How far ahead of the picture chunks are loaded, in milliseconds of playing. */
const AHEAD_MS = 15_000;
/** Inactivity longer than this is skipped, but for its last moment. */
const INACTIVE_MS = 4000;
const BEFORE_ACTION_MS = 1000;
/** A longer step between two frames means that the page was not shown meanwhile. */
const FRAME_MS_MAX = 250;

/** Pictures that came are shown so long after the first of them. */
const DRESS_MS = 50;

/** A segment with what is loaded of it. */
interface Loaded {
  segment: Segment;
  /** Events by chunk, sorted as the chunks are; absent until they came. */
  chunks: Map<Chunk, RecordedEvent[]>;
  broken: Set<Chunk>;
  pending: Map<Chunk, Promise<void>>;
  /** Chunks whose events the stage has. */
  staged: Set<Chunk>;
}

/** Shows the beginning and waits for `play`. */
export function attach(frame: HTMLIFrameElement, source: RecordingSource): Player {
  const { started_ms, duration, views, pages, gaps: planned } = plan(source.chunks);
  const gaps: Gap[] = [...planned];
  const callbacks = new Map<string, Set<(value: never) => void>>();
  const loaded = new Map<Segment, Loaded>();
  const frameFit = fit(frame);
  const assets = createAssets([CANVAS_BOX]);
  let state: State = { status: "loading" };
  let position = 0;
  let factor = 1;
  let skipping = false;
  let wanted: "playing" | "paused" = "paused";
  let stage: Stage | null = null;
  let view: View | undefined;
  let turn = 0;
  let busy = false;
  let frameAt = 0;
  let destroyed = false;
  let shownWindow = "";
  const ready = whenReady(frame).then(prepare);

  function emit<Name extends keyof PlayerEvents>(name: Name, value: PlayerEvents[Name]): void {
    for (const callback of callbacks.get(name) ?? []) callback(value as never);
  }
  function become(next: State): void {
    if (next.status === state.status && next.message === state.message) return;
    state = next;
    emit("state", state);
  }
  function contents(segment: Segment): Loaded {
    let found = loaded.get(segment);
    if (!found) {
      found = {
        segment,
        chunks: new Map(),
        broken: new Set(),
        pending: new Map(),
        staged: new Set(),
      };
      loaded.set(segment, found);
    }
    return found;
  }
  function load(into: Loaded, chunk: Chunk): Promise<void> {
    if (into.chunks.has(chunk) || into.broken.has(chunk)) return Promise.resolve();
    let pending = into.pending.get(chunk);
    if (!pending) {
      pending = source
        .load(chunk)
        .then((lines) => {
          into.chunks.set(chunk, read(lines, chunk.first_ms, assets));
        })
        .catch(() => {
          into.broken.add(chunk);
          const from_ms = chunk.first_ms - started_ms;
          gaps.push({ reason: "broken", missing: 1, from_ms, to_ms: chunk.last_ms - started_ms });
          emit("gap", gaps);
        })
        .finally(() => into.pending.delete(chunk));
      into.pending.set(chunk, pending);
    }
    return pending;
  }
  /** Loads all of a segment that is needed up to a time; its snapshot always. */
  function loadUntil(into: Loaded, ms: number): Promise<unknown> {
    const needed = into.segment.chunks.filter(
      (chunk, index) => index === 0 || chunk.first_ms <= ms + started_ms,
    );
    return Promise.all(needed.map((chunk) => load(into, chunk)));
  }
  /** Hands the stage what has come, in order: nothing after a chunk that is still on its way. */
  function restage(from: Loaded): boolean {
    let grown = false;
    for (const chunk of from.segment.chunks) {
      if (from.staged.has(chunk) || from.broken.has(chunk)) continue;
      const events = from.chunks.get(chunk);
      if (!events) break;
      from.staged.add(chunk);
      stage?.add(events);
      grown ||= events.length > 0;
    }
    return grown;
  }
  /** Epoch time until which the picture is complete. */
  function completeUntil(of: Loaded): number {
    const missing = of.segment.chunks.find(
      (chunk) => !of.staged.has(chunk) && !of.broken.has(chunk),
    );
    return missing ? missing.first_ms : Number.POSITIVE_INFINITY;
  }

  async function show(ms: number): Promise<void> {
    const mine = ++turn;
    busy = true;
    position = Math.min(Math.max(0, ms), duration);
    try {
      await ready;
      const next = viewAt(views, position);
      if (!next) {
        become({ status: "failed", message: "This recording has no full picture of a page." });
        return;
      }
      const into = contents(next.segment);
      const head = next.segment.chunks[0];
      if (head && !into.chunks.has(head)) become({ status: "loading" });
      await loadUntil(into, position);
      if (mine !== turn || destroyed) return;
      mount(next, into);
      // The replayer takes in added events a moment later.
      await Promise.resolve().then(() => {});
      if (mine !== turn || destroyed) return;
      if (!stage) {
        become({ status: "failed", message: "The picture of this page cannot be read." });
        return;
      }
      start(position);
      emit("time", position);
    } finally {
      if (mine === turn) busy = false;
    }
  }
  /** Puts a view on the stage, unless its page load is there already. */
  function mount(next: View, into: Loaded): void {
    const same = view?.segment === next.segment && stage !== null;
    view = next;
    if (same) {
      restage(into);
    } else {
      const old = stage;
      into.staged.clear();
      const begin: RecordedEvent[] = [];
      for (const chunk of next.segment.chunks) {
        const events = into.chunks.get(chunk);
        if (!events && !into.broken.has(chunk)) break;
        begin.push(...(events ?? []));
        into.staged.add(chunk);
      }
      const root = frame.contentDocument?.body;
      stage = root
        ? createStage(root, begin, {
            speed: factor,
            assets,
            sized({ width, height }) {
              frameFit.size(width, height);
              emit("size", { width, height });
            },
          })
        : null;
      frameFit.to(stage?.wrapper ?? null);
      keepPointer(old, stage);
      old?.destroy();
    }
    if (next.segment.window !== shownWindow) {
      shownWindow = next.segment.window;
      const page = pages.find(({ window }) => window === shownWindow);
      if (page) emit("page", page);
    }
  }
  function start(ms: number): void {
    const at = ms + started_ms;
    if (wanted === "playing") {
      stage?.play(at);
      become({ status: "playing" });
    } else {
      stage?.show(at);
      become({ status: ms >= duration && duration > 0 ? "ended" : "paused" });
    }
  }

  function tick(now: number): void {
    if (destroyed) return;
    requestAnimationFrame(tick);
    const step = Math.min(FRAME_MS_MAX, now - frameAt) * factor;
    frameAt = now;
    if (busy || !view) return;
    const into = contents(view.segment);
    const ahead = position + AHEAD_MS * Math.max(1, factor);
    void loadUntil(into, ahead);
    const next = views[views.indexOf(view) + 1];
    if (next && next.from_ms <= ahead) void loadUntil(contents(next.segment), ahead);
    const grown = restage(into);
    if (wanted !== "playing") return;
    advance(step, into, grown);
  }
  function advance(step: number, into: Loaded, grown: boolean): void {
    if (!stage || !view) return;
    if (position + started_ms >= completeUntil(into)) {
      // What comes next is still on its way.
      if (state.status === "playing") stage.pause();
      become({ status: "loading" });
      return;
    }
    if (state.status === "loading" || (grown && !stage.running())) {
      stage.play(position + started_ms);
      become({ status: "playing" });
    }
    position = stage.running() ? Math.max(position, stage.now() - started_ms) : position + step;
    if (position >= duration) {
      position = duration;
      wanted = "paused";
      // The clock may arrive before the last events were cast: the picture of the end has them.
      stage.show(duration + started_ms);
      become({ status: "ended" });
    } else if (position >= view.to_ms) {
      void show(position);
    } else if (skipping) {
      skipAhead(into);
    }
    emit("time", position);
  }
  /** Goes to shortly before the next thing the visitor did, if that is some time away. */
  function skipAhead(into: Loaded): void {
    if (!view) return;
    const next = nextAction(into, position + started_ms);
    const target = next === null ? view.to_ms : next - started_ms - BEFORE_ACTION_MS;
    const known = next !== null || completeUntil(into) === Number.POSITIVE_INFINITY;
    if (!known || target - position < INACTIVE_MS) return;
    const skipped: Stretch = { from_ms: position, to_ms: target };
    void show(target);
    emit("skip", skipped);
  }

  function prepare(): void {
    const inner = frame.contentDocument;
    if (!inner || destroyed) return;
    const style = inner.createElement("style");
    style.textContent = `${replayStyle}\nhtml,body{margin:0;height:100%;overflow:hidden;background:transparent}.replayer-wrapper>iframe{border:0;background:#fff}.replayer-mouse:not([style*=left]){visibility:hidden}`;
    inner.head.append(style);
  }

  let isDressing = false;
  assets.changed = () => {
    if (isDressing) return;
    isDressing = true;
    setTimeout(() => {
      isDressing = false;
      stage?.dress();
    }, DRESS_MS);
  };
  frameAt = performance.now();
  requestAnimationFrame(tick);
  void show(0);

  return {
    duration,
    started_ms,
    pages,
    get gaps() {
      return gaps;
    },
    get position() {
      return position;
    },
    get state() {
      return state;
    },
    play() {
      wanted = "playing";
      if (position >= duration) void show(0);
      else if (!busy && stage) start(position);
    },
    pause() {
      wanted = "paused";
      if (busy) return;
      stage?.pause();
      if (state.status !== "failed" && state.status !== "ended") become({ status: "paused" });
    },
    seek: (ms) => show(ms),
    speed(next) {
      factor = next;
      stage?.speed(next);
    },
    skipInactivity(skip) {
      skipping = skip === "on";
    },
    on(name, callback) {
      const known = callbacks.get(name) ?? new Set();
      callbacks.set(name, known);
      known.add(callback as (value: never) => void);
      return () => known.delete(callback as (value: never) => void);
    },
    destroy() {
      destroyed = true;
      turn++;
      stage?.destroy();
      stage = null;
      frameFit.destroy();
      assets.destroy();
      callbacks.clear();
    },
  };
}

/** The pointer stays where it was when a page gives way to the next. */
function keepPointer(from: Stage | null, to: Stage | null): void {
  const pointer = (stage: Stage | null) =>
    stage?.wrapper.querySelector<HTMLElement>(".replayer-mouse")?.style;
  const before = pointer(from);
  const after = pointer(to);
  if (!before?.left || !after) return;
  after.left = before.left;
  after.top = before.top;
}

/** Time of the next thing the visitor did, as far as it is loaded; epoch milliseconds. */
function nextAction(loaded: Loaded, after_ms: number): number | null {
  for (const chunk of loaded.segment.chunks) {
    if (chunk.last_ms <= after_ms) continue;
    for (const event of loaded.chunks.get(chunk) ?? []) {
      if (event.timestamp > after_ms && isInteraction(event)) return event.timestamp;
    }
  }
  return null;
}

/** Resolves when the frame shows its document. */
export function whenReady(frame: HTMLIFrameElement): Promise<void> {
  const inner = frame.contentDocument;
  const there = inner?.readyState === "complete" && inner.URL !== "about:blank";
  if (there || (!frame.src && inner)) return Promise.resolve();
  return new Promise((resolve) => frame.addEventListener("load", () => resolve(), { once: true }));
}
