import { expect, test } from "vitest";
import { byGroup, groupNames, sitesNamed } from "./siteGroups.ts";

const listed = (name: string, group: string, ...domains: string[]) => ({
  site: { name, domains, settings: { group } },
});
const ALL = [
  listed("Lamps", "", "lamps.example"),
  listed("Boats", "Water", "boats.example", "*.boats.example"),
  listed("Tents", "Land", "tents.example"),
  listed("Fins", "Water", "fins.example"),
];

test("groups stand by name, their sites as they came, and those of no group last", () => {
  const told = byGroup(ALL).map(({ name, sites }) => [name, ...sites.map(({ site }) => site.name)]);
  expect(told).toEqual([
    ["Land", "Tents"],
    ["Water", "Boats", "Fins"],
    ["", "Lamps"],
  ]);
  expect(groupNames(ALL.map(({ site }) => site))).toEqual(["Land", "Water"]);
  expect(byGroup([])).toEqual([]);
});

test("a site is found by words of its name, its group and its domains", () => {
  const named = (text: string) => sitesNamed(ALL, text).map(({ site }) => site.name);
  expect(named("water")).toEqual(["Boats", "Fins"]);
  expect(named("WATER fin")).toEqual(["Fins"]);
  expect(named("tents.ex")).toEqual(["Tents"]);
  expect(named("  ")).toHaveLength(4);
  expect(named("cars")).toEqual([]);
});
