import { later } from "./natives";

/** Time that long work takes of the page before it gives way. */
const SLICE_MS = 8;

/** Does long work in slices, one piece of it after the other; the page gets its turn in between. */
export interface Slices {
  /** Puts work at the end of the row. */
  run(work: Generator<undefined, void>): void;
  /** The page is being left: as much as can be done in this time is done now. */
  finish(ms: number): void;
  /** Gives up what is not done. */
  stop(): void;
}

/** `during` does a piece of our work, which takes the page's time. */
export function createSlices(during: (work: () => void) => void): Slices {
  let row: Generator<undefined, void>[] = [];
  let isWaiting = false;
  const work = (ms: number) => {
    const end = performance.now() + ms;
    for (let first = row[0]; first; first = row[0]) {
      let isDone = true;
      try {
        isDone = first.next().done === true;
      } finally {
        // What throws is over.
        if (isDone) row = row.filter((each) => each !== first);
      }
      if (performance.now() > end) break;
    }
  };
  const wait = () => {
    if (isWaiting || !row.length) return;
    isWaiting = true;
    later(() => {
      isWaiting = false;
      try {
        during(() => work(SLICE_MS));
      } finally {
        wait();
      }
    }, 0);
  };
  return {
    run(generator) {
      row.push(generator);
      wait();
    },
    finish: (ms) => during(() => work(ms)),
    stop() {
      row = [];
    },
  };
}
