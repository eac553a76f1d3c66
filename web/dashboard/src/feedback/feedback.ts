// Surveys: the questions about them and their answers' numbers, what is said of those, templates and
// drafts. What is counted stands in docs/concepts/surveys.md.
import type {
  Answer,
  Condition,
  Dimension,
  PeopleQuestion,
  Question,
  Survey,
  SurveyDraft,
  SurveySpec,
} from "@hitmetrix/wire";
import { count, decimal, plural } from "../format.ts";
import { freeName, percent } from "../goals/goals.ts";
import { type Asking, conditionsOf, ownValue } from "../question.ts";
import { numberAt, textAt } from "../rows.ts";

/** The survey that is open, by its id; empty for the list. */
export const openSurvey = (asking: Asking): string => ownValue(asking, "survey");

type Series = NonNullable<Question["trend"]>["series"][number];

const ALL_SURVEYS = 200;
/** From this score on, and up to that one, of 0 to 10. */
const PROMOTER_MIN = 9;
const DETRACTOR_MAX = 6;
const SCORE_MAX = 10;

const isAnswer = (label: string, filters: Condition[] = []): Series => ({
  label,
  events: ["survey_answered"],
  ...(filters.length > 0 ? { filters } : {}),
  aggregate: "count",
});
const scoreOf = (operator: "greater" | "less" | "is", value: number): Condition => ({
  property: "score",
  of: "event",
  operator,
  values: [String(value)],
});
const scoresOf = (from: number, to: number): Condition[] => [
  scoreOf("greater", from - 1),
  scoreOf("less", to + 1),
];

/** What every table of surveys counts, under these names. */
function counted(): Series[] {
  return [
    isAnswer("answered"),
    { label: "shown", events: ["survey_shown"], aggregate: "count" },
    { label: "closed", events: ["survey_dismissed"], aggregate: "count" },
    // Only ratings have one, and only scores that their form offers are in it.
    {
      label: "mean",
      events: ["survey_answered"],
      filters: scoresOf(1, 5),
      aggregate: "average",
      property: "score",
    },
    isAnswer("promoters", scoresOf(PROMOTER_MIN, SCORE_MAX)),
    isAnswer("detractors", scoresOf(0, DETRACTOR_MAX)),
    isAnswer("scored", scoresOf(0, SCORE_MAX)),
  ];
}

const ofSurveys = (...ids: string[]): Condition => ({
  property: "survey",
  of: "event",
  operator: "is",
  values: ids,
});

function trendOf(asking: Asking, trend: Question["trend"], ...ids: string[]): Question {
  return {
    kind: "trend",
    period: asking.period,
    filters: [...conditionsOf(asking), ...(ids.length > 0 ? [ofSurveys(...ids)] : [])],
    bots: asking.bots,
    ...(trend ? { trend } : {}),
  };
}

/** All surveys that the site has, one a row: anybody can send ids that it does not have. */
export function listQuestion(asking: Asking, surveys: readonly Survey[]): Question {
  const breakdown = [{ property: "survey", of: "event" as const }];
  const trend = { series: counted(), breakdown, top: ALL_SURVEYS, whole: true };
  return trendOf(asking, trend, ...surveys.map(({ id }) => id));
}

/** One survey as a whole, and the time before where that is compared. */
export function surveyQuestion(asking: Asking, { id }: Survey): Question {
  return {
    ...trendOf(asking, { series: counted(), whole: true }, id),
    compare: asking.compare,
  };
}

export function overTimeQuestion(asking: Asking, { id }: Survey): Question {
  const question = trendOf(asking, { series: counted() }, id);
  return asking.interval ? { ...question, interval: asking.interval } : question;
}

/** One survey by a fact of its answers. */
export function acrossQuestion(asking: Asking, { id }: Survey, dimension: Dimension): Question {
  const breakdown = [{ dimension }];
  return trendOf(asking, { series: counted(), breakdown, top: ACROSS_TOP, whole: true }, id);
}

const ACROSS_TOP = 7;

/** What can be answered: scores or choices; none for a text. */
export function valuesOf({ survey }: Survey): string[] {
  if (survey.kind === "choice") return survey.choices ?? [];
  if (survey.kind === "text") return [];
  const from = survey.kind === "nps" ? 0 : 1;
  const to = survey.kind === "nps" ? 10 : 5;
  return Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
}

