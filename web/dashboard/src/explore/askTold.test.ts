import { describe, expect, test } from "vitest";
import { ApiError } from "../api.ts";
import { askTold } from "./askTold.ts";

/** A response whose body comes in these pieces. */
function response(...pieces: string[]): Response {
  const bytes = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(bytes.encode(piece));
        controller.close();
      },
    }),
  );
}

describe("an answer in lines", () => {
  test("tells the progress, wherever the pieces are cut, and gives the answer", async () => {
    const told: number[] = [];
    const answer = await askTold(
      response(
        '{"progress":0.0}\n{"prog',
        'ress":0.4}\n',
        '{"answer":{"rows":[["\u00fc"]',
        "]}}\n",
      ),
      (share) => told.push(share),
    );
    expect(told).toEqual([0, 0.4]);
    expect(answer).toEqual({ rows: [["ü"]] });
  });

  test("a problem is thrown with its status and field", async () => {
    const problem = {
      status: 400,
      code: "out_of_bounds",
      title: "",
      detail: "0",
      field: "funnel.steps",
    };
    const asked = askTold(response(`${JSON.stringify({ problem })}\n`), () => undefined);
    await expect(asked).rejects.toMatchObject({ status: 400, field: "funnel.steps" });
  });

  test("what stops before its end is no answer", async () => {
    const asked = askTold(response('{"progress":0.9}\n', '{"answer":'), () => undefined);
    await expect(asked).rejects.toThrow(ApiError);
    await expect(asked).rejects.toMatchObject({ code: "unreachable" });
  });
});
