// Where saved things are opened.
import type { App } from "./app.ts";
import { pathTo } from "./route.ts";

/** Explore with a saved insight in it: what is changed there can be saved over it. */
export function addressOfInsight(app: App, insight: { id: string; address: string }): string {
  const rest = insight.address ? `&${insight.address}` : "";
  return `${pathTo(app.site?.id ?? 0, "explore")}?insight=${insight.id}${rest}`;
}
