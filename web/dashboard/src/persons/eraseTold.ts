// Erasing is told line by line: what is done, and at last what is gone or what went wrong.
import type { ErasedPerson, Problem } from "@hitmetrix/wire";
import { ApiError } from "../api.ts";

export type EraseProgress = { step: "recordings" } | { step: "parts"; done: number; all: number };

interface Line {
  progress?: EraseProgress;
  erased?: ErasedPerson;
  problem?: Problem;
}

export async function eraseTold(
  response: Response,
  told: (progress: EraseProgress) => void,
): Promise<ErasedPerson> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if (line.erased) return line.erased;
      if (line.problem) throw new ApiError(line.problem);
      if (line.progress) told(line.progress);
    }
  }
  throw new ApiError({
    status: 0,
    code: "unreachable",
    title: "",
    detail: "the connection was lost; what was begun goes on, look again in a minute",
  });
}

/** What happens just now, in words. */
export function progressWords(progress: EraseProgress | null): string {
  if (!progress || progress.step === "recordings") return "Recordings and their keys go…";
  return `Events go: ${progress.done} of ${progress.all} files written anew…`;
}
