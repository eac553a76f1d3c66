// What a file tells beside the recorder's events.
import type { ChunkRow } from "@hitmetrix/wire";
import type { Watched } from "../watched.ts";

export interface About {
  site: string;
  time_zone: string;
  exported_at_ms: number;
  session: Watched & { person_hidden: boolean };
  chunks: ChunkRow[];
}

/** Reads it from the page that it stands in. A session without events is known by its chunks. */
export function readAbout(page: Pick<Document, "getElementById">): About {
  const about = JSON.parse(page.getElementById("about")?.textContent ?? "{}") as Partial<About>;
  const chunks = about.chunks ?? [];
  const times = chunks.flatMap((chunk) => [chunk.first_ms, chunk.last_ms]);
  return {
    site: about.site ?? "",
    time_zone: about.time_zone ?? "UTC",
    exported_at_ms: about.exported_at_ms ?? 0,
    session: about.session ?? nobody(Math.min(...times), Math.max(...times)),
    chunks,
  };
}

function nobody(started_ms: number, ended_ms: number): About["session"] {
  const unknown = { country: "", browser: "", browser_version: "", system: "", device: "" };
  const from = { channel: "", source: "" };
  return { started_ms, ended_ms, ...unknown, ...from, events: [], person_hidden: true };
}
