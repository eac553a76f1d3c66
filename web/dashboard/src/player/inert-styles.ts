import type { Assets } from "./assets";
import { inertCss } from "./inert-css";
import { isObject, type Json, objects } from "./json";

/** Style rules that were added, removed or replaced; a list of what is no rule is empty. */
export function styleRules(data: Json, assets?: Assets): Json {
  // The same without imports; where a sheet cannot be replaced, it says so at once.
  const text = data.replaceSync ?? data.replace;
  return {
    source: data.source,
    ...sheetOf(data),
    ...(Array.isArray(data.adds) && { adds: rules(data.adds, assets) }),
    ...(Array.isArray(data.removes) && {
      removes: objects(data.removes).flatMap(({ index }) => placeOf(index)),
    }),
    ...(typeof text === "string" && { replaceSync: inertCss(text, assets) }),
  };
}

/** A declaration that was set or removed; null when it says of no rule. */
export function styleDeclaration(data: Json, assets?: Assets): Json | null {
  const [place] = placeOf(data.index);
  if (!place || !Array.isArray(place.index)) return null;
  const set = isObject(data.set) ? data.set : null;
  const remove = isObject(data.remove) ? { property: String(data.remove.property) } : undefined;
  const value = typeof set?.value === "string" ? inertCss(set.value, assets) : null;
  const priority = set?.priority === "important" ? "important" : undefined;
  return {
    source: data.source,
    ...sheetOf(data),
    ...place,
    ...(set && { set: { property: String(set.property), value, priority } }),
    ...(remove && { remove }),
  };
}

/** Sheets that a document or shadow root adopted; null when it says of none. */
export function adoptedSheets(data: Json, assets?: Assets): Json | null {
  if (typeof data.id !== "number" || !Array.isArray(data.styleIds)) return null;
  const styles = objects(data.styles).flatMap(({ styleId, rules: of }) =>
    typeof styleId === "number" ? [{ styleId, rules: rules(of, assets) }] : [],
  );
  return {
    source: data.source,
    id: data.id,
    styleIds: data.styleIds.filter((id) => typeof id === "number"),
    ...(data.styles !== undefined && { styles }),
  };
}

function sheetOf({ id, styleId }: Json): Json {
  return {
    ...(typeof id === "number" && { id }),
    ...(typeof styleId === "number" && { styleId }),
  };
}

function rules(value: unknown, assets?: Assets): Json[] {
  return objects(value).flatMap(({ rule, index }) =>
    typeof rule === "string" ? [{ rule: inertCss(rule, assets), ...placeOf(index)[0] }] : [],
  );
}

/** A place among rules, or in rules within rules. */
function placeOf(index: unknown): { index: number | number[] }[] {
  const isPlace = (at: unknown): at is number => Number.isInteger(at) && (at as number) >= 0;
  if (isPlace(index)) return [{ index }];
  return Array.isArray(index) && index.length && index.every(isPlace) ? [{ index }] : [];
}
