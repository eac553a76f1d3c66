// @vitest-environment jsdom
// In which order a page is painted for a file, and what of it is cut.
import { expect, test } from "vitest";
import { paintPage } from "./paper.ts";

type Painted = [colour: string, cut: string];

/** What is filled with which colour, and cut how. */
async function painted(html: string): Promise<Painted[]> {
  document.body.innerHTML = html;
  for (const element of document.querySelectorAll<HTMLElement>("[data-box]")) {
    const [left = 0, top = 0, width = 0, height = 0] = (element.dataset.box ?? "")
      .split(" ")
      .map(Number);
    element.getBoundingClientRect = () => ({ left, top, width, height }) as DOMRect;
  }
  const all: Painted[] = [];
  const cuts: string[] = [];
  let path = "";
  const context = {
    fillStyle: "",
    fillRect() {},
    beginPath() {},
    save: () => cuts.push(""),
    restore: () => cuts.pop(),
    rect: (...box: number[]) => {
      path = box.join(" ");
    },
    clip: () => {
      cuts[cuts.length - 1] = path;
    },
    roundRect() {},
    fill() {
      all.push([this.fillStyle, cuts.at(-1) ?? ""]);
    },
  };
  const size = { width: 100, height: 100 };
  await paintPage(context as unknown as CanvasRenderingContext2D, document, size);
  return all.filter(([colour]) => colour !== "");
}

const box = (colour: string, style = "", within = "", at = "0 0 10 10") =>
  `<p data-box="${at}" style="background-color: ${colour}; ${style}">${within}</p>`;

test("layers are painted over what stands beside them, wherever they are in the page", async () => {
  const named = { "rgb(255, 0, 0)": "red", "rgb(0, 255, 0)": "lime", "rgb(0, 0, 255)": "blue" };
  const order = async (html: string) =>
    (await painted(html)).flatMap(([colour]) =>
      colour in named
        ? [named[colour as keyof typeof named]]
        : /^[a-z]+$/.test(colour)
          ? [colour]
          : [],
    );
  const hung = (level: string) => `position: absolute; z-index: ${level}`;
  expect(await order(box("red", hung("2")) + box("lime", hung("1")) + box("blue"))).toEqual([
    "blue",
    "lime",
    "red",
  ]);
  expect(await order(box("red") + box("lime", hung("-1")))).toEqual(["lime", "red"]);
  expect(await order(`<div>${box("red", "position: relative")}</div>${box("blue")}`)).toEqual([
    "blue",
    "red",
  ]);
});

test("what is cut by what it is in is cut in the file", async () => {
  const cutting = "overflow-x: hidden; overflow-y: hidden";
  const cutOf = async (inner: string, outer = "") => {
    const within = `<div data-box="5 5 20 20" style="${cutting}; ${outer}">${inner}</div>`;
    const found = (await painted(within)).find(([colour]) => /red|255, 0, 0/.test(colour));
    return found ? found[1] : null;
  };
  expect(await cutOf(box("red"))).toBe("5 5 20 20");
  // Nothing is left of it.
  const closed = `<div data-box="5 5 20 0" style="${cutting}">${box("red")}</div>`;
  expect(await cutOf(closed)).toBeNull();
  // What hangs on something further out is not cut, but by what it hangs on.
  expect(await cutOf(box("red", "position: absolute"))).toBe("");
  expect(await cutOf(box("red", "position: absolute"), "position: relative")).toBe("5 5 20 20");
  expect(await cutOf(box("red", "position: fixed"), "position: relative")).toBe("");
});
