/**
 * Web vitals (`/v.js`), loaded when all else runs: each metric is told when it is final. It also
 * looks whether the page has a survey, because the files before it have no room for that.
 */
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Base, Core } from "./core.ts";
import { guard } from "./guard.ts";
import { loadSurveys } from "./load_surveys.ts";

export function vitals(core: Core, base: Base): void {
  const tell = ({ name, value, rating }: Metric) =>
    core.emit("web_vital", { metric: name, value: Math.round(value * 1000) / 1000, rating });
  for (const watch of [onCLS, onFCP, onINP, onLCP, onTTFB]) watch(tell);
  guard(loadSurveys)(core, base);
}
