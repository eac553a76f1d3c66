// Everything the dashboard asks of its server. Answers are the wire's types; what goes wrong
// becomes one kind of error that says what happened and what to do.
import type {
  AlertDraft,
  AlertEntry,
  AlertList,
  AlertPreview,
  AlertSaved,
  AlertWatch,
  Annotation,
  AnnotationDraft,
  Answer,
  AnswerList,
  AnswersAsked,
  AnswersTogether,
  AuditAction,
  AuditList,
  Board,
  BoardDetail,
  BoardDraft,
  BoardMailDraft,
  BoardMailView,
  BoardShare,
  BoardShareDraft,
  ChunkRow,
  Collection,
  Filled,
  GoalDraft,
  Insight,
  InsightDetail,
  InsightDraft,
  Installation,
  LinkFound,
  Live,
  LossFigures,
  Me,
  Member,
  MyAddress,
  NewBoardShare,
  NewFactor,
  NewShare,
  Note,
  NoteDraft,
  PagePicture,
  PeopleQuestion,
  PersonEvents,
  PersonLedger,
  PersonListQuestion,
  PersonProfile,
  Problem,
  PropertyList,
  Question,
  RecordedHeat,
  RecordingDetail,
  RecordingList,
  Role,
  SavedGoal,
  Segment,
  SegmentDraft,
  SessionDetail,
  ShareDraft,
  ShareLink,
  Site,
  Status,
  StoragePlan,
  Survey,
  SurveyDraft,
  TagRow,
  Token,
  TokenScope,
  User,
} from "@hitmetrix/wire";
import type { Keeping, SettingsPatch } from "./rulesForm.ts";
import { createTogether } from "./together.ts";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The part of the request that is wrong, as `funnel.steps[1].filters[0]`. */
  readonly field: string | null;
  readonly retryAfterS: number | null;

  constructor(
    problem: Pick<Problem, "status" | "code" | "detail" | "title" | "field">,
    retryAfterS: number | null = null,
  ) {
    super(problem.title || problem.detail);
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.field = problem.field ?? null;
    this.retryAfterS = retryAfterS;
  }
}

/** What went wrong, in words. */
export function detailOf(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  return error instanceof Error ? error.message : String(error);
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface SiteDraft {
  name: string;
  domains: string[];
  time_zone: string;
  settings?: SettingsPatch;
}

export interface SiteChange extends Partial<SiteDraft> {
  /** The same as they were found: what somebody else has changed since is a conflict. */
  was?: SettingsPatch;
  /** The site's name, for settings that keep less. */
  confirm?: string;
}

export interface PictureSearch {
  page: string;
  device: string | null;
  from_ms?: number;
  to_ms?: number;
}

export interface RecordedSearch {
  page: string;
  device: string | null;
  from_ms: number;
  to_ms: number;
  /** A JSON list of conditions; empty for the sums. */
  filters: string;
}

export interface RecordingSearch {
  session?: string;
  /** Ids with commas between them, at most 200. */
  sessions?: string;
  /** A JSON list of conditions. */
  filters?: string;
  path?: string;
  from_ms?: number;
  to_ms?: number;
  limit?: number;
  offset?: number;
}

export interface AuditSearch {
  who?: string;
  action?: AuditAction;
  from_ms?: number;
  before?: number;
}

/** Of one site, or of the whole installation. */
const auditOf = (site: number | null): string => (site === null ? "audit" : `sites/${site}/audit`);

function queryOf(values: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

async function problemOf(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get("retry-after"));
  const retry = Number.isFinite(after) && after > 0 ? after : null;
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ApiError(
      {
        status: response.status,
        code: body.code ?? `http_${response.status}`,
        title: body.title ?? "",
        detail: body.detail ?? body.title ?? `the server answered ${response.status}`,
        field: body.field ?? null,
      },
      retry,
    );
  } catch {
    return new ApiError(
      {
        status: response.status,
        code: `http_${response.status}`,
        title: "",
        detail: `the server answered ${response.status}`,
      },
      retry,
    );
  }
}

