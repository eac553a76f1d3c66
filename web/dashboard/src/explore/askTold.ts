// Asks a question and is told how far it has come: lines of `{"progress": 0.4}`, at last one with
// the answer or with the problem, whose status is in it because the response's own is 200.
import type { Answer, Problem } from "@hitmetrix/wire";
import { ApiError } from "../api.ts";

interface Line {
  progress?: number;
  answer?: Answer;
  problem?: Problem;
}

export async function askTold(response: Response, told: (share: number) => void): Promise<Answer> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if (line.answer) return line.answer;
      if (line.problem) throw new ApiError(line.problem);
      if (line.progress !== undefined) told(line.progress);
    }
  }
  throw new ApiError({
    status: 0,
    code: "unreachable",
    title: "",
    detail: "the answer stopped before its end; the server may be restarting",
  });
}
