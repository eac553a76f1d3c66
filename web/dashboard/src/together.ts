// Questions of counts that a screen asks at the same moment go out in one request: the server counts
// for all of them in one pass over the events, and browsers hold at most six requests open.
import type { Answer, AnswersTogether, Problem, Question } from "@hitmetrix/wire";

/** As many as the server takes at once. */
const MOST = 32;

/** Asks some questions of a site in one request. */
export type AskTogether = (
  site: number,
  questions: Question[],
  signal: AbortSignal,
) => Promise<AnswersTogether>;

/** Asks one. */
export type AskOne = (site: number, question: Question, signal?: AbortSignal) => Promise<Answer>;

interface Waiting {
  readonly site: number;
  readonly question: Question;
  readonly signal: AbortSignal | undefined;
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

/** Whether the server counts this kind together with others. */
export function isCounted({ kind, trend }: Question): boolean {
  return kind === "totals" || kind === "breakdown" || (kind === "trend" && !trend);
}

/** What questions must have in common to be counted in one pass. */
function whatIsCounted({ site, question }: Waiting): string {
  const { period, compare, time_zone, filters, bots } = question;
  return JSON.stringify([site, period, compare, time_zone, filters, bots]);
}

/** An asker that waits for what else is asked at the same moment. */
export function createTogether(
  one: AskOne,
  together: AskTogether,
  errorOf: (problem: Problem) => Error,
): AskOne {
  let waiting: Waiting[] = [];

  /** What a caller gave up is not asked for, or not waited for. */
  async function send(all: readonly Waiting[]): Promise<void> {
    const [first, ...others] = all;
    if (!first) return;
    if (others.length === 0) {
      one(first.site, first.question, first.signal).then(first.answered, first.failed);
      return;
    }
    const [left, done] = [new AbortController(), new AbortController()];
    let open = all.length;
    for (const { signal } of all) {
      // One of its own for each: a signal may be that of several questions.
      const leave = () => {
        open -= 1;
        if (open === 0) left.abort();
      };
      signal?.addEventListener("abort", leave, { once: true, signal: done.signal });
    }
    try {
      const questions = all.map(({ question }) => question);
      const { answers } = await together(first.site, questions, left.signal);
      for (const [place, { answered, failed }] of all.entries()) {
        const found = answers[place];
        if (found?.answer) answered(found.answer);
        else if (found?.problem) failed(errorOf(found.problem));
        else failed(new Error("the server answered fewer questions than it was asked"));
      }
    } catch (error) {
      for (const { failed } of all) failed(error);
    } finally {
      done.abort();
    }
  }

  function flush(): void {
    const all = waiting.filter(({ signal }) => !signal?.aborted);
    waiting = [];
    for (const counted of new Set(all.map(whatIsCounted))) {
      const mine = all.filter((each) => whatIsCounted(each) === counted);
      for (let from = 0; from < mine.length; from += MOST) void send(mine.slice(from, from + MOST));
    }
  }

  return (site, question, signal) => {
    if (!isCounted(question)) return one(site, question, signal);
    return new Promise((answered, failed) => {
      if (signal?.aborted) return failed(signal.reason);
      signal?.addEventListener("abort", () => failed(signal.reason), { once: true });
      if (waiting.length === 0) setTimeout(flush, 0);
      waiting.push({ site, question, signal, answered, failed });
    });
  };
}
