// What a file tells beside the recorder's events.
import type { ChunkRow, SharedSession } from "@hitmetrix/wire";

export interface About {
  site: string;
  time_zone: string;
  exported_at_ms: number;
  /** None when the session has no event. */
  session: SharedSession | null;
  chunks: ChunkRow[];
}

/** Reads it from the page that it stands in. */
export function readAbout(page: Pick<Document, "getElementById">): About {
  const about = JSON.parse(page.getElementById("about")?.textContent ?? "{}") as Partial<About>;
  return {
    site: about.site ?? "",
    time_zone: about.time_zone ?? "UTC",
    exported_at_ms: about.exported_at_ms ?? 0,
    session: about.session ?? null,
    chunks: about.chunks ?? [],
  };
}
