// What somebody does on the site that they look at: it is done, or they learn what was in the way.
import { detailOf } from "./api.ts";
import type { App } from "./app.ts";

export type Deed = (site: number) => Promise<unknown>;

/** Does it, then one of two things; true when it was done. */
export async function attempt(
  app: Pick<App, "site">,
  deed: Deed,
  { done, failed }: { done: () => void; failed: (why: string) => void },
): Promise<boolean> {
  const site = app.site?.id;
  if (site === undefined) return false;
  try {
    await deed(site);
    done();
    return true;
  } catch (error) {
    failed(detailOf(error));
    return false;
  }
}
