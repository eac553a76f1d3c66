/**
 * Plays a recording inside a same-origin document that runs nothing and asks nobody
 * (`/player-frame`). The replayer and all fetching run here, in the dashboard's page.
 */
import replayStyle from "@rrweb/replay/dist/style.css?raw";
import { activeIn } from "./active";
import { type Assets, createAssets } from "./assets";
import { fit } from "./fit";
import { grow } from "./grow";
import { type Away, createLoading, type Loaded } from "./loading";
import { plan, type Segment, type View, viewAt } from "./plan";
import { createRun, type Run } from "./run";
import { nextOfInterest } from "./skip";
import { BOX_RULES, type Stage } from "./stage";
import type { Chunk, Gap, Player, PlayerEvents, RecordingSource, State, Stretch } from "./types";

/** How far ahead of the picture chunks are loaded, in milliseconds of playing. */
const AHEAD_MS = 15_000;
/** Inactivity longer than this is skipped, but for its last moment. */
const INACTIVE_MS = 4000;
/** The moment before an action that is shown after what was skipped. */
const BEFORE_ACTION_MS = 1000;
/** A shorter pause in what is recorded is none that a timeline could show. */
const IDLE_MS = 10_000;
/** Who follows a recording that grows goes on there when its end has gone so far ahead. */
const BEHIND_MS_MAX = 3000;
/** How far behind the end who follows goes on. */
const BEHIND_MS = 1000;
/** Following, the picture is a little faster than time, so that it stays at the end. */
const FOLLOWING = 1.25;
/** A longer step between two frames means that the page was not shown meanwhile. */
const FRAME_MS_MAX = 250;
/** Pictures that came are shown so long after the first of them. */
const DRESS_MS = 50;
/**
 * The replayer takes a seek back for one ahead when the last thing it played was a move of the pointer
 * that began before that moment: moves are told half a second at a time. So little back begins anew.
 */
const MOVES_MS = 1000;
/** What is said while chunks do not come. */
const AWAY: Record<Away, State> = {
  trying: { status: "loading", message: "The server cannot be reached. Trying again…" },
  "given-up": { status: "failed", message: "The server cannot be reached. Play asks it again." },
  "signed-out": {
    status: "failed",
    message: "Nobody is signed in any more, or the link has ended. Sign in again, then play.",
  },
};
/** The mark of the last picture that was asked for. */
const SHOWN = "hitmetrix-picture";

