import { LAMPS } from "./catalogue.ts";
import { list } from "./list.ts";

/** Results of the search in the address. */
export function showSearch(): void {
  const results = document.querySelector("#results");
  if (!results) return;
  const wanted = (new URLSearchParams(location.search).get("q") ?? "").trim().toLowerCase();
  const found = LAMPS.filter((lamp) => `${lamp.name} ${lamp.about}`.toLowerCase().includes(wanted));
  const title = document.querySelector("#found");
  if (title) title.textContent = `${found.length} of ${LAMPS.length} lamps`;
  list(results, found);
  window.hitmetrix?.track("search", { results: found.length });
}
