// The server's own figures, whatever it tells of them: units stand at the end of the names, so a
// figure that is new is shown right without being known here.
import { bytes, count, duration, joined } from "./format.ts";

export interface Figure {
  name: string;
  value: string;
}

function words(key: string): string {
  const bare = key.replace(/_(bytes|ms|us|s)$/, "").replaceAll("_", " ");
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function figure(key: string, value: unknown): string {
  if (typeof value === "number") {
    if (/bytes/.test(key)) return bytes(value);
    if (/_ms$/.test(key) && value > 1e12)
      return new Date(value).toISOString().slice(0, 16).replace("T", " ");
    if (/_ms$/.test(key)) return joined(duration(value));
    if (/_s$/.test(key)) return joined(duration(value * 1000));
    return count(value);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === null || value === undefined ? "–" : String(value);
}

/** All figures, nested ones under the name of what holds them. */
export function figures(body: Record<string, unknown>): { name: string; figures: Figure[] }[] {
  const top: Figure[] = [];
  const groups: { name: string; figures: Figure[] }[] = [{ name: "Server", figures: top }];
  for (const [key, value] of Object.entries(body)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      const inner = Object.entries(value as Record<string, unknown>)
        .filter(([, each]) => each === null || typeof each !== "object")
        .map(([name, each]) => ({
          name: words(name),
          value: figure(/bytes/.test(key) ? `${name}_bytes` : name, each),
        }));
      groups.push({ name: words(key), figures: inner });
    } else if (Array.isArray(value)) {
      if (value.length > 0)
        groups.push({
          name: words(key),
          figures: value.map((each, index) => ({
            name: String(index + 1),
            value: typeof each === "string" ? each : JSON.stringify(each),
          })),
        });
    } else {
      top.push({ name: words(key), value: figure(key, value) });
    }
  }
  return groups.filter((group) => group.figures.length > 0);
}
