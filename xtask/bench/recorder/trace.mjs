/**
 * Reads a trace of Chromium: the tasks of the page's main thread between two marks, and of each the
 * time that went into the recorder's scripts, by samples of the stack. All times are the thread's
 * processor time: what the machine does for others meanwhile does not count.
 */

/** What is traced. */
export const CATEGORIES = [
  "disabled-by-default-devtools.timeline",
  "blink.user_timing",
  "disabled-by-default-v8.cpu_profiler",
];
/** Scripts of the recorder: `/r.js`, and what it loads later. */
const OWN = /\/r(-[a-z]+)?\.js$/;

/** Reads a trace; the answer tells of the stretch between `begin NAME` and `end NAME`. */
export function readTrace(buffer) {
  const { traceEvents } = JSON.parse(buffer.toString());
  const marks = traceEvents.filter(({ cat, ph }) => cat === "blink.user_timing" && /[RI]/.test(ph));
  const at = (name) => marks.find((mark) => mark.name === name);
  const first = marks.find(({ name }) => name.startsWith("begin "));
  if (!first) throw new Error("the trace has no mark of the page");
  const mine = ({ pid, tid }) => pid === first.pid && tid === first.tid;
  const tasks = traceEvents
    .filter((event) => event.name === "RunTask" && event.ph === "X" && mine(event))
    .map(({ ts, dur, tdur = dur }) => ({ from: ts, to: ts + dur, spent: tdur, own: 0 }))
    .sort((a, b) => a.from - b.from);
  share(tasks, samples(traceEvents, first.pid));
  return (name) => {
    const [begin, end] = [at(`begin ${name}`), at(`end ${name}`)];
    if (!begin || !end) throw new Error(`the trace has no marks of ${name}`);
    const within = tasks.filter(({ from, to }) => to > begin.ts && from < end.ts);
    const ms = (values) => values.map((value) => value / 1000);
    const all = ms(within.map(({ spent }) => spent));
    const own = ms(within.map((task) => (task.own * task.spent) / (task.to - task.from || 1)));
    return {
      longest_ms: Math.max(0, ...all),
      busy_ms: sum(all),
      own_longest_ms: Math.max(0, ...own),
      own_ms: sum(own),
    };
  };
}

/** Stretches of time that were spent in our scripts, in order. */
function samples(events, pid) {
  const found = [];
  const profiles = events.filter((event) => event.name === "Profile" && event.pid === pid);
  for (const { id, args } of profiles) {
    const nodes = new Map();
    let time = args.data.startTime;
    const chunks = events.filter(
      (event) => event.name === "ProfileChunk" && event.pid === pid && event.id === id,
    );
    for (const chunk of chunks) {
      const { cpuProfile, timeDeltas = [] } = chunk.args.data;
      for (const node of cpuProfile?.nodes ?? []) {
        const parent = nodes.get(node.parent);
        nodes.set(node.id, parent === true || OWN.test(node.callFrame.url ?? ""));
      }
      for (const [index, node] of (cpuProfile?.samples ?? []).entries()) {
        const spent = timeDeltas[index] ?? 0;
        time += spent;
        // A sample stands for the time since the one before it.
        if (nodes.get(node)) found.push({ at: time, spent });
      }
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Gives each task the samples that were taken in it. */
function share(tasks, all) {
  let index = 0;
  for (const { at, spent } of all) {
    while (index < tasks.length && tasks[index].to < at) index += 1;
    const task = tasks[index];
    if (task && task.from <= at) task.own += Math.min(spent, at - task.from);
  }
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
