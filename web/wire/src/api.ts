// The nouns of the HTTP API under short names. They come from the OpenAPI document (openapi.d.ts,
// generated); where JSON schema says less than the server does, the type is narrowed here. Times
// are UTC milliseconds, ids 32 hexadecimal digits.
import type { components } from "./openapi";

type Schemas = components["schemas"];

/** `Base` with some of its fields narrowed. */
type Narrowed<Base, Fields> = Omit<Base, keyof Fields> & Fields;

export type Dimension = Schemas["Dimension"];
export type QuestionKind = Schemas["QuestionKind"];
export type Measure = Schemas["Measure"];
export type Unit = Schemas["Unit"];
export type Interval = Schemas["Interval"];
export type Period = Schemas["Period"];
export type Compare = Schemas["Compare"];
export type Bots = Schemas["Bots"];
export type Condition = Schemas["Condition"];
export type Question = Schemas["Question"];
export type Segment = Schemas["SegmentRow"];
export type SegmentDraft = Schemas["SegmentDraft"];
export type AlertCondition =
  | { kind: "threshold"; side: AlertSide; value: number }
  | { kind: "change"; side?: AlertSide; percent: number; against?: "before" | "week_before" }
  | { kind: "anomaly"; side?: AlertSide; width?: number };
export type AlertSide = Schemas["AlertSide"];
export type AlertWatch = Narrowed<
  Schemas["AlertWatch"],
  { condition: AlertCondition; row?: Record<string, Cell> }
>;
/** A time that is left out instead of null. */
type Times = { checked_at_ms?: number; fired_at_ms?: number; archived_at_ms?: number };
export type Alert = Narrowed<Schemas["AlertRow"], Times & { watch: AlertWatch }>;
export type AlertList = Narrowed<Schemas["AlertList"], { alerts: Alert[] }>;
export type AlertDraft = Narrowed<Schemas["AlertDraft"], { watch: AlertWatch }>;
export type AlertSaved = Alert & { secrets: { address: string; secret: string }[] };
export type AlertPreview = Narrowed<
  Schemas["AlertPreview"],
  { watch: AlertWatch; rows: Record<string, Cell>[] }
>;
export type AlertEntry = Schemas["AlertLogRow"];
export type Annotation = Schemas["AnnotationRow"];
export type AnnotationDraft = Schemas["AnnotationDraft"];
export type LinkFound = Schemas["LinkFound"];
export type SavedGoal = Schemas["GoalRow"];
export type GoalDraft = Schemas["GoalDraft"];
/** What is asked, where and when. */
export type SurveySpec = Schemas["Survey"];
export type SurveyKind = Schemas["SurveyKind"];
export type SurveyMoment = Schemas["SurveyMoment"];
export type SurveyDevice = Schemas["SurveyDevice"];
export type PageSurvey = Schemas["PageSurvey"];
/** A survey as the list has it. */
export type Survey = Narrowed<Schemas["SurveyRow"], { state: "draft" | "active" | "paused" }>;
export type SurveyDraft = Schemas["SurveyDraft"];
export type AnswersAsked = Schemas["AnswersAsked"];
/** What came of questions that were asked together, in their order. */
export interface AnswersTogether {
  answers: { answer?: Answer | null; problem?: Problem | null }[];
}
export type AnswerList = Schemas["AnswerList"];
export type SurveyAnswer = Schemas["AnswerRow"];
/** A saved insight as the list has it. */
export type Insight = Schemas["InsightRow"];
export type InsightDetail = Schemas["InsightDetail"];
export type InsightDraft = Schemas["InsightDraft"];
/** A board as the list has it. */
export type Board = Schemas["BoardRow"];
export type BoardDetail = Schemas["BoardDetail"];
export type BoardDraft = Schemas["BoardDraft"];
export type BoardMailView = Schemas["BoardMailView"];
export type BoardMailDraft = Schemas["BoardMailDraft"];
export type BoardCommon = Schemas["BoardCommon"];
export type BoardInsight = Schemas["BoardInsight"];
export type PanelPlace = Schemas["PanelPlace"];
export type PanelDisplay = Schemas["PanelDisplay"];
export type PanelShows =
  | { insight: string; display?: PanelDisplay }
  | { measure: Measure }
  | { text: string };
export type Panel = Narrowed<Schemas["Panel"], { shows: PanelShows }>;
export type Fact = Schemas["Fact"];
export type Level = Schemas["Level"];
export type Operator = Schemas["Operator"];
export type Aggregate = Schemas["Aggregate"];
export type EventSelection = Schemas["EventSelection"];
export type Funnel = Schemas["Funnel"];
export type TrendSeries = Schemas["TrendSeries"];
export type Heatmap = Schemas["Heatmap"];
export type PropertyList = Schemas["PropertyList"];
export type Column = Schemas["Column"];
export type ResolvedPeriod = Schemas["ResolvedPeriod"];

/** A value of an answer; null where there is none. */
export type Cell = number | string | boolean | null;
export type CellAddress = { column: string; row: Record<string, Cell> };
export type PeopleQuestion = Narrowed<Schemas["PeopleQuestion"], { cell: CellAddress }>;
export type Answer = Narrowed<Schemas["Answer"], { rows: Cell[][] }>;

