// Every dimension that filters and breakdowns know, in the order of addresses.
import type { Dimension } from "@hitmetrix/wire";

export const DIMENSIONS: readonly Dimension[] = [
  "event",
  "host",
  "page",
  "title",
  "referrer",
  "channel",
  "source",
  "medium",
  "campaign",
  "term",
  "content",
  "country",
  "browser",
  "browser_version",
  "system",
  "system_version",
  "device",
  "language",
  "bot",
  "entry_page",
  "exit_page",
];
