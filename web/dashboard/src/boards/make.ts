// Makes a board of a template: first the insights that it needs, then the board. One that is there
// already under its name, with the same question, is taken and not made twice.
import type { BoardDetail, InsightDraft } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import { copyName } from "../explore/insight.ts";
import { toSave } from "./inCommon.ts";
import { draftsOf, panelsOf, type SavedPart, type Template } from "./templates.ts";

export async function makeBoard(
  api: Api,
  site: number,
  { name, template }: { name: string; template: Template },
): Promise<BoardDetail> {
  const known = (await api.insights(site)).filter((each) => each.archived_at_ms === undefined);
  const taken = new Set(known.map((each) => each.name));
  const saved = new Map<string, SavedPart>();
  for (const draft of draftsOf(template)) {
    const same = known.find(
      (each) =>
        each.name === draft.name &&
        each.address === draft.address &&
        each.kind === draft.question.kind,
    );
    saved.set(draft.name, same ?? (await made(api, site, { draft, taken })));
  }
  return api.addBoard(site, {
    name,
    description: template.name === "blank" ? "" : template.about,
    common: toSave(template.common),
    panels: panelsOf(template, saved),
  });
}

async function made(
  api: Api,
  site: number,
  { draft, taken }: { draft: InsightDraft; taken: Set<string> },
): Promise<SavedPart> {
  const name = taken.has(draft.name) ? copyName(draft.name, taken) : draft.name;
  taken.add(name);
  return await api.addInsight(site, { ...draft, name });
}