/** What was put into the demo site. */
export type Filled = Schemas["Filled"];

export type Rules = Schemas["Rules"];
/** What scripts on pages read. */
export type PageRules = Schemas["PageRules"];
export type ChunkAck = Schemas["ChunkAck"];
export type SiteSettings = Schemas["SiteSettings"];
export type Site = Schemas["Site"];
export type Role = "admin" | "editor" | "viewer";
export type MySite = Narrowed<Schemas["MySite"], { role: Role }>;
export type Me = Narrowed<Schemas["Me"], { sites: MySite[] }>;
export type InstallationFinding = Narrowed<
  Schemas["InstallationFinding"],
  { last_ms: number | null }
>;
export type Installation = Narrowed<
  Schemas["Installation"],
  {
    first_event_ms: number | null;
    last_event_ms: number | null;
    findings: InstallationFinding[];
  }
>;

export type Live = Schemas["LiveView"];
export type LiveSession = Schemas["LiveSessionRow"];
export type LiveEvent = Schemas["RecentEvent"];

export type Page = Schemas["SessionPage"];
export type Properties = Record<string, unknown>;
export type SessionEvent = Narrowed<Schemas["SessionEvent"], { properties: Properties }>;

export type RecordingGone = Schemas["RecordingGone"];
export type RecordingSummary = Schemas["RecordingSummary"];
export type SessionDetail = Narrowed<
  Schemas["SessionDetail"],
  {
    events: SessionEvent[];
    recording: RecordingSummary | null;
    screen_px: [width: number, height: number];
  }
>;
/** What those see who get only the recording. */
export type SharedSession = Narrowed<
  Schemas["SharedSession"],
  { events: SessionEvent[]; screen_px: [width: number, height: number] }
>;
export type Shared = Narrowed<Schemas["Shared"], { session: SharedSession | null }>;
export type ShareDraft = Schemas["ShareDraft"];
export type ShareLink = Schemas["ShareRow"];
export type NewShare = Schemas["NewShare"];
/** A link to a board, as those see it who make such. */
export type BoardShare = Schemas["BoardShareRow"];
export type BoardShareDraft = Schemas["BoardShareDraft"];
export type NewBoardShare = Schemas["NewBoardShare"];
/** A board as a link shows it. */
export type SharedBoard = Narrowed<Schemas["SharedBoard"], { panels: Panel[] }>;
/** What the audit log knows to tell. */
export type AuditAction = Schemas["Action"];
export type AuditEntry = Schemas["AuditRow"];
export type AuditList = Schemas["AuditList"];
export type NewFactor = Schemas["NewFactor"];
export type Unlocked = Schemas["Unlocked"];
export type PanelPart = Schemas["PanelPart"];
export type RecordingRow = Schemas["RecordingRow"];
export type RecordingList = Schemas["RecordingList"];
export type RecordingDetail = Schemas["RecordingDetail"];
export type Note = Schemas["NoteRow"];
export type NoteDraft = Schemas["NoteDraft"];
export type TagRow = Schemas["TagRow"];
export type Collection = Schemas["CollectionRow"];
export type PersonLedger = Schemas["PersonLedger"];
export type PersonList = Schemas["PersonList"];
export type PersonOrder = Schemas["PersonOrder"];
export type PersonListQuestion = Schemas["PersonListQuestion"];
/** A property before and after; null where there was none. */
export type FactChange = Narrowed<Schemas["FactChange"], { old: unknown; new: unknown }>;
export type PersonFact = Narrowed<Schemas["PersonFact"], { value: unknown }>;
export type PersonProfile = Narrowed<
  Schemas["PersonProfile"],
  {
    mode: SessionDetail["mode"] | null;
    properties: PersonFact[];
    changes: FactChange[];
  }
>;
export type PersonEvent = Narrowed<Schemas["PersonEvent"], { properties: Properties }>;
export type PersonEvents = { events: PersonEvent[]; next: string | null; missing: string[] };
export type ErasedPerson = Schemas["ErasedPerson"];
export type ChunkRow = Schemas["ChunkRow"];
export type StoragePlan = Schemas["StoragePlan"];
export type Coming = Schemas["Coming"];
/** Where a page is to be seen in the recordings. */
export type PagePicture = Schemas["PagePicture"];
/** Pointer and attention on a page, from recordings. */
export type RecordedHeat = Narrowed<
  Schemas["RecordedHeat"],
  { moves: [row: number, column: number, count: number][]; window_px: number | null }
>;

export type TokenScope = "ingest" | "read" | "admin";
export type Token = Narrowed<Schemas["TokenRow"], { scope: TokenScope }>;
export type LossFigures = Schemas["LossFigures"];
export type MyAddress = Schemas["MyAddress"];
export type Member = Narrowed<Schemas["MemberRow"], { role: Role }>;
export type User = Schemas["UserRow"];
export type Status = Schemas["Status"];
export type Problem = Schemas["ProblemDocument"];
