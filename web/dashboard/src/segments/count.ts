// Counts several segments, some at a time, and tells each as it comes: a site may have hundreds.
import type { Answer, Question } from "@hitmetrix/wire";
import type { Api } from "../api.ts";

const AT_ONCE = 4;

export interface Asked {
  id: string;
  question: Question;
}

/** `told` gets each answer, or null where it could not be counted. */
export async function countEach(
  api: Pick<Api, "ask">,
  site: number,
  { all, signal }: { all: readonly Asked[]; signal: AbortSignal },
  told: (id: string, answer: Answer | null) => void,
): Promise<void> {
  const left = [...all];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next && !signal.aborted; next = left.shift()) {
      const { id, question } = next;
      const answer = await api.ask(site, question, signal).catch(() => null);
      if (!signal.aborted) told(id, answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
