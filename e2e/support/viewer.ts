// Somebody who may look at a site and change nothing, with a browser of their own.
import type { Browser } from "playwright-core";
import type { Owner } from "./api.ts";
import { type Desk, enter, openDesk } from "./dashboard.ts";
import type { Server } from "./server.ts";
import type { Site } from "./sites.ts";

const VIEWER = { email: "viewer@example.org", password: "another long sentence" };

/** Invites a viewer of the site and signs them in. */
export async function viewerOf(
  { server, owner, browser }: { server: Server; owner: Owner; browser: Browser },
  site: Site,
): Promise<Desk> {
  const { link } = await owner.send<{ link: string }>("POST", "users", { email: VIEWER.email });
  const { users } = await owner.get<{ users: { id: number; email: string }[] }>("users");
  const id = users.find(({ email }) => email === VIEWER.email)?.id;
  await owner.send("PUT", `sites/${site.id}/members/${id}`, { role: "viewer" });
  const theirs = await openDesk(browser, server);
  await theirs.page.goto(link);
  await enter(theirs.page, VIEWER.email, VIEWER.password);
  await theirs.page.getByRole("link", { name: "Explore", exact: true }).waitFor();
  return theirs;
}
