// Runs in a page of the tests: plays recordings as the dashboard does, each in a frame of its own.
import { attach } from "../../web/dashboard/src/player/attach.ts";

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
  }
}

const PLAYED_MS = 100;
const LIMIT_MS = 20_000;

window.play = async (lines) => {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.src = "/player-frame";
  document.body.append(frame);
  const times = [...lines.matchAll(/"timestamp":(\d+)/g)].map(([, time]) => Number(time));
  const chunk = {
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
  const player = attach(frame, { chunks: [chunk], load: () => Promise.resolve(lines) });
  const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));
  const late = new Promise<never>((_, fail) => {
    setTimeout(() => fail(new Error("it never came to an end")), LIMIT_MS);
  });
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
    await Promise.race([whole(), late]);
    const inner = frame.contentDocument?.querySelector("iframe")?.contentDocument;
    const { status, message = "" } = player.state;
    return { status, message, text: inner?.body?.innerText ?? "" };
  } finally {
    player.destroy();
    frame.remove();
  }
};