/** Shows the beginning and waits for `play`. */
export function attach(frame: HTMLIFrameElement, source: RecordingSource): Player {
  let known = source.chunks;
  let acted = source.acts?.length ?? 0;
  let planned = plan(known, source.acts);
  const { started_ms } = planned;
  let { duration, views, pages } = planned;
  const gaps: Gap[] = [...planned.gaps];
  const callbacks = new Map<string, Set<(value: never) => void>>();
  const brought = new Map<string, Assets>();
  const loading = createLoading(source, assetsOf, {
    broken({ first_ms, last_ms }, reason) {
      const [from_ms, to_ms] = [first_ms - started_ms, last_ms - started_ms];
      gaps.push({ reason, missing: 1, from_ms, to_ms });
      emit("gap", gaps);
    },
    away(how) {
      away = how;
      // What is there plays on meanwhile.
      if (busy || state.status === "loading") become(waiting());
    },
    came(chunk, events) {
      emit("active", { chunk, spans: activeIn(events, IDLE_MS) });
      for (const { type, timestamp, data } of events) {
        if (type !== 5 || data.tag !== "hm-stop") continue;
        const { reason, status } = data.payload as { reason?: unknown; status?: unknown };
        const at_ms = timestamp - started_ms;
        emit("stop", { at_ms, reason: String(reason), status: Number(status) || 0 });
      }
    },
  });
  const frameFit = fit(frame);
  let state: State = { status: "loading" };
  let position = 0;
  let factor = 1;
  let skipping = false;
  let following = false;
  let paced = factor;
  let wanted: "playing" | "paused" = "paused";
  let run: Run | null = null;
  let view: View | undefined;
  let turn = 0;
  let busy = false;
  let frameAt = 0;
  let destroyed = false;
  let shownWindow = "";
  /** The picture that is there cannot be shown. */
  let isBroken = false;
  let isDressing = false;
  let away: Away | null = null;
  /** The picture of where it stands did not come. */
  let stranded = false;
  const ready = whenReady(frame).then(prepare);

  function emit<Name extends keyof PlayerEvents>(name: Name, value: PlayerEvents[Name]): void {
    for (const callback of callbacks.get(name) ?? []) callback(value as never);
  }
  function become(next: State): void {
    if (next.status === state.status && next.message === state.message) return;
    state = next;
    emit("state", state);
  }
  /** What comes next is not there yet. */
  function waiting(): State {
    return away ? AWAY[away] : { status: "loading" };
  }
  /** What did not come is asked for once more. */
  function again(): void {
    if (away !== "trying") away = null;
    loading.again();
  }
  /** Pictures and fonts by page loads: what stands for one may stand for another elsewhere. */
  function assetsOf(window: string): Assets {
    const known = brought.get(window);
    if (known) return known;
    const made = createAssets([...BOX_RULES]);
    made.changed = dress;
    brought.set(window, made);
    return made;
  }
  /** Shows what has come, together with what comes right behind it. */
  function dress(): void {
    if (isDressing) return;
    isDressing = true;
    setTimeout(() => {
      isDressing = false;
      run?.stage.dress();
    }, DRESS_MS);
  }
  function broken(): void {
    isBroken = true;
    become({ status: "failed", message: "The picture of this page cannot be read." });
  }
  async function show(ms: number): Promise<void> {
    const mine = ++turn;
    busy = true;
    const back_ms = position - ms;
    position = Math.min(Math.max(0, ms), duration);
    stranded = false;
    again();
    try {
      await ready;
      const next = viewAt(views, position);
      if (!next) {
        become({ status: "failed", message: "This recording has no full picture of a page." });
        return;
      }
      const into = loading.of(next.segment);
      const head = next.segment.chunks[0];
      if (head && !into.chunks.has(head)) become(waiting());
      await loading.until(into, position + started_ms);
      if (mine !== turn || destroyed) return;
      if (head && !into.chunks.has(head) && !into.broken.has(head)) {
        stranded = true;
        become(waiting());
        return;
      }
      mount(next, into, back_ms);
      // The replayer takes in added events a moment later.
      await Promise.resolve().then(() => {});
      if (mine !== turn || destroyed) return;
      if (!run) {
        broken();
        return;
      }
      start(position);
      run?.stage.videos(position + started_ms);
      tellShown(position);
      emit("time", position);
      if (assetsOf(next.segment.window).lacks()) void loading.pictures(before(next));
    } catch {
      // Whatever a recording had in it that nobody thought of.
      if (mine === turn && !destroyed) broken();
    } finally {
      if (mine === turn) busy = false;
    }
  }
  /** Puts a view on the stage, unless what is there leads to it. */
  function mount(next: View, into: Loaded, back_ms: number): void {
    view = inPlan(next) ?? next;
    const isForward = back_ms <= 0;
    const isLittle = !isForward && back_ms < MOVES_MS;
    const leads =
      !isBroken &&
      !isLittle &&
      (run?.beganWith(next.segment) || (isForward && run?.has(next.segment)));
    if (leads) {
      run?.take();
    } else {
      isBroken = false;
      const old = run?.stage ?? null;
      const root = frame.contentDocument?.body;
      run = root
        ? createRun(root, into, {
            speed: paced,
            assets: assetsOf(next.segment.window),
            sized({ width, height }) {
              frameFit.size(width, height);
              emit("size", { width, height });
            },
            broken,
          })
        : null;
      const stage = run?.stage ?? null;
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
  /** What came before in the same page load, where what is shown now may have been taken along. */
  function before({ segment }: View): Segment[] {
    const segments = [...new Set(views.map((each) => each.segment))];
    const earlier = segments.slice(0, segments.indexOf(segment));
    return earlier.filter(({ window }) => window === segment.window);
  }
  function extend(more: readonly Chunk[], acts: RecordingSource["acts"] = []): void {
    const grown = grow(planned, known, more, acts);
    if (grown.chunks === known && acts.length === acted) return;
    known = grown.chunks;
    acted = acts.length;
    planned = grown.plan;
    ({ duration, views, pages } = planned);
    // Where another page load is in front by now, the picture changes with the next frame.
    view = view && (inPlan(view) ?? { ...view, to_ms: position });
    emit("length", duration);
  }
  /** The same view in the plan as it is now, while it is in front. */
  function inPlan(of: View): View | undefined {
    return views.find(
      ({ segment, from_ms, to_ms }) =>
        segment === of.segment && from_ms <= position && position < to_ms,
    );
  }
  /** Waits at the end, or catches up with it. */
  function keepUp(): void {
    const behind = duration - position;
    if (behind > BEHIND_MS_MAX) void show(duration - BEHIND_MS);
    else pace(FOLLOWING);
  }
  function pace(next: number): void {
    if (next === paced) return;
    paced = next;
    run?.stage.speed(next);
  }
  function start(ms: number): void {
    const at = ms + started_ms;
    if (wanted === "playing") {
      run?.stage.play(at);
      if (!isBroken) become({ status: "playing" });
    } else {
      run?.stage.show(at);
      if (!isBroken) become({ status: ms >= duration && duration > 0 ? "ended" : "paused" });
    }
  }

  function tick(now: number): void {
    if (destroyed) return;
    requestAnimationFrame(tick);
    const step = Math.min(FRAME_MS_MAX, now - frameAt) * factor;
    frameAt = now;
    if (busy || !view) return;
    const grown = prepareAhead(view, position + AHEAD_MS * Math.max(1, factor));
    if (wanted !== "playing") return;
    advance(step, grown);
  }
  /** Loads what comes next, and hands it to the picture that is shown as far as it leads there. */
  function prepareAhead(from: View, ahead: number): boolean {
    const into = loading.of(from.segment);
    void loading.until(into, ahead + started_ms);
    const next = viewAt(views, from.to_ms);
    if (next && next.segment !== from.segment && next.from_ms <= ahead) {
      const following = loading.of(next.segment);
      void loading.until(following, ahead + started_ms);
      if (run?.last() === from.segment) run.follow(following);
    }
    return run?.take() ?? false;
  }
  function advance(step: number, grown: boolean): void {
    if (!run || !view || isBroken || stranded) return;
    const { stage } = run;
    if (position + started_ms >= run.completeUntil()) {
      // What comes next is still on its way.
      if (following && !away) return;
      if (state.status === "playing") stage.pause();
      become(waiting());
      return;
    }
    if (state.status === "loading" || (grown && !stage.running())) {
      stage.play(position + started_ms);
      become({ status: "playing" });
    }
    position = stage.running() ? Math.max(position, stage.now() - started_ms) : position + step;
    // A page on which nothing has moved yet begins at the very end.
    if (following) position = Math.min(position, duration);
    if (position >= duration && !following) {
      position = duration;
      wanted = "paused";
      // The clock may arrive before the last events were cast: the picture of the end has them.
      stage.show(duration + started_ms);
      become({ status: "ended" });
    } else if (position >= view.to_ms) {
      const next = viewAt(views, position);
      if (next && run.has(next.segment)) view = next;
      else void show(position);
    } else if (following) {
      if (position < duration) keepUp();
    } else if (skipping) {
      skipAhead();
    }
    run?.stage.videos(position + started_ms);
    emit("time", position);
  }
  /** Goes to shortly before the next thing the visitor did, if that is some time away. */
  function skipAhead(): void {
    const next = nextOfInterest(views, position, { started_ms, of: loading.of });
    if ("chunk" in next) {
      // However long the pause is: what comes after it is loaded while it plays.
      void loading.until(next.into, next.chunk.first_ms + AHEAD_MS);
      return;
    }
    const target = next.is === "act" ? next.at_ms - BEFORE_ACTION_MS : next.at_ms;
    if (target - position < INACTIVE_MS) return;
    const skipped: Stretch = { from_ms: position, to_ms: Math.min(target, duration) };
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

  frameAt = performance.now();
  requestAnimationFrame(tick);
  void show(0);

  return {
    get duration() {
      return duration;
    },
    started_ms,
    get pages() {
      return pages;
    },
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
      again();
      if (position >= duration) void show(0);
      else if (stranded) void show(position);
      else if (!busy && run) start(position);
    },
    pause() {
      wanted = "paused";
      if (busy) return;
      run?.stage.pause();
      if (state.status !== "failed" && state.status !== "ended") become({ status: "paused" });
    },
    seek: (ms) => show(ms),
    prepare(ms) {
      const at = Math.min(Math.max(0, ms), duration);
      const next = viewAt(views, at);
      if (next) void loading.until(loading.of(next.segment), at + started_ms);
    },
    speed(next) {
      factor = next;
      if (!following) pace(next);
    },
    skipInactivity(skip) {
      skipping = skip === "on";
    },
    extend,
    follow(follow) {
      following = follow === "on";
      if (!following) return pace(factor);
      wanted = "playing";
      void show(Math.max(position, duration - BEHIND_MS));
    },
    on(name, callback) {
      const known = callbacks.get(name) ?? new Set();
      callbacks.set(name, known);
      known.add(callback as (value: never) => void);
      return () => known.delete(callback as (value: never) => void);
    },
    destroy() {
      destroyed = true;
      loading.stop();
      turn++;
      run?.stage.destroy();
      run = null;
      frameFit.destroy();
      for (const assets of brought.values()) assets.destroy();
      callbacks.clear();
    },
  };
}

/** Says on the page's timeline that a picture stands: what measures the player has nothing else to go by. */
function tellShown(at_ms: number): void {
  performance.clearMarks(SHOWN);
  performance.mark(SHOWN, { detail: { at_ms } });
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

/** Resolves when the frame shows its document. */
export function whenReady(frame: HTMLIFrameElement): Promise<void> {
  const inner = frame.contentDocument;
  const there = inner?.readyState === "complete" && inner.URL !== "about:blank";
  if (there || (!frame.src && inner)) return Promise.resolve();
  return new Promise((resolve) => frame.addEventListener("load", () => resolve(), { once: true }));
}
