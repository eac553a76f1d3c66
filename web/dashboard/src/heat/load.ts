// What one picture of a heatmap is made of: three answers about the page, and where its picture is.
import type { Answer, PagePicture } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import { textAt } from "../rows.ts";
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
  /** Null where no recording shows the page. */
  picture: PagePicture | null;
  /** The page that the picture shows: of a group one that many sessions saw. */
  shown: string;
}

interface Of {
  site: number;
  page: string;
  side: Side;
}

export async function loadSide(api: Api, of: Of, signal: AbortSignal): Promise<SideData> {
  const ask = (rows: "zones" | "points" | "scroll", limit?: number) =>
    api.ask(of.site, heatQuestion(of.side, of.page, rows, limit), signal);
  const [zones, points, scroll, pages] = await Promise.all([
    ask("zones", ZONES),
    ask("points", POINTS),
    ask("scroll"),
    pagesOf(api, of, signal),
  ]);
  const found = await findPicture(api, { ...of, pages }, signal);
  return { zones, points, scroll, isWorded: !isGroup(of.page), ...found };
}

/** The page; of a group those that most sessions saw. */
async function pagesOf(api: Api, { site, page, side }: Of, signal: AbortSignal): Promise<string[]> {
  if (!isGroup(page)) return [page];
  const answer = await api.ask(site, heatQuestion(side, page, "pages", PAGES), signal);
  const pages = answer.rows.slice(1).map((row) => textAt(row, 0));
  return pages.length > 0 ? pages : [page];
}

/**
 * A picture of the first page that has one on such a device, else on any: clicks are kept by
 * element.
 */
export async function findPicture(
  api: Pick<Api, "picture">,
  { site, pages, side }: { site: number; pages: readonly string[]; side: Side },
  signal: AbortSignal,
): Promise<{ picture: PagePicture | null; shown: string }> {
  for (const device of side.device ? [side.device, null] : [null]) {
    for (const shown of pages) {
      const picture = await api.picture(site, shown, device, signal);
      if (picture) return { picture, shown };
    }
  }
  return { picture: null, shown: pages[0] ?? "" };
}
