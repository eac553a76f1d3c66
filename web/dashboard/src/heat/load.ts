// What one picture of a heatmap is made of: three answers about the page, and where its picture is.
import type { Answer, PagePicture } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import { type Device, heatQuestion, isGroup, type Side } from "./heat.ts";

/** Zones with a row of their own. */
const ZONES = 200;
/** Places at most; of more the grid on the elements is coarser. */
const POINTS = 4000;

export interface SideData {
  zones: Answer;
  points: Answer;
  scroll: Answer;
  /** Null where no recording shows the page. */
  picture: PagePicture | null;
  /** The page that the picture shows: of a group the one with most sessions. */
  shown: string;
}

export async function loadSide(
  api: Api,
  { site, page, side }: { site: number; page: string; side: Side },
  signal: AbortSignal,
): Promise<SideData> {
  const ask = (rows: "zones" | "points" | "scroll", limit?: number) =>
    api.ask(site, heatQuestion(side, page, rows, limit), signal);
  const [zones, points, scroll, shown] = await Promise.all([
    ask("zones", ZONES),
    ask("points", POINTS),
    ask("scroll"),
    shownPage(api, { site, page, side }, signal),
  ]);
  const picture = await findPicture(api, { site, page: shown, device: side.device }, signal);
  return { zones, points, scroll, picture, shown };
}

/** Of a group of pages the one that most sessions saw. */
async function shownPage(
  api: Api,
  { site, page, side }: { site: number; page: string; side: Side },
  signal: AbortSignal,
): Promise<string> {
  if (!isGroup(page)) return page;
  const answer = await api.ask(site, heatQuestion(side, page, "pages", 1), signal);
  const first = answer.rows[1]?.[0];
  return typeof first === "string" ? first : page;
}

/** A picture of the page on such a device, else on any: clicks are kept by element. */
async function findPicture(
  api: Api,
  { site, page, device }: { site: number; page: string; device: Device | null },
  signal: AbortSignal,
): Promise<PagePicture | null> {
  for (const each of device ? [device, null] : [null]) {
    const picture = await api.picture(site, page, each, signal);
    if (picture) return picture;
  }
  return null;
}
