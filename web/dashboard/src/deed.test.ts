import { expect, test } from "vitest";
import { ApiError } from "./api.ts";
import type { App } from "./app.ts";
import { attempt } from "./deed.ts";

const app = { site: { id: 7 } } as Pick<App, "site">;

test("a deed is done on the site, and what follows comes after it", async () => {
  const told: unknown[] = [];
  const deed = async (site: number) => told.push(site);
  const then = { done: () => told.push("done"), failed: (why: string) => told.push(why) };
  expect(await attempt(app, deed, then)).toBe(true);
  expect(told).toEqual([7, "done"]);
});

test("what was in the way is told in the server's words, and nothing follows", async () => {
  const told: string[] = [];
  const problem = { status: 409, code: "conflict", title: "Conflict", detail: "it is in use" };
  const deed = () => Promise.reject(new ApiError(problem));
  const then = { done: () => told.push("done"), failed: (why: string) => told.push(why) };
  expect(await attempt(app, deed, then)).toBe(false);
  expect(told).toEqual(["it is in use"]);
});

test("without a site nothing is done and nothing said", async () => {
  const told: string[] = [];
  const deed = async () => told.push("deed");
  const then = { done: () => told.push("done"), failed: (why: string) => told.push(why) };
  expect(await attempt({ site: null }, deed, then)).toBe(false);
  expect(told).toEqual([]);
});
