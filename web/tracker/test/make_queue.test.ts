import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ack, Batch, Hooks, Queue } from "../src/core.ts";

const ACK: Ack = { session: "a".repeat(32) };

describe("the queue", () => {
  let queue: Queue;
  let hooks: Hooks;
  let answers: (Ack | number)[];
  let sent: { lines: string; keepalive: boolean }[];
  let told: number[];

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetModules();
    const { makeQueue } = await import("../src/make_queue.ts");
    answers = [];
    sent = [];
    told = [];
    hooks = { mask: (text) => text, left: () => undefined, seen() {}, hide() {}, kept: vi.fn() };
    queue = makeQueue(hooks, async ({ lines }: Batch, keepalive, lost) => {
      sent.push({ lines, keepalive });
      told.push(lost);
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

  it("tries again with a pause that grows", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    answers = [0, 0, ACK];
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
  });

  it("waits as long as the server asks for", async () => {
    answers = [-60, ACK];
    queue.add("s", "1", 0);
    await vi.advanceTimersByTimeAsync(59_999);
    queue.add("s", "2", 0);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.map(({ lines }) => lines)).toEqual(["1", "1", "2"]);
  });

  it("tells each loss once, however many bodies are under way", async () => {
    queue.lost = 3;
    answers = [ACK, 0, ACK];
    queue.add("a", "1", 0);
    queue.add("b", "2", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([3, 0]);
    expect(queue.lost).toBe(0);
    queue.lost = 2;
    queue.flush();
    queue.lost += 1;
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([3, 0, 2]);
    expect(queue.lost).toBe(1);
  });

  it("tells a loss again when the body that told it did not arrive", async () => {
    queue.lost = 2;
    answers = [0, 400];
    queue.add("s", "1", 0);
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.lost).toBe(2);
    queue.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([2, 2]);
    expect(queue.lost).toBe(3);
  });

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
