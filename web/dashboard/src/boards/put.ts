// Puts a saved insight on a board from elsewhere: the first free place is its own.
import type { BoardDetail, Panel } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import { compact, freeId, freePlace, sizeOf } from "./grid.ts";

export async function putInsight(
  api: Api,
  site: number,
  { board, insight }: { board: string; insight: string },
): Promise<BoardDetail> {
  const { name, description, common, version, panels } = await api.board(site, board);
  const there = compact(panels as Panel[]);
  const shows: Panel["shows"] = { insight, display: "chart" };
  const place = freePlace(there, sizeOf({ shows }).usual);
  const added: Panel = { id: freeId(there), place, shows };
  return api.changeBoard(site, board, {
    name,
    description,
    common,
    version,
    panels: [...there, added],
  });
}
