// What one picture of a heatmap is made of: three answers about the page, and where its picture is.
import type { Answer, PagePicture } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import { loadOnce } from "../once.ts";
import type { Chunk } from "../player/index.ts";
import { numberAt, textAt } from "../rows.ts";
import { heatQuestion, isGroup, type Side } from "./heat.ts";

/** Zones with a row of their own. */
const ZONES = 200;
/** Places at most; of more the grid on the elements is coarser. */
const POINTS = 4000;

/** Pages of a group that are looked through for one that was recorded. */
const PAGES = 8;

export interface SideData {
  zones: Answer;
  points: Answer;
  scroll: Answer;
  /** Whether elements are told by their words too: of a single page, not of a group. */
  isWorded: boolean;
  /** Sessions on the page that the picture shows, where it is one of a group. */
  sessions: number | null;
  /** Null where no recording shows the page. */
  picture: PagePicture | null;
  /** Loads what has to be played of it, which is on its way since the picture was found. */
  chunk: (chunk: Chunk) => Promise<string>;
  /** The page that the picture shows: of a group one that many sessions saw. */
  shown: string;
}

/** What of it shows the page. */
export type Page = Pick<SideData, "picture" | "chunk">;

interface Of {
  site: number;
  page: string;
  side: Side;
}

/** Tells what the page looks like as soon as that is found: it is drawn while the rest is counted. */
export async function loadSide(
  api: Api,
  of: Of,
  signal: AbortSignal,
  tell: (page: Page) => void,
): Promise<SideData> {
  const ask = (rows: "zones" | "points" | "scroll", limit?: number) =>
    api.ask(of.site, heatQuestion(of.side, of.page, rows, limit), signal);
  // What shows the page is looked for as soon as it can be, and not behind the longest answer.
  const zones = ask("zones", ZONES);
  const found = Promise.all([zones, pagesOf(api, of, signal)]).then(async ([{ period }, pages]) => {
    const { from_ms, to_ms } = period;
    const sought = { ...of, pages: pages.map(({ page }) => page), from_ms, to_ms };
    const shown = await findPicture(api, sought, signal);
    const sessions = pages.find(({ page }) => page === shown.shown)?.sessions ?? null;
    return { ...shown, sessions, chunk: chunksOf(api, of.site, shown.picture) };
  });
  const [ofZones, points, scroll, picture] = await Promise.all([
    zones,
    ask("points", POINTS),
    ask("scroll"),
    found.then((page) => {
      if (!signal.aborted) tell(page);
      return page;
    }),
  ]);
  return { zones: ofZones, points, scroll, isWorded: !isGroup(of.page), ...picture };
}

/** Pictures whose chunks are kept, and letters of each: another question is mostly about the same. */
const KEPT_MAX = 4;
const LETTERS_MAX = 8 * 1024 * 1024;
const kept = new WeakMap<Pick<Api, "chunk">, Map<string, SideData["chunk"]>>();

/** Has the chunks of a picture come while the rest is still counted and drawn. */
export function chunksOf(
  api: Pick<Api, "chunk">,
  site: number,
  picture: PagePicture | null,
): SideData["chunk"] {
  const loaders = kept.get(api) ?? new Map<string, SideData["chunk"]>();
  kept.set(api, loaders);
  const session = picture?.session ?? "";
  const name = `${site} ${session}`;
  const load =
    loaders.get(name) ?? loadOnce((chunk) => api.chunk(site, session, chunk), LETTERS_MAX);
  // The one that was asked for last goes last.
  loaders.delete(name);
  loaders.set(name, load);
  for (const oldest of [...loaders.keys()].slice(0, -KEPT_MAX)) loaders.delete(oldest);
  // Who draws it is told of a failure, and tries again.
  for (const chunk of picture?.chunks ?? []) load(chunk).catch(() => undefined);
  return load;
}

/** The page; of a group those that most sessions saw, with how many that were. */
async function pagesOf(
  api: Api,
  { site, page, side }: Of,
  signal: AbortSignal,
): Promise<{ page: string; sessions: number | null }[]> {
  if (!isGroup(page)) return [{ page, sessions: null }];
  const answer = await api.ask(site, heatQuestion(side, page, "pages", PAGES), signal);
  const pages = answer.rows
    .slice(1)
    .map((row) => ({ page: textAt(row, 0), sessions: numberAt(row, 1) }));
  return pages.length > 0 ? pages : [{ page, sessions: null }];
}

/**
 * A picture of the first page that has one on such a device, else on any: clicks are kept by
 * element. Rather one of the time that the clicks are of, in which the page may have been another.
 */
export async function findPicture(
  api: Pick<Api, "picture">,
  {
    site,
    pages,
    side,
    from_ms,
    to_ms,
  }: { site: number; pages: readonly string[]; side: Side; from_ms: number; to_ms: number },
  signal: AbortSignal,
): Promise<{ picture: PagePicture | null; shown: string }> {
  for (const device of side.device ? [side.device, null] : [null]) {
    for (const shown of pages) {
      const picture = await api.picture(site, { page: shown, device, from_ms, to_ms }, signal);
      if (picture) return { picture, shown };
    }
  }
  return { picture: null, shown: pages[0] ?? "" };
}
