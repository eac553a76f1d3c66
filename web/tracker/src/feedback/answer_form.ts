/**
 * The form of one survey: scores, choices or a text, and what follows a score. `sent` gets what was
 * answered; `answer` tells what would count if the page were left now: a score or choice that was
 * made, never words that nobody sent.
 */
import type { PageSurvey } from "../core.ts";
import { guard } from "../guard.ts";
import { make } from "./make.ts";

/** Characters of a comment; the field takes no more. */
const COMMENT_MAX = 2000;

export interface Answer {
  score?: number;
  choice?: string | string[];
  comment?: string;
}

export interface AnswerForm {
  form: HTMLFormElement;
  answer(): Answer | undefined;
}

export function answerForm(
  { kind, words, choices = [], several }: PageSurvey,
  send: string,
  sent: (answer: Answer) => void,
): AnswerForm {
  const isScore = kind === "nps" || kind === "rating";
  const [from, to] = kind === "nps" ? [0, 10] : [1, 5];
  const values = isScore
    ? Array.from({ length: to - from + 1 }, (_, at) => String(from + at))
    : choices;
  const inputs: HTMLInputElement[] = [];
  const comment = make("textarea", { id: "comment", maxLength: COMMENT_MAX, rows: 3 });
  const asksMore = kind === "text" || !!words.follow_up;
  const button = make("button", { type: "submit", className: "send", textContent: send });
  const field = make("div", { className: "more", hidden: true });
  const form = make("form", {}, make("p", { id: "question", textContent: words.question }));

  const chosen = () => inputs.filter((input) => input.checked).map(({ value }) => value);
  const made = (): Answer | undefined => {
    const [first, ...more] = chosen();
    if (first === undefined) return undefined;
    if (isScore) return { score: Number(first) };
    return { choice: several ? [first, ...more] : first };
  };
  const answer = (): Answer | undefined => {
    const said = comment.value.trim();
    const picked = made();
    if (!picked && (kind !== "text" || !said)) return undefined;
    return said ? { ...picked, comment: said } : picked;
  };
  const settle = () => {
    const isPicked = !!made();
    field.hidden = !(kind === "text" || (asksMore && isPicked));
    button.disabled = !answer();
  };

  if (values.length > 0) {
    const many = isScore ? `scores${values.length > 5 ? " many" : ""}` : "choices";
    const group = make("fieldset", { className: many });
    // One of several is a group of radio buttons: arrows go through it.
    group.setAttribute("role", several ? "group" : "radiogroup");
    group.setAttribute("aria-labelledby", "question");
    for (const value of values) {
      const input = make("input", { type: several ? "checkbox" : "radio", name: "answer", value });
      inputs.push(input);
      group.append(
        make("label", { className: "one" }, input, make("span", { textContent: value })),
      );
    }
    form.append(group);
  }
  if (isScore && (words.low || words.high)) {
    const ends = [words.low, words.high].map((text) => make("span", { textContent: text ?? "" }));
    const [low, high] = [inputs[0], inputs.at(-1)];
    // Who hears the scores hears what the first and the last one mean.
    if (words.low) low?.setAttribute("aria-label", `${low.value} – ${words.low}`);
    if (words.high) high?.setAttribute("aria-label", `${high.value} – ${words.high}`);
    const line = make("div", { className: "ends" }, ...ends);
    line.setAttribute("aria-hidden", "true");
    form.append(line);
  }
  if (asksMore) {
    const label = make("label", { htmlFor: "comment", textContent: words.follow_up ?? "" });
    if (!words.follow_up) comment.setAttribute("aria-labelledby", "question");
    field.append(...(words.follow_up ? [label] : []), comment);
    form.append(field);
  }
  form.append(button);
  form.addEventListener("input", guard(settle));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = guard(answer)();
    if (told) sent(told);
  });
  settle();
  return { form, answer: made };
}