/** `signedOut` is told when an answer says that nobody is signed in. */
export function createApi(fetcher: Fetch, signedOut: () => void = () => undefined) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
    accept = "application/json",
  ): Promise<Response> {
    const init: RequestInit = { method, credentials: "same-origin", headers: { accept } };
    if (signal) init.signal = signal;
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { accept, "content-type": "application/json" };
    }
    let response: Response;
    try {
      response = await fetcher(`/api/v1/${path}`, init);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError({
        status: 0,
        code: "unreachable",
        title: "",
        detail: "the server cannot be reached; it may be restarting",
      });
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    // Who asks for nothing but who they are is told by the answer itself.
    if (problem.code === "unauthorized" && path !== "me") signedOut();
    throw problem;
  }

  async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await (await call("GET", path, undefined, signal)).json()) as T;
  }

  async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await call(method, path, body);
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  return {
    firstUser: (token: string, email: string, password: string) =>
      send<void>("POST", "first-user", { token, email, password }),
    lookAtLink: (token: string) => send<LinkFound>("POST", "first-user/look", { token }),
    login: (email: string, password: string, code?: string) =>
      send<void>("POST", "login", { email, password, ...(code ? { code } : {}) }),
    beginFactor: (password: string) => send<NewFactor>("POST", "me/second-factor", { password }),
    confirmFactor: (code: string) =>
      send<{ recovery_codes: string[] }>("POST", "me/second-factor/confirm", { code }),
    renewCodes: (password: string, code: string) =>
      send<{ recovery_codes: string[] }>("POST", "me/second-factor/recovery-codes", {
        password,
        code,
      }),
    removeFactor: (code: string) => send<void>("DELETE", "me/second-factor", { code }),
    resetFactor: (user: number) => send<void>("DELETE", `users/${user}/second-factor`),
    factorRule: (signal?: AbortSignal) => get<{ required: boolean }>("second-factor-rule", signal),
    requireFactor: (required: boolean) => send<void>("PUT", "second-factor-rule", { required }),
    logout: () => send<void>("POST", "logout"),
    me: (signal?: AbortSignal) => get<Me>("me", signal),

    addSite: (draft: SiteDraft) => send<Site>("POST", "sites", draft),
    myAddress: (signal?: AbortSignal) => get<MyAddress>("me/address", signal),
    changeSite: (site: number, change: SiteChange) => send<Site>("PATCH", `sites/${site}`, change),
    deleteSite: (site: number, name: string) => send<void>("DELETE", `sites/${site}`, { name }),
    installation: (site: number, signal?: AbortSignal) =>
      get<Installation>(`sites/${site}/installation`, signal),

    fillDemo: (site: number) => send<Filled>("POST", `sites/${site}/demo-data`),
    emptyDemo: (site: number) => send<void>("DELETE", `sites/${site}/demo-data`),

    /** What is asked at one moment and counted alike goes out in one request. */
    ask: createTogether(
      async (site, question, signal) => {
        return (await (await call("POST", `sites/${site}/ask`, question, signal)).json()) as Answer;
      },
      async (site, questions, signal) => {
        const body = { questions };
        const response = await call("POST", `sites/${site}/ask-together`, body, signal);
        return (await response.json()) as AnswersTogether;
      },
      (problem) => new ApiError(problem),
    ),
    /** The answer as lines, with the progress before it; see `askTold`. */
    askLines: (site: number, question: Question, signal?: AbortSignal) =>
      call("POST", `sites/${site}/ask`, question, signal, "application/x-ndjson"),
    people: async (site: number, question: PeopleQuestion, signal?: AbortSignal) => {
      return (await (
        await call("POST", `sites/${site}/people`, question, signal)
      ).json()) as Answer;
    },
    persons: async (site: number, question: PersonListQuestion, signal?: AbortSignal) => {
      return (await (
        await call("POST", `sites/${site}/persons`, question, signal)
      ).json()) as Answer;
    },
    profile: (site: number, person: string, signal?: AbortSignal) =>
      get<PersonProfile>(`sites/${site}/persons/${encodeURIComponent(person)}`, signal),
    /** A page of what somebody did, the newest first; `before` is what the page before said. */
    personEvents: (site: number, person: string, before: string | null, signal?: AbortSignal) =>
      get<PersonEvents>(
        `sites/${site}/persons/${encodeURIComponent(person)}/events${queryOf({ before, limit: 500 })}`,
        signal,
      ),
    takeApart: (site: number, person: string, visitor: string) =>
      send<void>("POST", `sites/${site}/persons/${person}/undo`, { visitor }),
    /** Lines of what happens, and at last what is gone; see `eraseTold`. */
    erasePerson: (site: number, person: string, name: string) =>
      call(
        "DELETE",
        `sites/${site}/persons/${person}`,
        { name },
        undefined,
        "application/x-ndjson",
      ),
    properties: (site: number, signal?: AbortSignal) =>
      get<PropertyList>(`sites/${site}/properties`, signal),
    segments: (site: number, signal?: AbortSignal) =>
      get<{ segments: Segment[] }>(`sites/${site}/segments`, signal).then(
        ({ segments }) => segments,
      ),
    addSegment: (site: number, draft: SegmentDraft) =>
      send<Segment>("POST", `sites/${site}/segments`, draft),
    changeSegment: (site: number, segment: string, draft: SegmentDraft) =>
      send<Segment>("PUT", `sites/${site}/segments/${segment}`, draft),
    archiveSegment: (site: number, segment: string) =>
      send<void>("PUT", `sites/${site}/segments/${segment}/archived`),
    bringBackSegment: (site: number, segment: string) =>
      send<void>("DELETE", `sites/${site}/segments/${segment}/archived`),
    deleteSegment: (site: number, segment: string) =>
      send<void>("DELETE", `sites/${site}/segments/${segment}`),
    goals: (site: number, signal?: AbortSignal) =>
      get<{ goals: SavedGoal[] }>(`sites/${site}/goals`, signal).then(({ goals }) => goals),
    addGoal: (site: number, draft: GoalDraft) =>
      send<SavedGoal>("POST", `sites/${site}/goals`, draft),
    changeGoal: (site: number, goal: string, draft: GoalDraft) =>
      send<SavedGoal>("PUT", `sites/${site}/goals/${goal}`, draft),
    archiveGoal: (site: number, goal: string) =>
      send<void>("PUT", `sites/${site}/goals/${goal}/archived`),
    bringBackGoal: (site: number, goal: string) =>
      send<void>("DELETE", `sites/${site}/goals/${goal}/archived`),
    deleteGoal: (site: number, goal: string) => send<void>("DELETE", `sites/${site}/goals/${goal}`),
    surveys: (site: number, signal?: AbortSignal) =>
      get<{ surveys: Survey[] }>(`sites/${site}/surveys`, signal).then(({ surveys }) => surveys),
    addSurvey: (site: number, draft: SurveyDraft) =>
      send<Survey>("POST", `sites/${site}/surveys`, draft),
    changeSurvey: (site: number, survey: string, draft: SurveyDraft) =>
      send<Survey>("PUT", `sites/${site}/surveys/${survey}`, draft),
    switchSurvey: (site: number, survey: string, on: boolean) =>
      send<void>(on ? "PUT" : "DELETE", `sites/${site}/surveys/${survey}/active`),
    archiveSurvey: (site: number, survey: string) =>
      send<void>("PUT", `sites/${site}/surveys/${survey}/archived`),
    bringBackSurvey: (site: number, survey: string) =>
      send<void>("DELETE", `sites/${site}/surveys/${survey}/archived`),
    deleteSurvey: (site: number, survey: string) =>
      send<void>("DELETE", `sites/${site}/surveys/${survey}`),
    surveyAnswers: async (
      site: number,
      survey: string,
      asked: AnswersAsked,
      signal?: AbortSignal,
    ) => {
      const path = `sites/${site}/surveys/${survey}/answers`;
      return (await (await call("POST", path, asked, signal)).json()) as AnswerList;
    },
    annotations: (site: number, signal?: AbortSignal) =>
      get<{ annotations: Annotation[] }>(`sites/${site}/annotations`, signal).then(
        ({ annotations }) => annotations,
      ),
    addAnnotation: (site: number, draft: AnnotationDraft) =>
      send<Annotation>("POST", `sites/${site}/annotations`, draft),
    changeAnnotation: (site: number, annotation: string, draft: AnnotationDraft) =>
      send<Annotation>("PUT", `sites/${site}/annotations/${annotation}`, draft),
    deleteAnnotation: (site: number, annotation: string) =>
      send<void>("DELETE", `sites/${site}/annotations/${annotation}`),
    alerts: (site: number, signal?: AbortSignal) => get<AlertList>(`sites/${site}/alerts`, signal),
    addAlert: (site: number, draft: AlertDraft) =>
      send<AlertSaved>("POST", `sites/${site}/alerts`, draft),
    changeAlert: (site: number, alert: string, draft: AlertDraft) =>
      send<AlertSaved>("PUT", `sites/${site}/alerts/${alert}`, draft),
    previewAlert: async (
      site: number,
      draft: { watch: AlertWatch; cool_down_hours?: number },
      signal?: AbortSignal,
    ): Promise<AlertPreview> =>
      (await (
        await call("POST", `sites/${site}/alerts/preview`, draft, signal)
      ).json()) as AlertPreview,
    alertLog: (site: number, alert: string, signal?: AbortSignal) =>
      get<{ entries: AlertEntry[] }>(`sites/${site}/alerts/${alert}/log`, signal).then(
        ({ entries }) => entries,
      ),
    muteAlert: (site: number, alert: string, until_ms: number | null) =>
      send<void>(
        "PUT",
        `sites/${site}/alerts/${alert}/muted`,
        until_ms === null ? {} : { until_ms },
      ),
    unmuteAlert: (site: number, alert: string) =>
      send<void>("DELETE", `sites/${site}/alerts/${alert}/muted`),
    archiveAlert: (site: number, alert: string) =>
      send<void>("PUT", `sites/${site}/alerts/${alert}/archived`),
    bringBackAlert: (site: number, alert: string) =>
      send<void>("DELETE", `sites/${site}/alerts/${alert}/archived`),
    testAlert: (site: number, alert: string) =>
      send<void>("POST", `sites/${site}/alerts/${alert}/test`),
    insights: (site: number, signal?: AbortSignal) =>
      get<{ insights: Insight[] }>(`sites/${site}/insights`, signal).then(
        ({ insights }) => insights,
      ),
    insight: (site: number, insight: string, signal?: AbortSignal) =>
      get<InsightDetail>(`sites/${site}/insights/${insight}`, signal),
    addInsight: (site: number, draft: InsightDraft) =>
      send<InsightDetail>("POST", `sites/${site}/insights`, draft),
    changeInsight: (site: number, insight: string, draft: InsightDraft) =>
      send<InsightDetail>("PUT", `sites/${site}/insights/${insight}`, draft),
    archiveInsight: (site: number, insight: string) =>
      send<void>("PUT", `sites/${site}/insights/${insight}/archived`),
    bringBackInsight: (site: number, insight: string) =>
      send<void>("DELETE", `sites/${site}/insights/${insight}/archived`),
    deleteInsight: (site: number, insight: string) =>
      send<void>("DELETE", `sites/${site}/insights/${insight}`),
    boards: (site: number, signal?: AbortSignal) =>
      get<{ boards: Board[] }>(`sites/${site}/boards`, signal).then(({ boards }) => boards),
    board: (site: number, board: string, signal?: AbortSignal) =>
      get<BoardDetail>(`sites/${site}/boards/${board}`, signal),
    addBoard: (site: number, draft: BoardDraft) =>
      send<BoardDetail>("POST", `sites/${site}/boards`, draft),
    changeBoard: (site: number, board: string, draft: BoardDraft & { version: number }) =>
      send<BoardDetail>("PUT", `sites/${site}/boards/${board}`, draft),
    archiveBoard: (site: number, board: string) =>
      send<void>("PUT", `sites/${site}/boards/${board}/archived`),
    bringBackBoard: (site: number, board: string) =>
      send<void>("DELETE", `sites/${site}/boards/${board}/archived`),
    deleteBoard: (site: number, board: string) =>
      send<void>("DELETE", `sites/${site}/boards/${board}`),
    boardMail: (site: number, board: string, signal?: AbortSignal) =>
      get<BoardMailView>(`sites/${site}/boards/${board}/mail`, signal),
    setBoardMail: (site: number, board: string, draft: BoardMailDraft) =>
      send<BoardMailView>("PUT", `sites/${site}/boards/${board}/mail`, draft),
    endBoardMail: (site: number, board: string) =>
      send<void>("DELETE", `sites/${site}/boards/${board}/mail`),
    sendBoardNow: (site: number, board: string) =>
      send<void>("POST", `sites/${site}/boards/${board}/mail/now`),
    live: (site: number, signal?: AbortSignal) => get<Live>(`sites/${site}/live`, signal),
    session: (site: number, session: string, signal?: AbortSignal) =>
      get<SessionDetail>(`sites/${site}/sessions/${session}`, signal),

    recordings: (site: number, search: RecordingSearch, signal?: AbortSignal) =>
      get<RecordingList>(`sites/${site}/recordings${queryOf(search)}`, signal),
    recording: (site: number, session: string, signal?: AbortSignal) =>
      get<RecordingDetail>(`sites/${site}/recordings/${session}`, signal),
    /** The chunks after those, `WINDOW-SEQUENCE` with commas between them. */
    recordingAfter: (site: number, session: string, after: string, signal?: AbortSignal) =>
      get<{ chunks: ChunkRow[] }>(
        `sites/${site}/recordings/${session}/chunks${queryOf({ after })}`,
        signal,
      ),
    person: (site: number, person: string, signal?: AbortSignal) =>
      get<PersonLedger>(`sites/${site}/persons/${person}/ledger`, signal),
    addNote: (site: number, session: string, draft: NoteDraft) =>
      send<Note>("POST", `sites/${site}/recordings/${session}/notes`, draft),
    changeNote: (site: number, session: string, note: string, draft: NoteDraft) =>
      send<Note>("PUT", `sites/${site}/recordings/${session}/notes/${note}`, draft),
    removeNote: (site: number, session: string, note: string) =>
      send<void>("DELETE", `sites/${site}/recordings/${session}/notes/${note}`),
    restoreNote: (site: number, session: string, note: string) =>
      send<void>("POST", `sites/${site}/recordings/${session}/notes/${note}/restore`),
    tags: (site: number, signal?: AbortSignal) =>
      get<{ tags: TagRow[] }>(`sites/${site}/tags`, signal).then(({ tags }) => tags),
    setTag: (site: number, session: string, tag: string, method: "PUT" | "DELETE") =>
      send<void>(method, `sites/${site}/recordings/${session}/tags/${encodeURIComponent(tag)}`),
    collections: (site: number, signal?: AbortSignal) =>
      get<{ collections: Collection[] }>(`sites/${site}/collections`, signal).then(
        ({ collections }) => collections,
      ),
    /** The sessions of a collection, in its order. */
    collected: (site: number, id: string, signal?: AbortSignal) =>
      get<{ sessions: string[] }>(`sites/${site}/collections/${id}`, signal).then(
        ({ sessions }) => sessions,
      ),
    addCollection: (site: number, name: string) =>
      send<Collection>("POST", `sites/${site}/collections`, { name }),
    renameCollection: (site: number, id: string, name: string) =>
      send<unknown>("PATCH", `sites/${site}/collections/${id}`, { name }),
    removeCollection: (site: number, id: string) =>
      send<void>("DELETE", `sites/${site}/collections/${id}`),
    collect: (site: number, session: string, id: string, method: "PUT" | "DELETE") =>
      send<void>(method, `sites/${site}/collections/${id}/recordings/${session}`),
    see: (site: number, session: string) =>
      send<void>("PUT", `sites/${site}/recordings/${session}/seen`),
    /** The lines of chunks that lie together, whatever became of them since they were listed. */
    chunk: async (
      site: number,
      session: string,
      chunk: Pick<ChunkRow, "window" | "sequence" | "last_sequence" | "keyframe">,
      signal?: AbortSignal,
    ) => {
      const path = `sites/${site}/recordings/${session}/chunks/${chunk.window}/${chunk.sequence}`;
      const query = `?last_sequence=${chunk.last_sequence}${chunk.keyframe ? "&keyframe=true" : ""}`;
      return await (await call("GET", path + query, undefined, signal)).text();
    },
    /** What was lost and refused in so many days up to today. */
    losses: (site: number, days: number, signal?: AbortSignal) =>
      get<LossFigures>(`sites/${site}/losses?days=${days}`, signal),
    /** As the settings are, or as they would be. */
    storage: (site: number, signal?: AbortSignal, draft: Partial<Keeping> = {}) =>
      get<StoragePlan>(`sites/${site}/storage${queryOf(draft)}`, signal),
    pin: (site: number, session: string, pin: "keep" | "release") =>
      send<void>(pin === "keep" ? "PUT" : "DELETE", `sites/${site}/recordings/${session}/pin`),
    shares: (site: number, session: string, signal?: AbortSignal) =>
      get<{ shares: ShareLink[] }>(`sites/${site}/recordings/${session}/shares`, signal).then(
        ({ shares }) => shares,
      ),
    audit: (site: number | null, search: AuditSearch, signal?: AbortSignal) =>
      get<AuditList>(`${auditOf(site)}${queryOf(search)}`, signal),
    /** Where the same lies as a file. */
    auditFile: (site: number | null, search: AuditSearch & { format: "csv" | "ndjson" }) =>
      `/api/v1/${auditOf(site)}/export${queryOf(search)}`,
    boardShares: (site: number, board: string, signal?: AbortSignal) =>
      get<{ shares: BoardShare[] }>(`sites/${site}/boards/${board}/shares`, signal).then(
        ({ shares }) => shares,
      ),
    addBoardShare: (site: number, board: string, draft: BoardShareDraft) =>
      send<NewBoardShare>("POST", `sites/${site}/boards/${board}/shares`, draft),
    revokeBoardShare: (site: number, board: string, share: string) =>
      send<void>("DELETE", `sites/${site}/boards/${board}/shares/${share}`),
    addShare: (site: number, session: string, draft: ShareDraft) =>
      send<NewShare>("POST", `sites/${site}/recordings/${session}/shares`, draft),
    revokeShare: (site: number, session: string, share: string) =>
      send<void>("DELETE", `sites/${site}/recordings/${session}/shares/${share}`),
    /**
     * Where a page is to be seen in the recordings, rather as it was in a time; on any device when
     * none is named.
     */
    picture: (site: number, search: PictureSearch, signal?: AbortSignal) =>
      get<{ picture: PagePicture | null }>(
        `sites/${site}/heatmaps/picture${queryOf(search)}`,
        signal,
      ).then(({ picture }) => picture),
    recordedHeat: (site: number, search: RecordedSearch, signal?: AbortSignal) =>
      get<RecordedHeat>(`sites/${site}/heatmaps/recorded${queryOf(search)}`, signal),
    deleteRecording: (site: number, session: string) =>
      send<void>("DELETE", `sites/${site}/recordings/${session}`),

    tokens: (site: number, signal?: AbortSignal) =>
      get<{ tokens: Token[] }>(`sites/${site}/tokens`, signal).then(({ tokens }) => tokens),
    addToken: (site: number, name: string, scope: TokenScope) =>
      send<{ id: Token["id"]; secret: string }>("POST", `sites/${site}/tokens`, { name, scope }),
    deleteToken: (site: number, id: Token["id"]) =>
      send<void>("DELETE", `sites/${site}/tokens/${id}`),
    members: (site: number, signal?: AbortSignal) =>
      get<{ members: Member[] }>(`sites/${site}/members`, signal).then(({ members }) => members),
    setMember: (site: number, user: User["id"], role: Role) =>
      send<void>("PUT", `sites/${site}/members/${user}`, { role }),
    removeMember: (site: number, user: User["id"]) =>
      send<void>("DELETE", `sites/${site}/members/${user}`),

    resetUser: (id: User["id"]) => send<{ link: string }>("POST", `users/${id}/reset`),
    users: (signal?: AbortSignal) =>
      get<{ users: User[] }>("users", signal).then(({ users }) => users),
    addUser: (email: string) => send<{ link: string }>("POST", "users", { email }),
    /** By their address once more, so that nobody becomes an owner by a slip. */
    makeOwner: (id: User["id"], email: string) => send<void>("PUT", `users/${id}/owner`, { email }),
    unmakeOwner: (id: User["id"]) => send<void>("DELETE", `users/${id}/owner`),
    changePassword: (old: string, next: string) =>
      send<void>("PUT", "me/password", { old, new: next }),
    deleteUser: (id: User["id"]) => send<void>("DELETE", `users/${id}`),
    status: (signal?: AbortSignal) => get<Status>("status", signal),
  };
}

export type Api = ReturnType<typeof createApi>;
