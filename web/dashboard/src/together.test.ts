import type { Answer, Question } from "@hitmetrix/wire";
import { expect, it } from "vitest";
import { createTogether } from "./together.ts";

/** A question of its own that goes with the others. */
const totals = (name: string) =>
  ({ kind: "totals", period: { last: "1d" }, measures: [name] }) as unknown as Question;
const answer = (time_zone: string) => ({ time_zone }) as Answer;

/** An asker that notes its requests; questions over "bad" are refused. */
function asker() {
  const alone: Question[] = [];
  const together: { site: number; questions: Question[]; signal: AbortSignal }[] = [];
  const lastOf = ({ measures }: Question) => String(measures?.[0]);
  const ask = createTogether(
    async (_site, question) => {
      alone.push(question);
      return answer(lastOf(question));
    },
    async (site, questions, signal) => {
      together.push({ site, questions, signal });
      return {
        answers: questions.map((question) =>
          lastOf(question) === "bad"
            ? { problem: { detail: "no such period" } as never }
            : { answer: answer(lastOf(question)) },
        ),
      };
    },
    ({ detail }) => new Error(detail),
  );
  return { ask, alone, together };
}

it("asks in one request what is asked at one moment, and gives each its own answer", async () => {
  const { ask, alone, together } = asker();
  const answers = await Promise.all([
    ask(1, totals("1d")),
    ask(1, totals("2d")),
    ask(2, totals("3d")),
  ]);
  expect(answers.map(({ time_zone }) => time_zone)).toEqual(["1d", "2d", "3d"]);
  expect(together.map(({ site, questions }) => [site, questions.length])).toEqual([[1, 2]]);
  expect(alone).toEqual([totals("3d")]);
  await ask(1, totals("4d"));
  expect(alone).toHaveLength(2);
});

it("asks what is not counted with others by itself, and what is wrong with one stays with it", async () => {
  const { ask, alone, together } = asker();
  const funnel = { kind: "funnel", period: { last: "1d" } } as Question;
  const results = await Promise.allSettled([
    ask(1, totals("1d")),
    ask(1, totals("bad")),
    ask(1, funnel),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((results[1] as PromiseRejectedResult).reason.message).toBe("no such period");
  expect(alone).toEqual([funnel]);
  expect(together).toHaveLength(1);
});

it("asks by itself what is of other events", async () => {
  const { ask, alone, together } = asker();
  const other = { ...totals("3d"), bots: "include" } as Question;
  await Promise.all([ask(1, totals("1d")), ask(1, totals("2d")), ask(1, other)]);
  expect(together.map(({ questions }) => questions.length)).toEqual([2]);
  expect(alone).toEqual([other]);
});

it("takes at most as many as the server does", async () => {
  const { ask, together } = asker();
  await Promise.all(Array.from({ length: 40 }, (_, day) => ask(1, totals(`${day}d`))));
  expect(together.map(({ questions }) => questions.length)).toEqual([32, 8]);
});

it("does not ask what was given up before, and gives up what all have left", async () => {
  const { ask, together } = asker();
  const [first, second, early] = [
    new AbortController(),
    new AbortController(),
    new AbortController(),
  ];
  const asked = [
    ask(1, totals("1d"), first.signal),
    ask(1, totals("2d"), second.signal),
    ask(1, totals("3d"), early.signal),
  ];
  early.abort();
  const settled = Promise.allSettled(asked);
  await new Promise((next) => setTimeout(next, 0));
  expect(together[0]?.questions).toHaveLength(2);
  expect((await settled).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
});

it("stops the request once nobody waits for it", async () => {
  let signal: AbortSignal | undefined;
  const ask = createTogether(
    async () => answer(""),
    (_site, _questions, given) => {
      signal = given;
      return new Promise(() => {});
    },
    () => new Error(),
  );
  const [first, second] = [new AbortController(), new AbortController()];
  const settled = Promise.allSettled([
    ask(1, totals("1d"), first.signal),
    ask(1, totals("2d"), first.signal),
    ask(1, totals("3d"), second.signal),
  ]);
  await new Promise((next) => setTimeout(next, 1));
  first.abort();
  expect(signal?.aborted).toBe(false);
  second.abort();
  expect(signal?.aborted).toBe(true);
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
});