/** How many answered what; each value is a column, so that those that nobody gave are there too. */
export function valuesQuestion(asking: Asking, survey: Survey): Question {
  const property = survey.survey.kind === "choice" ? "choice" : "score";
  const series = valuesOf(survey).map((value, at) =>
    isAnswer(valueColumn(at), [{ property, of: "event", operator: "is", values: [value] }]),
  );
  return trendOf(asking, { series, whole: true }, survey.id);
}

export const valueColumn = (at: number): string => `value ${at}`;

/** Who stands behind a column of a row. */
export function peopleOf(
  question: Question,
  answer: Answer,
  column: string,
  row: Answer["rows"][number] | undefined = answer.rows[0],
): PeopleQuestion {
  const key: PeopleQuestion["cell"]["row"] = {};
  answer.columns.forEach(({ name, unit }, at) => {
    if (unit === "text" || name === "time") key[name] = row?.[at] ?? null;
  });
  return { question, cell: { column, row: key } };
}

// ---------- rows ----------

export interface Counts {
  answered: number;
  shown: number;
  closed: number;
  /** Mean of the scores; null where there is none. */
  mean: number | null;
  promoters: number;
  detractors: number;
  scored: number;
}

const NAMES = ["answered", "shown", "closed", "promoters", "detractors", "scored"] as const;

export function countsOf(
  answer: Answer,
  row: Answer["rows"][number] | undefined,
  tail = "",
): Counts {
  const at = (name: string) =>
    numberAt(
      row,
      answer.columns.findIndex((column) => column.name === name + tail),
    );
  const counts = Object.fromEntries(NAMES.map((name) => [name, at(name) ?? 0]));
  return { ...(counts as unknown as Counts), mean: at("mean") };
}

export interface Row extends Counts {
  name: string;
  cells: Answer["rows"][number];
}

/** The rows of an answer that is divided by one fact. */
export function rowsOf(answer: Answer): Row[] {
  const at = answer.columns.findIndex(({ unit }) => unit === "text");
  return answer.rows
    .map((cells) => ({ name: textAt(cells, at), cells, ...countsOf(answer, cells) }))
    .filter(({ answered, shown }) => answered + shown > 0);
}

/** Share of promoters minus share of detractors, -100 to 100; null without a score. */
export function nps({ promoters, detractors, scored }: Counts): number | null {
  return scored === 0 ? null : (100 * (promoters - detractors)) / scored;
}

/** The score of a survey's kind; null where it has none. */
export function scoreIn(kind: SurveySpec["kind"], counts: Counts): number | null {
  if (kind === "nps") return nps(counts);
  return kind === "rating" ? counts.mean : null;
}

/** Answers a survey that was shown. Whoever answers without having been counted as shown counts too. */
export function responseRate({ answered, shown }: Counts): number | null {
  return shown === 0 ? null : Math.min(1, answered / shown);
}

// ---------- words ----------

export function scoreWords(kind: SurveySpec["kind"], score: number | null): string {
  if (score === null) return "–";
  if (kind === "nps") {
    const whole = Math.round(score);
    return whole > 0 ? `+${whole}` : whole < 0 ? `\u2212${-whole}` : "0";
  }
  return decimal(score, 1);
}

export const KIND: Record<SurveySpec["kind"], string> = {
  rating: "Rating, 1 to 5",
  nps: "Net promoter score, 0 to 10",
  choice: "One question with choices",
  text: "One question, any words",
};

const DEVICES = { desktop: "computers", tablet: "tablets", phone: "phones" } as const;

/** When and where it is asked, as a person would say it. */
export function whenWords({ moment, pages = [], devices = [], share_percent }: SurveySpec): string {
  const when =
    moment === "exit"
      ? "when somebody leaves"
      : moment === "tab"
        ? "behind a tab at the edge"
        : "event" in moment
          ? `after ${moment.event}`
          : moment.seconds === 0
            ? "at once"
            : `after ${plural(moment.seconds, "second", "seconds")}`;
  const where = pages.length === 0 ? "on every page" : `on ${pages.join(", ")}`;
  const on = devices.length === 0 ? "" : `on ${devices.map((each) => DEVICES[each]).join(" and ")}`;
  const share = share_percent ?? 100;
  const whom = share === 100 ? "" : `${share}\u202f% of visitors`;
  return [when, where, on, whom].filter(Boolean).join(", ");
}

