// How a panel asks: at the site's own route in its turn, or through a link with what that allows.
import type { Answer, Question } from "@hitmetrix/wire";

export type Asks = (question: Question, signal: AbortSignal) => Promise<Answer>;
