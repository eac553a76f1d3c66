/**
 * Where a click is: the path of the element and the shares of its width and height, in thousandths,
 * so that the place is found again at another size. Keys click the middle. Read before the page
 * reacts.
 */
import type { Seen } from "./core.ts";
import { elementPath } from "./element_path.ts";

const box = Element.prototype.getBoundingClientRect;

export function elementPlace({ event, path }: Seen): { path: string; x: number; y: number } {
  const { left, top, width, height } = box.call(path[0]);
  const share = (at: number, size: number) => (event.detail ? +(at / size || 0).toFixed(3) : 0.5);
  return {
    path: elementPath(path),
    x: share(event.clientX - left, width),
    y: share(event.clientY - top, height),
  };
}
