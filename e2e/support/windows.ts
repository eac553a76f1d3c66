// What was recorded of a session, page load by page load, as the server gives it.
import type { Owner } from "./api.ts";
import type { Server } from "./server.ts";

interface Chunk {
  readonly window: string;
  readonly sequence: number;
}

/** The recorder events of each window, one JSON a line, in the order of their chunks. */
export async function windowsOf(
  server: Server,
  owner: Owner,
  recorded: { readonly site: number; readonly session: string },
): Promise<string[][]> {
  const path = `sites/${recorded.site}/recordings/${recorded.session}`;
  const { chunks } = await owner.get<{ chunks: Chunk[] }>(path);
  const windows = new Map<string, string[]>();
  for (const { window, sequence } of [...chunks].sort((a, b) => a.sequence - b.sequence)) {
    const url = `${server.origin}/api/v1/${path}/chunks/${window}/${sequence}`;
    const answer = await fetch(url, { headers: { cookie: owner.cookie } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const lines = windows.get(window) ?? [];
    lines.push(...(await answer.text()).split("\n").filter(Boolean));
    windows.set(window, lines);
  }
  return [...windows.values()];
}
