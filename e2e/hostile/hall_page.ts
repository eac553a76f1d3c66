// Runs in a page of the tests: plays recordings as the dashboard does, each in a frame of its own.
import { attach } from "../../web/dashboard/src/player/attach.ts";
import { openPicture } from "../../web/dashboard/src/player/picture.ts";

/** How a recording ended. */
export interface Outcome {
  readonly status: string;
  readonly message: string;
  /** What the picture says. */
  readonly text: string;
}

declare global {
  interface Window {
    /** Plays a recording from its beginning for a moment, and shows its beginning and its end. */
    play(lines: string): Promise<Outcome>;
    /** Shows its end at full height, as heatmaps and the marking of elements do. */
    picture(lines: string): Promise<Outcome>;
  }
}

const PLAYED_MS = 100;
const LIMIT_MS = 60_000;

/** A frame as the dashboard has it, for one recording. */
function playerFrame(): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.src = "/player-frame";
  document.body.append(frame);
  return frame;
}

/** The only chunk of a recording. */
function chunkOf(lines: string) {
  const times = [...lines.matchAll(/"timestamp":(\d+)/g)].map(([, time]) => Number(time));
  return {
    window: "w",
    sequence: 0,
    last_sequence: 0,
    first_ms: Math.min(...times, Date.now()),
    last_ms: Math.max(...times, 0),
    events: times.length,
    snapshot: true,
    keyframe: false,
    path: "/",
  };
}

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

function late(): Promise<never> {
  return pause(LIMIT_MS).then(() => {
    throw new Error("it never came to an end");
  });
}

window.picture = async (lines) => {
  const frame = playerFrame();
  const chunk = chunkOf(lines);
  const source = { chunks: [chunk], at_ms: chunk.last_ms, load: () => Promise.resolve(lines) };
  try {
    const picture = await Promise.race([openPicture(frame, source), late()]);
    picture.scale(0.5);
    await pause(50);
    const text = picture.document.body?.innerText ?? "";
    picture.destroy();
    return { status: "shown", message: "", text };
  } catch (error) {
    return { status: "failed", message: error instanceof Error ? error.message : "", text: "" };
  } finally {
    frame.remove();
  }
};

window.play = async (lines) => {
  const frame = playerFrame();
  const player = attach(frame, { chunks: [chunkOf(lines)], load: () => Promise.resolve(lines) });
  const whole = async () => {
    await player.seek(0);
    player.speed(8);
    player.play();
    await pause(PLAYED_MS);
    player.pause();
    await player.seek(0);
    await player.seek(player.duration);
    await pause(50);
  };
  try {
    await Promise.race([whole(), late()]);
    const inner = frame.contentDocument?.querySelector("iframe")?.contentDocument;
    const { status, message = "" } = player.state;
    return { status, message, text: inner?.body?.innerText ?? "" };
  } finally {
    player.destroy();
    frame.remove();
  }
};
