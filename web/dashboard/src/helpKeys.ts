// The keys that act on a screen, for the sheet that `?` opens: what it says is true where it is opened.

export type Keys = readonly [what: string, keys: readonly string[]];

export interface KeyGroup {
  name: string;
  keys: readonly Keys[];
}

/** Where the sheet was opened, and what is there. */
export interface KeysAt {
  screen: string;
  /** A session, person, board or another single thing is open. */
  open: boolean;
  /** A recording can be played. */
  plays: boolean;
  /** The reader may change what stands there. */
  changes: boolean;
  site: boolean;
  /** Period and filters stand over it. */
  asks: boolean;
  /** What it is held against, too. */
  compares: boolean;
  /** A table or list with something to be opened. */
  rows: boolean;
}

const SCREENS: readonly Keys[] = [
  ["Overview", ["G", "O"]],
  ["Explore", ["G", "X"]],
  ["Live", ["G", "L"]],
  ["Sessions", ["G", "S"]],
  ["Boards", ["G", "B"]],
  ["Insights", ["G", "I"]],
  ["Goals", ["G", "T"]],
  ["Funnels", ["G", "N"]],
  ["Feedback", ["G", "D"]],
  ["People", ["G", "P"]],
  ["Heatmaps", ["G", "H"]],
  ["Forms", ["G", "F"]],
  ["Errors and speed", ["G", "R"]],
  ["Segments", ["G", "M"]],
  ["Get code", ["G", "C"]],
  ["Site settings", ["G", "E"]],
];
const ROWS: KeyGroup = {
  name: "In a table or list",
  keys: [
    ["First row, row down", ["J"]],
    ["Row up", ["K"]],
    ["In a row: down, up", ["↓", "↑"]],
    ["Open the row, or filter by it", ["Enter"]],
  ],
};
const BOARD: KeyGroup = {
  name: "On this board, while it is arranged",
  keys: [
    ["Move the focused panel", ["←", "→", "↑", "↓"]],
    ["Size it", ["Shift", "←", "→", "↑", "↓"]],
    ["Take the last change back", ["Ctrl", "Z"]],
  ],
};
const PLAYER: KeyGroup = {
  name: "In the player, while it has the focus",
  keys: [
    ["Play, pause", ["Space", "K"]],
    ["Back 10 s, on 10 s", ["J", "L"]],
    ["Back 5 s, on 5 s", ["←", "→"]],
    ["Beginning, end", ["Home", "End"]],
    ["Next error", ["E"]],
    ["Slower, faster", ["<", ">"]],
    ["A note at this second", ["N"]],
    ["Next session, the one before", ["↓", "↑"]],
    ["Now, while it happens", ["."]],
    ["Full screen", ["F"]],
  ],
};
const PERSON: KeyGroup = {
  name: "Of this person",
  keys: [["Next person of the list, the one before", ["J", "K"]]],
};
const STEPS: KeyGroup = {
  name: "On a step of a funnel",
  keys: [["One place before, after", ["Alt", "←", "→"]]],
};

/** What acts there: what is of this screen first. */
export function keysAt(at: KeysAt): KeyGroup[] {
  const { screen, open, site, asks, compares, rows } = at;
  const person = screen === "people" && open;
  const here: KeyGroup[] = [];
  if (screen === "sessions" && open && at.plays) here.push(PLAYER);
  if (screen === "boards" && open && at.changes) here.push(BOARD);
  if (screen === "explore") here.push(STEPS);
  if (person) here.push(PERSON);
  if (rows && !person) here.push(ROWS);
  const asking: Keys[] = asks
    ? [
        ["Period", ["P"]],
        ...(compares ? ([["Comparison", ["C"]]] as const) : []),
        ["Add a filter", ["F"]],
      ]
    : [];
  const everywhere: Keys[] = [
    ["Find anything", ["Ctrl", "K"]],
    ...(site ? SCREENS : []),
    ["All sites", ["G", "A"]],
    ["Light or dark", ["T"]],
    ["This sheet", ["?"]],
  ];
  return [
    ...here,
    ...(asking.length > 0 ? [{ name: "What is asked", keys: asking }] : []),
    { name: "Everywhere", keys: everywhere },
  ];
}
