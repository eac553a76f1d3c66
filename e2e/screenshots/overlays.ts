// What opens over a screen or in place of a part of it: popovers, dialogs, sheets and editors.
import type { Page } from "playwright-core";
import { FUNNEL, type Named, press, type Shot, settled } from "./screens.ts";

type Act = (page: Page) => Promise<unknown>;

/** One deed after another, each once the one before has shown what it opens. */
const then =
  (...acts: Act[]): Act =>
  async (page) => {
    for (const act of acts) await act(page);
  };

/** What can be opened, by the name of what it is. */
export function overlaysOf({ session, board }: Named): readonly Shot[] {
  return [
    ...ofEveryScreen(),
    ...ofExplore(),
    ...ofWatching(session),
    ...ofBoards(board),
    ...ofLists(),
    ...ofSettings(),
  ].map((shot) => ({ ...shot, isOverlay: true }));
}

function ofEveryScreen(): readonly Shot[] {
  const over = (name: string, act: Act): Shot => ({ name: `over-${name}`, path: "?last=30d", act });
  const palette: Act = async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find" }).fill("pay");
  };
  return [
    over("period", press("button", /^Last 30 days/)),
    over("comparison", press("button", /^Comparison:/)),
    over("segment", press("button", /^Segment: /)),
    over("filter", press("button", "Add a filter")),
    over(
      "filter-further",
      then(press("button", "Add a filter"), press("button", /^On a property/)),
    ),
    over("rows", press("button", /^All \d/)),
    over("how-counted", press("button", "How counted")),
    over("annotate", press("button", "Annotate")),
    over("sites", press("button", /change the site/)),
    over("demo", press("button", /^Demo site/)),
    over("palette", palette),
    over("shortcuts", (page) => page.keyboard.press("?")),
    { ...over("more-screens", press("button", "More screens")), widest: 390 },
  ];
}

function ofExplore(): readonly Shot[] {
  const path = `explore?last=30d&${FUNNEL}`;
  return [
    { name: "explore-pick", path, act: press("button", "Step") },
    { name: "explore-save", path, act: press("button", "Save this question") },
    {
      name: "explore-condition",
      path: "explore?last=30d&series=order",
      act: then(press("button", /^Event/), press("button", /Condition/)),
    },
  ];
}

function ofWatching(session: string): readonly Shot[] {
  const open = (name: string, button: string | RegExp): Shot => ({
    name: `session-${name}`,
    path: `sessions/${session}`,
    act: then(settled, press("button", button)),
  });
  const heat = "heatmaps?last=30d&at=/product/*";
  return [
    {
      name: "sessions-frustration",
      path: "sessions?last=30d",
      act: press("button", /^Frustration/),
    },
    { name: "sessions-marked", path: "sessions?last=30d", act: press("button", /^Tags:/) },
    open("tags", "Tags and collections of this recording"),
    open("share", "Share this recording by a link"),
    open("save", /^Save(?!.*CSV)/),
    open("facts", /^Facts/),
    { name: "heatmap-page", path: heat, act: then(settled, press("button", /^Pages?:/)) },
    {
      name: "heatmap-compare",
      path: heat,
      act: then(settled, press("button", "Compare side by side")),
    },
    { name: "heatmap-export", path: heat, act: then(settled, press("button", "Export")) },
  ];
}

function ofBoards(board: string): readonly Shot[] {
  const path = `boards/${board}`;
  return [
    { name: "board-new", path: "boards", act: press("button", "New board") },
    { name: "board-share", path, act: press("button", "Share this board by a link") },
    { name: "board-mail", path, act: press("button", "Send this board by mail") },
    { name: "board-add", path, act: press("button", /^Add$/) },
    { name: "board-arrange", path, act: press("button", "Arrange") },
    { name: "board-more", path, act: press("button", "More with this board") },
  ];
}

function ofLists(): readonly Shot[] {
  const survey = press("link", "Leaving the checkout");
  const erase = then(press("link", "harbour-hotels-buying"), press("button", /^Erase/));
  return [
    { name: "goal-new", path: "goals?last=30d", act: press("button", "New goal") },
    {
      name: "goal-edit",
      path: "goals?last=30d",
      act: then(press("link", "Order"), press("button", "Edit")),
    },
    { name: "segment-new", path: "segments?last=30d", act: press("button", "New segment") },
    { name: "survey-new", path: "feedback?last=30d", act: press("button", "New survey") },
    { name: "survey-edit", path: "feedback?last=30d", act: then(survey, press("button", "Edit")) },
    { name: "people-columns", path: "people?last=30d", act: press("button", "Columns") },
    { name: "person-erase", path: "accounts/harbour-hotels?last=90d", act: erase },
  ];
}

function ofSettings(): readonly Shot[] {
  const factor: Act = async (page) => {
    await page.getByLabel("Your password").fill("a long enough password");
    await press("button", "Make a second factor")(page);
    await page.getByRole("img", { name: "QR code of the key" }).waitFor();
  };
  return [
    {
      name: "settings-marking",
      path: "settings/recording",
      act: then(press("button", "Mark on a page…"), settled),
    },
    { name: "settings-delete", path: "settings", act: press("button", "Delete…") },
    { name: "sites-add", path: "/", act: press("button", "Add a site") },
    { name: "profile-factor", path: "/account", act: factor, guide: "second-factor" },
  ];
}
