// @vitest-environment jsdom
import { beforeEach, expect, it } from "vitest";
import { createAssets } from "./assets";
import { type Added, type Mirror, type Mutation, safe } from "./safe";

const BLOB = { src: "blob:http://127.0.0.1/1" };
const assets = createAssets([], () => true);
let there: Map<number, Node>;

beforeEach(() => {
  document.body.innerHTML = "<iframe></iframe><img><style>p{}</style>";
  there = new Map(
    [document.body, ...document.body.children].map((node, index) => [index + 1, node]),
  );
});

const mirror = {
  getNode: (id) => there.get(id) ?? null,
  getId: (node) => [...there].find(([, each]) => each === node)?.[0] ?? -1,
} as Mirror;

const node = (id: number, tagName: string, childNodes: Added[] = []): Added => ({
  id,
  type: 2,
  tagName,
  childNodes,
});

/** The changes and additions of a mutation that are left. */
function left(some: Partial<Mutation>) {
  const {
    adds,
    attributes = [],
    texts,
  } = safe({ texts: [], adds: [], removes: [], ...some }, mirror, assets);
  return {
    ids: adds.map(({ node: { id, tagName } }) => `${id} ${tagName}`),
    set: attributes.map(({ attributes: of }) => of),
    texts: texts.map(({ value }) => value),
  };
}

it("lets a picture be shown by what shows pictures, there or added, and by nothing else", () => {
  const attributes = (id: number) => [{ id, attributes: { ...BLOB, alt: "" } }];
  const adds = [{ parentId: 1, node: node(9, "img") }];
  expect(left({ attributes: attributes(3) }).set).toEqual([{ ...BLOB, alt: "" }]);
  expect(left({ attributes: attributes(9), adds }).set).toEqual([{ ...BLOB, alt: "" }]);
  expect(left({ attributes: attributes(2) }).set).toEqual([{ alt: "" }]);
  expect(left({ attributes: attributes(7) }).set).toEqual([{ alt: "" }]);
});

it("leaves out what brings an id a second time: it would be taken for the other", () => {
  const frame = { parentId: 1, node: node(9, "iframe") };
  const picture = { parentId: 1, node: node(9, "img") };
  const attributes = [{ id: 9, attributes: BLOB }];
  expect(left({ adds: [frame, picture], attributes })).toMatchObject({
    ids: ["9 iframe"],
    set: [{}],
  });
  const within = { parentId: 1, node: node(8, "div", [node(10, "p"), node(9, "iframe")]) };
  expect(left({ adds: [picture, within], attributes })).toMatchObject({ ids: ["9 img"] });
  const itself = { parentId: 1, node: node(8, "div", [node(8, "p")]) };
  expect(left({ adds: [itself, picture] }).ids).toEqual(["9 img"]);
  // Nothing of what was left out counts.
  const free = { parentId: 1, node: node(10, "img") };
  expect(left({ adds: [picture, within, free] }).ids).toEqual(["9 img", "10 img"]);
});

it("looks below what is added too, and at what is there by the same id", () => {
  const attributes = (id: number) => [{ id, attributes: BLOB }];
  const below = [{ parentId: 1, node: node(8, "div", [node(3, "iframe")]) }];
  expect(left({ adds: below, attributes: attributes(3) }).set).toEqual([{}]);
  // It may find no place, and the frame stays what it was.
  const nowhere = [{ parentId: 999, node: node(8, "div", [node(2, "img")]) }];
  expect(left({ adds: nowhere, attributes: attributes(2) }).set).toEqual([{}]);
});

it("makes text inert that becomes that of a style sheet, wherever that stands", () => {
  const value = "@import 'http://evil.example/';";
  const below = [{ parentId: 1, node: node(8, "div", [node(9, "style", [node(10, "b")])]) }];
  expect(left({ texts: [{ id: 4, value }] }).texts).toEqual([" "]);
  expect(left({ texts: [{ id: 10, value }], adds: below }).texts).toEqual([" "]);
  expect(left({ texts: [{ id: 1, value }] }).texts).toEqual([value]);
});
