// Somebody who may look at a site and change nothing, with a browser of their own.
import type { Browser } from "playwright-core";
import type { Owner } from "./api.ts";
import { type Desk, enter, openDesk } from "./dashboard.ts";
import type { Server } from "./server.ts";
import type { Site } from "./sites.ts";

const VIEWER = { email: "viewer@example.org", password: "another long sentence" };

/** Invites somebody as a viewer of the site; one whom an earlier attempt invited goes before. */
export async function inviteViewer(
  owner: Owner,
  site: Site,
  email: string,
): Promise<{ readonly id: number; readonly link: string }> {
  const userOf = async () => {
    const { users } = await owner.get<{ users: { id: number; email: string }[] }>("users");
    return users.find((one) => one.email === email)?.id;
  };
  const earlier = await userOf();
  if (earlier !== undefined) await owner.send("DELETE", `users/${earlier}`);
  const { link } = await owner.send<{ link: string }>("POST", "users", { email });
  const id = await userOf();
  if (id === undefined) throw new Error(`${email} was not invited`);
  await owner.send("PUT", `sites/${site.id}/members/${id}`, { role: "viewer" });
  return { id, link };
}

/** Invites a viewer of the site and signs them in. */
export async function viewerOf(
  { server, owner, browser }: { server: Server; owner: Owner; browser: Browser },
  site: Site,
): Promise<Desk> {
  const { link } = await inviteViewer(owner, site, VIEWER.email);
  const theirs = await openDesk(browser, server);
  await theirs.page.goto(link);
  await enter(theirs.page, VIEWER.email, VIEWER.password);
  await theirs.page.getByRole("link", { name: "Explore", exact: true }).waitFor();
  return theirs;
}