export const STATE: Record<Survey["state"], string> = {
  draft: "Draft",
  active: "On",
  paused: "Paused",
};

export interface Stand {
  survey: Survey;
  counts: Counts;
}

const ENOUGH = 10;

/** The title of one survey: its score, or what is answered most. */
export function standTitle({ survey, counts }: Stand): string {
  const { kind } = survey.survey;
  if (counts.answered === 0) {
    return counts.shown === 0
      ? `“${survey.name}” was not shown in this period`
      : `Nobody answered “${survey.name}” in this period`;
  }
  const score = scoreIn(kind, counts);
  if (kind === "nps" && score !== null) return `“${survey.name}”: NPS ${scoreWords(kind, score)}`;
  if (kind === "rating" && score !== null)
    return `“${survey.name}”: ${scoreWords(kind, score)} of 5`;
  return `“${survey.name}”: ${plural(counts.answered, "answer", "answers")}`;
}

/** The title of one survey with choices: what most chose; null where nobody or everything did. */
export function choiceTitle({ survey, counts }: Stand, values: Answer): string | null {
  const all = valuesOf(survey).map((value, at) => {
    const column = values.columns.findIndex(({ name }) => name === valueColumn(at));
    return { value, number: numberAt(values.rows[0], column) ?? 0 };
  });
  const [first, second] = [...all].sort((a, b) => b.number - a.number);
  if (!first || survey.survey.kind !== "choice" || counts.answered < ENOUGH) return null;
  if (first.number === 0 || first.number === second?.number) return null;
  return `${percent(first.number / counts.answered)} say “${first.value}”`;
}

export function standProof({ counts }: Stand): string {
  if (counts.shown + counts.answered === 0) return "";
  const rate = responseRate(counts);
  const said = rate === null ? "" : `, ${percent(rate)} of those who saw it`;
  const few = counts.answered > 0 && counts.answered < ENOUGH ? " Too few to rely on." : "";
  return `${plural(counts.answered, "answer", "answers")}${said}, ${count(counts.closed)} closed it.${few}`;
}

/** What the title of the list is about: what has most answers. */
export function leading(stands: readonly Stand[]): Stand | null {
  const found = [...stands].sort((a, b) => b.counts.answered - a.counts.answered)[0];
  return found && found.counts.answered > 0 ? found : null;
}

// ---------- to be saved ----------

export interface Template {
  name: string;
  /** What it is for. */
  use: string;
  survey: SurveySpec;
}

const words = (question: string, more: Partial<SurveySpec["words"]> = {}) => ({
  question,
  ...more,
});

export const TEMPLATES: readonly Template[] = [
  {
    name: "Page rating",
    use: "Was this page any good? Behind a tab, never in the way.",
    survey: {
      kind: "rating",
      moment: "tab",
      share_percent: 100,
      words: words("How helpful is this page?", {
        follow_up: "What is missing here?",
        low: "Not at all",
        high: "Very",
      }),
    },
  },
  {
    name: "NPS",
    use: "Would they recommend you? Of a quarter of those who stay a minute.",
    survey: {
      kind: "nps",
      moment: { seconds: 60 },
      share_percent: 25,
      words: words("How likely are you to recommend us to a friend or colleague?", {
        follow_up: "What is the main reason for your score?",
        low: "Not likely",
        high: "Very likely",
      }),
    },
  },
  {
    name: "Exit question",
    use: "What keeps them from going on? When they are about to leave.",
    survey: {
      kind: "choice",
      moment: "exit",
      share_percent: 100,
      choices: ["I am only looking", "The price", "The delivery", "Something does not work"],
      words: words("What keeps you from going on today?", {
        follow_up: "What would have helped you?",
      }),
    },
  },
  {
    name: "After a purchase",
    use: "How was it to buy? Right after the order.",
    survey: {
      kind: "rating",
      moment: { event: "order" },
      share_percent: 100,
      words: words("How easy was it to order?", {
        follow_up: "What should we improve?",
        low: "Very hard",
        high: "Very easy",
      }),
    },
  },
];

export function draftOfTemplate(
  { name, survey }: Template,
  taken: ReadonlySet<string>,
): SurveyDraft {
  return { name: freeName(name, taken), survey };
}

/** The draft that leaves a survey as it is. */
export function draftOf({ name, survey }: Survey): SurveyDraft {
  return { name, survey };
}

/** Lines of a text area: each one entry, without space around it, none empty. */
export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
