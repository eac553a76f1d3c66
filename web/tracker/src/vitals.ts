/** Web vitals (`/v.js`), loaded on demand: each metric is told when it is final. */
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Core } from "./core.ts";

export function vitals(core: Core): void {
  const tell = ({ name, value, rating }: Metric) =>
    core.emit("web_vital", { metric: name, value: Math.round(value * 1000) / 1000, rating });
  for (const watch of [onCLS, onFCP, onINP, onLCP, onTTFB]) watch(tell);
}
