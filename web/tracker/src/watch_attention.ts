/**
 * How long the visitor attends to a page and how far it was scrolled, told when the page is left.
 * A pause of more than half a minute is not reading. Layout is read a moment after a scroll, never
 * within it.
 */
import { documentValue } from "./document_value.ts";
import { guard } from "./guard.ts";
import { later } from "./later.ts";
import type { Watched } from "./watched.ts";

/** The most that counts as engaged after one sign of somebody. */
const ATTENTION_MS = 30_000;
/** How long after scrolling its depth is measured. */
const MEASURE_MS = 250;
/** After so long without a sign of anybody events wait longer for others. */
const IDLE_MS = 10_000;
/** How long an event waits for others that go with it. */
const SEND_MS = 500;
/** The same while nobody gives a sign. */
const SEND_IDLE_MS = 5000;
/** A page already told as left is told again after this much more attention. */
const REPORT_MS_MIN = 500;
const SIGNS = "keydown pointerdown pointermove wheel touchmove scroll";
const clear = clearTimeout;

export function watchAttention({ base, listen, onPage, on }: Watched): void {
  const isShown = () => documentValue("visibilityState") !== "hidden";
  let isVisible = isShown();
  let last = isVisible ? base.since : base.now();
  let engaged = 0;
  let scrolled = 0;
  let isReported = false;
  let isMeasuring = false;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const attend = () => {
    const time = base.now();
    if (isVisible) engaged += Math.min(time - last, ATTENTION_MS);
    last = time;
  };
  const measure = guard(() => {
    isMeasuring = false;
    const { scrollHeight } = documentValue("documentElement") as Element;
    const seen = Math.round((100 * (scrollY + innerHeight)) / scrollHeight);
    scrolled = Math.max(scrolled, Math.min(100, seen));
  });
  const measureSoon = () => {
    if (!isMeasuring) later(measure, MEASURE_MS);
    isMeasuring = true;
  };
  const wake = () => {
    attend();
    base.delay = SEND_MS;
    clear(idle);
    idle = later(() => {
      base.delay = SEND_IDLE_MS;
    }, IDLE_MS);
  };
  for (const sign of SIGNS.split(" ")) listen(sign, wake);
  on("click", wake);
  listen("scroll", measureSoon);
  listen("visibilitychange", () => {
    attend();
    isVisible = isShown();
  });
  listen("pageshow", ({ persisted }) => {
    last = base.now();
    isVisible = isShown();
    if (persisted) base.settle(last, true);
  });
  onPage(() => {
    engaged = scrolled = 0;
    isReported = false;
    measureSoon();
  });
  measureSoon();
  wake();
  base.hooks.left = (isHiding) => {
    attend();
    if (isHiding) {
      measure();
      isVisible = false;
    }
    if (isReported && engaged < REPORT_MS_MIN) return undefined;
    isReported = true;
    const engaged_ms = Math.round(engaged);
    engaged = 0;
    return { engaged_ms, scroll_percent: scrolled };
  };
}
