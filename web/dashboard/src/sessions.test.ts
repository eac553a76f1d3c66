import { expect, test } from "vitest";
import { moreThan, whyNotPlayable } from "./sessions.ts";

test("the list goes on to what an answer can have, and then says that it ends", () => {
  expect(moreThan(100, 100)).toBeNull();
  expect(moreThan(100, 101)).toBe(200);
  expect(moreThan(1600, 5000)).toBe(3200);
  expect(moreThan(6400, 50_000)).toBe(10_000);
  expect(moreThan(10_000, 50_000)).toBeNull();
});

test("a session without a recording says why there is none, as far as that is known", () => {
  const kept = { days: 30, shortestMs: 5000 };
  const title = (
    ageDays: number,
    lastedMs: number,
    gone: "deleted" | "disk_full" | null = null,
  ) => {
    const session = { ageMs: ageDays * 86_400_000, lastedMs, gone };
    return whyNotPlayable(null, "persistent", kept, session)?.title;
  };
  expect(title(1, 60_000, "deleted")).toBe("The recording was deleted");
  expect(title(40, 60_000, "disk_full")).toBe("The recording gave way to a full disk");
  expect(title(40, 60_000)).toBe("The recording is older than this site keeps");
  expect(title(1, 4000)).toBe("This session is shorter than the site keeps recordings of");
  expect(title(1, 60_000)).toBe("This session was not recorded");
});
