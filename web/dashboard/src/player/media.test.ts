import { expect, it } from "vitest";
import { inert } from "./inert";
import { createMedia } from "./media";
import type { RecordedEvent } from "./types";

/** An element of which the name and the style are there. */
function box(nodeName: string, loop = false) {
  const style = new Map<string, string>();
  const node = {
    nodeName,
    loop,
    poster: "",
    style: {
      setProperty: (name: string, value: string) => style.set(name, value),
      removeProperty: (name: string) => style.delete(name),
      getPropertyPriority: (name: string) => (style.has(name) ? "important" : ""),
    },
  };
  const sign = () =>
    />([^<]*)<\/text>/.exec(decodeURIComponent(style.get("background-image") ?? ""))?.[1] ?? "";
  return { node: node as unknown as Node, sign };
}

const changed = (timestamp: number, id: number, more: object) =>
  inert({ type: 3, timestamp, data: { source: 7, id, ...more } }) as RecordedEvent;
const picture = (timestamp: number, childNodes: object[]) =>
  inert({
    type: 2,
    timestamp,
    data: {
      node: { type: 0, id: 1, childNodes: [{ type: 2, id: 2, tagName: "html", childNodes }] },
    },
  }) as RecordedEvent;
const video = (id: number, rr_mediaState: string, rr_mediaCurrentTime: number) => ({
  type: 2,
  id,
  tagName: "video",
  attributes: { rr_mediaState, rr_mediaCurrentTime },
  childNodes: [],
});

it("writes on a video where it stood at each moment, whatever the way there", () => {
  const boxes = new Map([7, 8, 9].map((id) => [id, box(id === 9 ? "DIV" : "VIDEO", id === 8)]));
  const media = createMedia((id) => boxes.get(id)?.node ?? null);
  media.know([
    picture(1000, [video(7, "paused", 0), video(8, "played", 30), video(9, "played", 1)]),
    changed(5000, 7, { type: 0, currentTime: 10, playbackRate: 2 }),
    changed(9000, 7, { type: 2, currentTime: 60 }),
  ]);
  media.know([changed(12_000, 7, { type: 1, currentTime: 66 })]);
  const at = (ms: number) => {
    media.show(ms);
    return [7, 8, 9].map((id) => boxes.get(id)?.sign());
  };
  expect(at(0)).toEqual(["", "", ""]);
  // One that plays again and again stands nowhere; one that is no video is left alone.
  expect(at(4000)).toEqual(["", "Playing", ""]);
  expect(at(7000)).toEqual(["Playing 0:14", "Playing", ""]);
  expect(at(10_500)).toEqual(["Playing 1:03", "Playing", ""]);
  expect(at(60_000)).toEqual(["Paused at 1:06", "Playing", ""]);
  expect(at(4000)).toEqual(["", "Playing", ""]);
});
