// What the server says of itself, as the storage screen shows it: what lies on the disk by kind,
// how full the disk is, and the word of its health with its reasons.
import type { Status } from "@hitmetrix/wire";

export interface Kept {
  name: string;
  means: string;
  bytes: number;
}

/** Bytes on the disk by kind, largest first. */
export function keptBy(stored: Status["stored"]): Kept[] {
  const kinds: Kept[] = [
    { name: "Recordings", means: "encrypted, by visitor", bytes: stored.recordings_bytes },
    { name: "Events", means: "Parquet, open to other tools", bytes: stored.parts_bytes },
    { name: "Lanes", means: "a cache, rebuilt when deleted", bytes: stored.lanes_bytes },
    { name: "Log", means: "what came last, before it is sorted", bytes: stored.log_bytes },
    { name: "Catalog", means: "settings, users, lists", bytes: stored.catalog_bytes },
  ];
  return kinds.sort((a, b) => b.bytes - a.bytes);
}

export interface Disk {
  used_bytes: number;
  total_bytes: number;
  /** 0 to 1. */
  used: number;
  /** 0 to 1: from here on recordings give way. */
  mark: number;
}

export function diskOf(status: Status): Disk | null {
  const health = status.health;
  if (!health || health.disk_total_bytes <= 0) return null;
  const used = health.disk_total_bytes - health.disk_free_bytes;
  return {
    used_bytes: used,
    total_bytes: health.disk_total_bytes,
    used: used / health.disk_total_bytes,
    mark: status.disk_mark_percent / 100,
  };
}

export function healthWords(status: Status): {
  title: string;
  tone: "" | "warn" | "bad";
  reasons: string[];
} {
  const word = status.health?.word;
  const reasons = status.health?.reasons ?? [];
  if (word === undefined) return { title: "Not probed yet", tone: "", reasons };
  if (word === "ok") return { title: "All is well", tone: "", reasons };
  if (word === "degraded") return { title: "Works, but needs a look", tone: "warn", reasons };
  return { title: "Cannot store what comes in", tone: "bad", reasons };
}
