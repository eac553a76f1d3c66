// Whether countries are seen as a map or as a list, and how close. Kept on this device only.

const KEY = { map: "countries", close: "countries-close" };

export type Choice = keyof typeof KEY;

export function isKept(choice: Choice): boolean {
  try {
    return localStorage.getItem(KEY[choice]) === "on";
  } catch {
    return false;
  }
}

export function keep(choice: Choice, on: boolean): void {
  try {
    if (on) localStorage.setItem(KEY[choice], "on");
    else localStorage.removeItem(KEY[choice]);
  } catch {
    // A browser that keeps nothing still switches for this page.
  }
}
