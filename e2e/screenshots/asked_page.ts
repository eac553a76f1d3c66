// A page of a customer's site on which visitors are asked something, as they see it.
import type { Owner } from "../support/api.ts";
import type { Loopback } from "../support/loopback.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { addSite } from "../support/sites.ts";
import { snippetOf } from "../support/tracker.ts";

/** Where a survey stands in the page: its insides are closed to everybody. */
export const SURVEY = "body > [data-hm-block]";

const BODY = `<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
</style>
<main>
  <h1>Thank you</h1>
  <p>Your lamps are on their way. We send a mail as soon as they leave the house.</p>
  <button>Print this page</button>
</main>`;

/** Serves it as `/thanks`, once its survey is switched on. */
export async function startAskedPage(owner: Owner, origin: string): Promise<Loopback> {
  const site = await addSite(owner, "Lamps");
  const settings = { ...site.settings, count_automated: true };
  await owner.send("PATCH", `sites/${site.id}`, { settings });
  const surveys = `sites/${site.id}/surveys`;
  const { id } = await owner.send<{ id: string }>("POST", surveys, {
    name: "After the order",
    survey: {
      kind: "rating",
      moment: { seconds: 0 },
      words: {
        question: "How easy was it to order?",
        follow_up: "What should we improve?",
        low: "Hard",
        high: "Easy",
      },
    },
  });
  await owner.send("PUT", `${surveys}/${id}/active`);
  return startOwnPages({
    "/thanks": { head: snippetOf(origin, site.key, "persistent"), body: BODY },
  });
}
