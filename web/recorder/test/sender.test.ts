/** What the sender does with answers. No browser: the core is a few lines, the clock is a false one. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ack, Core } from "../../tracker/src/core";
import type { Sender } from "../src/sender";

const ACK: Ack = { session: "a".repeat(32), snapshot: false, watched: false };

describe("the sender", () => {
  let answers: (Ack | number | Promise<Ack | number>)[];
  let sent: string[];
  /** Number of each chunk that was sent, and whether it was to outlive the page. */
  let numbers: { sequence: number; keepalive: boolean }[];
  let lost: number;
  let isStopped: boolean;
  /** What is answered once it comes. */
  let held: Promise<Ack | number> | undefined;
  /** How many are answered before. */
  let free: number;
  let sender: Sender;
  const answered = vi.fn();
  const broken = vi.fn();
  const refused = vi.fn();
  const packed = vi.fn();
  const shorten = vi.fn<(lines: string) => Promise<string> | null>();
  let make: () => Sender;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetModules();
    // As in a browser that cannot pack: the real one takes its time.
    vi.doMock("../src/gzip", () => ({ gzip: async () => null }));
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    answered.mockClear();
    broken.mockClear();
    refused.mockClear();
    shorten.mockReset().mockReturnValue(null);
    answers = [];
    sent = [];
    numbers = [];
    lost = 0;
    isStopped = false;
    held = undefined;
    free = 0;
    const core = {
      now: () => Date.now(),
      mode: () => "cookieless",
      identity: () => ({}),
      rules: () => (isStopped ? null : {}),
      lost: (count: number) => {
        lost += count;
      },
      send: async (
        _: string,
        { sequence }: { sequence: number },
        lines: string | Uint8Array,
        { keepalive = false } = {},
      ) => {
        sent.push(typeof lines === "string" ? lines : new TextDecoder().decode(lines));
        numbers.push({ sequence, keepalive });
        return (free-- > 0 ? undefined : held) ?? answers.shift() ?? ACK;
      },
    } as unknown as Core;
    const { createSender } = await import("../src/sender");
    make = () => createSender(core, { url: () => "u", answered, broken, refused, packed, shorten });
    sender = make();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  const send = async (line: string) => {
    sender.add(line);
    sender.flush();
    await vi.advanceTimersByTimeAsync(0);
  };

  it("sends what is on its way once more when the page is left, and what goes so no third time", async () => {
    let answer: (ack: Ack) => void = () => {};
    held = new Promise((done) => {
      answer = done;
    });
    await send("1");
    sender.add("2");
    sender.leave();
    sender.leave();
    expect(sent).toEqual(["1", "2", "1"]);
    answer(ACK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["1", "2", "1"]);
    expect(lost).toBe(0);
  });

  const FONT = "f".repeat(200_000);

  it("leaves a large font behind when the page is left, and no number is missing", async () => {
    sender.add("1");
    sender.add(FONT, true);
    sender.add("2");
    sender.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["1\n2"]);
    sender.add("3");
    sender.leave();
    expect(sent).toEqual(["1\n2", "3"]);
    expect(numbers).toEqual([
      { sequence: 0, keepalive: true },
      { sequence: 1, keepalive: true },
    ]);
  });

  it("brings the font after all when the page lives on", async () => {
    sender.add(FONT, true);
    sender.add("1");
    sender.leave();
    await vi.advanceTimersByTimeAsync(0);
    sender.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["1", FONT]);
    expect([numbers.map(({ sequence }) => sequence), lost]).toEqual([[0, 1], 0]);
  });

  it("takes small pictures along", async () => {
    sender.add("picture", true);
    sender.add("1");
    sender.leave();
    expect(sent).toEqual(["1", "picture"]);
  });

  it("has something stand for a font that is cut off on its way, so that only it is missing", async () => {
    let answer: (ack: Ack) => void = () => {};
    await send("1");
    held = new Promise((done) => {
      answer = done;
    });
    sender.add(FONT, true);
    sender.flush();
    await vi.advanceTimersByTimeAsync(0);
    held = undefined;
    sender.add("2");
    sender.add("cost");
    sender.leave();
    expect(sent).toEqual(["1", FONT, "2\ncost", "cost"]);
    expect(numbers.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 1]);
    // The page was only hidden, and what stood for the font may have arrived first.
    await vi.advanceTimersByTimeAsync(0);
    answer(ACK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.slice(4)).toEqual([FONT]);
    expect([numbers.at(-1)?.sequence, lost]).toEqual([3, 0]);
  });

  /** Cut into four pieces, as nobody packs it. */
  const PICTURE = `{"type":4,${"p".repeat(320_000)}`;
  const PIECES = [9866, 262_144, 24_000, 24_000];
  const lengths = () => sent.map(({ length }) => length);

  it("sends a large picture in pieces, one after the other, each again until it is there", async () => {
    answers = [ACK, -1, ACK];
    await send(PICTURE);
    await send("2");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lengths()).toEqual([...PIECES.slice(0, 2), ...PIECES.slice(1), 1]);
    expect([...sent.slice(0, 1), ...sent.slice(2, 5)].join("")).toBe(PICTURE);
    expect(lost).toBe(0);
  });

  it("sends what is left of a large picture as the page is left, before what came after it", async () => {
    let answer: (ack: Ack) => void = () => {};
    held = new Promise((done) => {
      answer = done;
    });
    free = 2;
    await send(PICTURE);
    expect(lengths()).toEqual(PIECES.slice(0, 3));
    sender.add("2");
    sender.leave();
    sender.leave();
    expect(lengths()).toEqual([...PIECES, 1]);
    expect(numbers.every(({ keepalive }) => keepalive)).toBe(true);
    // The page was only hidden.
    answer(ACK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([lengths(), lost]).toEqual([[...PIECES, 1], 0]);
  });

  it("has a large picture whose last pieces arrived as the page was hidden, and goes on", async () => {
    const wish = { ...ACK, snapshot: true };
    const last = new Promise<Ack>((done) => setTimeout(done, 100, wish));
    answers = [ACK, ACK, 0, ACK, last];
    await send(PICTURE);
    expect(lengths()).toEqual(PIECES.slice(0, 3));
    // What failed waits for its next attempt.
    sender.leave();
    await vi.advanceTimersByTimeAsync(100);
    expect(lengths()).toEqual([...PIECES.slice(0, 3), ...PIECES.slice(2)]);
    expect(answered.mock.calls).toEqual([[wish]]);
    await send("2");
    await vi.advanceTimersByTimeAsync(2000);
    expect(lengths().slice(5)).toEqual([1]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect([lengths().length, lost, broken.mock.calls.length]).toEqual([6, 0, 0]);
  });

  it("leaves the room to what came after it when not all of a large picture can arrive", async () => {
    held = new Promise(() => {});
    free = 1;
    await send(PICTURE);
    sender.add("2");
    sender.leave();
    expect(lengths()).toEqual([...PIECES.slice(0, 2), 1]);
  });

  it("sends nothing more once the visitor has refused", async () => {
    let answer: (ack: Ack) => void = () => {};
    held = new Promise((done) => {
      answer = done;
    });
    await send("1");
    await send("2");
    isStopped = true;
    sender.flush();
    sender.leave();
    answer(ACK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["1"]);
  });

  it("counts one refusal of what went twice", async () => {
    let answer: (status: number) => void = () => {};
    held = new Promise((done) => {
      answer = done;
    });
    await send("1");
    sender.leave();
    answer(413);
    held = undefined;
    await vi.advanceTimersByTimeAsync(0);
    answers = [413];
    await send("2");
    expect([lost, refused.mock.calls.length]).toEqual([2, 0]);
  });

  it("does not send again what is refused for what it holds, and counts it", async () => {
    answers = [413];
    await send("1");
    await vi.advanceTimersByTimeAsync(60_000);
    await send("2");
    expect(sent).toEqual(["1", "2"]);
    expect([lost, broken.mock.calls.length, refused.mock.calls.length]).toEqual([1, 1, 0]);
  });

  it.each([403, 404])("ends with %s, and counts what waits", async (status) => {
    answers = [status];
    await send("1");
    await send("2");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["1"]);
    expect([lost, refused.mock.calls.length]).toEqual([1, 1]);
  });

  it("ends when one body after the other is refused", async () => {
    answers = [400, 413, 400];
    for (const line of ["1", "2", "3", "4"]) await send(line);
    expect(sent).toEqual(["1", "2", "3"]);
    expect([lost, refused.mock.calls.length]).toEqual([3, 1]);
  });

  it("says in a last body, once, that one after the other was refused", async () => {
    for (const last of [ACK, 413, 0]) {
      answers = [400, 413, 400, last];
      sent = [];
      lost = 0;
      sender = make();
      refused.mockImplementationOnce((status) => {
        sender.add(`refused ${status}`);
        sender.flush();
      });
      for (const line of ["1", "2"]) await send(line);
      sender.add("3");
      sender.flush();
      sender.add("4");
      await vi.advanceTimersByTimeAsync(120_000);
      await send("5");
      expect(sent).toEqual(["1", "2", "3", "refused 400"]);
      expect(lost).toBe(last === ACK ? 4 : 5);
    }
  });

  it.each([403, -40_000])("says nothing more after %s", async (status) => {
    answers = [status];
    refused.mockImplementationOnce(() => {
      sender.add("refused");
      sender.flush();
    });
    sender.add("1");
    sender.flush();
    sender.add("2");
    await vi.advanceTimersByTimeAsync(120_000);
    expect([sent, lost]).toEqual([["1"], 2]);
  });

  it("ends when each picture is refused, whatever else arrives meanwhile", async () => {
    const picture = '{"type":4,"timestamp":1,"data":{}}';
    answers = [413, ACK, 413, ACK, 413, ACK];
    for (const line of [picture, "1", picture, "2", picture, "3"]) await send(line);
    expect(sent).toEqual([picture, "1", picture, "2", picture]);
    expect(refused.mock.calls.length).toBe(1);
  });

  it("goes on when the picture that mends a refused body arrives", async () => {
    const picture = '{"type":4,"timestamp":1,"data":{}}';
    answers = [400, ACK, 400, ACK, 400, ACK];
    for (const line of ["1", picture, "2", picture, "3", picture]) await send(line);
    expect(sent).toHaveLength(6);
    expect(refused.mock.calls.length).toBe(0);
  });

  it("waits as long as the server asks for, unless that is too long", async () => {
    answers = [-30, ACK, -40_000];
    await send("1");
    await vi.advanceTimersByTimeAsync(29_999);
    expect(sent).toEqual(["1"]);
    await vi.advanceTimersByTimeAsync(1);
    expect([sent, lost]).toEqual([["1", "1"], 0]);
    await send("2");
    expect([lost, refused.mock.calls.length]).toEqual([1, 1]);
  });

  it("leaves out what the server has, of pictures and fonts nothing, and asks once", async () => {
    shorten.mockImplementation(async (lines) => lines.replace("long", "short"));
    answers = [0, ACK];
    await send("long");
    sender.add("long", true);
    sender.flush();
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent).toEqual(["short", "short", "long"]);
    expect(shorten.mock.calls).toEqual([["long"]]);
  });

  it("sends all of it when the page is left before that is known", async () => {
    let shorter: (lines: string) => void = () => {};
    shorten.mockReturnValue(
      new Promise((done) => {
        shorter = done;
      }),
    );
    await send("long");
    expect(sent).toEqual([]);
    sender.leave();
    expect(sent).toEqual(["long"]);
    // It has arrived by then.
    await vi.advanceTimersByTimeAsync(0);
    shorter("short");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["long"]);
    expect(lost).toBe(0);
  });

  /** A promise that the test settles. */
  const later = <T>() => {
    let settle: (value: T) => void = () => {};
    const promise = new Promise<T>((done) => {
      settle = done;
    });
    return { promise, settle };
  };

  it("sends it once when what the server has is known before the answer to the whole", async () => {
    const shorter = later<string>();
    const first = later<Ack>();
    shorten.mockReturnValueOnce(shorter.promise);
    await send("long");
    answers = [first.promise];
    sender.leave();
    shorter.settle("short");
    await send("2");
    expect(sent).toEqual(["long", "2"]);
    first.settle(ACK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sent, lost]).toEqual([["long", "2"], 0]);
    expect(numbers.map(({ sequence }) => sequence)).toEqual([0, 1]);
  });

  it("sends it short when the whole did not arrive", async () => {
    const shorter = later<string>();
    const first = later<number>();
    shorten.mockReturnValueOnce(shorter.promise);
    await send("long");
    answers = [first.promise];
    sender.leave();
    shorter.settle("short");
    await vi.advanceTimersByTimeAsync(0);
    first.settle(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sent, lost]).toEqual([["long", "short"], 0]);
    expect(numbers.map(({ sequence }) => sequence)).toEqual([0, 0]);
  });

  it.each([
    ["as one body", "p".repeat(100_000), [100_000]],
    ["in pieces", PICTURE, PIECES],
  ])(
    "sends a large picture %s when the page is left before that is known",
    async (_, all, parts) => {
      const shorter = later<string>();
      shorten.mockReturnValueOnce(shorter.promise);
      await send(all);
      expect(sent).toEqual([]);
      sender.leave();
      await vi.advanceTimersByTimeAsync(0);
      expect(lengths()).toEqual(parts);
      expect(sent.join("")).toBe(all);
      expect(numbers.every(({ keepalive }) => keepalive)).toBe(true);
      shorter.settle("short");
      await vi.advanceTimersByTimeAsync(60_000);
      expect([lengths(), lost]).toEqual([parts, 0]);
    },
  );

  it("sends nothing when the visitor refuses before that is known", async () => {
    const shorter = later<string>();
    shorten.mockReturnValueOnce(shorter.promise);
    await send("long");
    isStopped = true;
    shorter.settle("short");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
  });

  it("sends all of it when what the server has cannot be found out", async () => {
    shorten.mockReturnValueOnce(Promise.reject(new Error("no digest")));
    await send("long");
    await send("2");
    expect([sent, lost]).toEqual([["long", "2"], 0]);
  });

  it("gives up what does not arrive after five attempts", async () => {
    answers = [0, 0, 0, 0, 0];
    await send("1");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(5);
    expect([lost, broken.mock.calls.length]).toEqual([1, 1]);
  });
});
