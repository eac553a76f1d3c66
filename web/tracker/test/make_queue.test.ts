import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ack, Batch, Hooks, Queue } from "../src/core.ts";

const ACK: Ack = { accepted: 1, session: "a".repeat(32) };

describe("the queue", () => {
  let queue: Queue;
  let hooks: Hooks;
  let answers: (Ack | number)[];
  let sent: { lines: string; keepalive: boolean }[];

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetModules();
    const { makeQueue } = await import("../src/make_queue.ts");
    answers = [];
    sent = [];
    hooks = { mask: (text) => text, left: () => undefined, seen() {}, hide() {}, kept: vi.fn() };
    queue = makeQueue(hooks, async ({ lines }: Batch, keepalive) => {
      sent.push({ lines, keepalive });
      return answers.shift() ?? ACK;
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("sends the events of a moment together", async () => {
    queue.add("s", "1", 500);
    queue.add("s", "2", 500);
    await vi.advanceTimersByTimeAsync(499);
    expect(sent).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([{ lines: "1\n2", keepalive: true }]);
    expect(queue.batches.size).toBe(0);
  });

  it("lets an urgent event bring forward what waits", async () => {
    queue.add("s", "1", 5000);
    queue.add("s", "2", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(1);
  });

  it("never mixes senders", async () => {
    queue.add("a", "1", 0);
    queue.add("b", "2", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.map(({ lines }) => lines)).toEqual(["1", "2"]);
  });

  it.each([0, 408, 429, 500, 503])(
    "tries again after %s, with a pause that grows",
    async (status) => {
      vi.spyOn(Math, "random").mockReturnValue(0.5);
      answers = [status, status, ACK];
      queue.add("s", "1", 0);
      await vi.advanceTimersByTimeAsync(0);
      await vi.advanceTimersByTimeAsync(2999);
      expect(sent).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(sent).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(5999);
      expect(sent).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(1);
      expect(sent).toHaveLength(3);
      expect(queue.batches.size).toBe(0);
      expect(queue.lost).toBe(0);
      vi.restoreAllMocks();
    },
  );

  it.each([400, 403, 404, 413])("gives up after %s and counts the events lost", async (status) => {
    answers = [status];
    queue.add("s", "1", 0);
    queue.add("s", "2", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.batches.size).toBe(0);
    expect(queue.lost).toBe(2);
  });

  it("stays bounded and counts what does not fit", () => {
    for (let index = 0; index < 60; index += 1) queue.add(`sender ${index}`, "1", 500);
    expect(queue.batches.size).toBe(51);
    expect(queue.lost).toBe(9);
  });

  it("keeps what is unanswered when the page is left", () => {
    queue.add("s", "1", 500);
    queue.flush(true);
    expect(sent).toEqual([{ lines: "1", keepalive: true }]);
    expect(hooks.kept).toHaveBeenCalledTimes(1);
  });
});
