//! Every fixed limit, declared once: name, value, unit and what happens beyond it. The page
//! docs/reference/limits.md is generated from [`ALL`].

/// One limit, as the reference page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of the constant.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// Unit of the value.
    pub unit: &'static str,
    /// What it bounds and what happens beyond it.
    pub doc: &'static str,
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty = $value:expr, $unit:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: $kind = $value;)+

        /// All limits, in the order of the reference page.
        pub const ALL: &[Limit] = &[$(Limit {
            name: stringify!($name),
            value: $name as u64,
            unit: $unit,
            doc: concat!($($doc),+),
        }),+];
    };
}

limits! {
    /// An events body as it comes; beyond it 413.
    EVENTS_WIRE_BYTES: usize = 1 << 20, "bytes";
    /// An events body after decompression; beyond it 413.
    EVENTS_DECODED_BYTES: usize = 5 << 20, "bytes";
    /// A recording body as it comes; beyond it 413.
    CHUNK_WIRE_BYTES: usize = 8 << 20, "bytes";
    /// A recording body after decompression; beyond it 413.
    CHUNK_DECODED_BYTES: usize = 40 << 20, "bytes";
    /// Events in one body; the lines beyond it are rejected.
    BATCH_EVENTS: usize = 500, "events";
    /// Levels of JSON in an event; a deeper line is rejected.
    EVENT_DEPTH: usize = 32, "levels";
    /// Properties of an event; a line with more is rejected.
    EVENT_PROPERTIES: usize = 256, "properties";
    /// One text of an event; a longer one rejects its line, but for those that are cut.
    TEXT_BYTES: usize = 8 << 10, "bytes";
    /// Names of properties that have columns in one part, and in one run of what is not sealed
    /// yet; of more, those with the fewest events have none and are counted as left out.
    PROPERTY_NAMES: usize = 2_000, "names";
    /// Different texts and lists of one property in one part; further ones stand as `(other)` in
    /// its column. Numbers and booleans are never cut.
    PROPERTY_VALUES: usize = 100_000, "values";
    /// Bytes of the different texts and lists of one property in one part; beyond it as for
    /// their number.
    PROPERTY_VALUES_BYTES: usize = 64 << 20, "bytes";
    /// Name of an event or a property; a longer one rejects its line.
    NAME_BYTES: usize = 200, "bytes";
    /// Path, query or referrer of a page; cut and marked.
    ADDRESS_BYTES: usize = 2048, "bytes";
    /// Title of a page; cut and marked.
    TITLE_BYTES: usize = 512, "bytes";
    /// User agent; cut before it is read.
    USER_AGENT_BYTES: usize = 1024, "bytes";
    /// Visible text of a clicked button or link; cut and marked.
    CLICK_TEXT_BYTES: usize = 128, "bytes";
    /// Addresses and networks of one site whose visits are left out; more are refused.
    EXCLUDED_ADDRESSES: usize = 100, "ranges";
    /// Levels of a recorded document; a deeper chunk is rejected.
    RECORDING_DEPTH: usize = 1024, "levels";
    /// One text of a recording; a chunk with a longer one is rejected.
    RECORDING_TEXT_BYTES: usize = 4 << 20, "bytes";
    /// One line of a recorded page's console, with the places of an error; cut.
    CONSOLE_TEXT_BYTES: usize = 4096, "bytes";
    /// A picture or font that was taken along with a recording; a larger one is left out.
    ASSET_BYTES: usize = 256 << 10, "bytes";
    /// Style sheets that a site's pages are told of with their rules, so that recordings need not bring
    /// them again: of those that five visitors sent, the ones that recordings had most lately. All
    /// others are sent whole.
    SHARED_SHEETS_TOLD: usize = 32, "sheets";
    /// JSON of the smallest style sheet that pages are told of; what names one has its price too.
    SHARED_SHEET_BYTES: usize = 1 << 10, "bytes";
    /// Assets of one site of which it is held in memory whether they are sheets that pages may name;
    /// beyond it only those that recordings had lately.
    SHARED_SHEETS_KNOWN: usize = 1024, "assets";
    /// Pictures and fonts of which it is held in memory which chunk of their session brought them, so
    /// that its next pages need not; beyond it those of the older half are sent again.
    SESSION_PICTURES_KNOWN: usize = 1 << 16, "pictures";
    /// What is put into one chunk of pictures and fonts that earlier ones of its session brought; the
    /// largest chunk that is read for it, too, and half of what all of them may have together. Beyond
    /// it pages send them again.
    SESSION_PICTURES_BYTES: usize = 4 << 20, "bytes";
    /// What one page load sends of one session's recording, before compression; beyond it the
    /// recording of that session ends and says so, and the next one is recorded again.
    RECORDED_SESSION_BYTES: usize = 48 << 20, "bytes";
    /// Pictures that one page load takes anew in one session, because something is masked that was
    /// shown before, or the server asks for one; beyond it the recording of that session ends and
    /// says so, and the next one is recorded again.
    RETAKEN_PICTURES: usize = 100, "pictures";
    /// Nodes of one snapshot; a larger one is rejected.
    SNAPSHOT_NODES: usize = 200_000, "nodes";
    /// A chunk before it is cut into pieces.
    CHUNK_BYTES: usize = 256 << 10, "bytes";
    /// Pieces of one chunk; a chunk of more is rejected.
    CHUNK_PIECES: usize = 160, "pieces";
    /// Lines of one segment of a recording at rest; a chunk that would make it larger begins the next.
    SEGMENT_BYTES: usize = 1 << 20, "bytes";
    /// Time that one segment of a recording at rest spans; a chunk that would make it longer begins
    /// the next.
    SEGMENT_MS: i64 = 60 * 1000, "milliseconds";
    /// Sequences that one request for a recording's chunks may span; a wider one is refused.
    CHUNKS_AT_ONCE: u32 = 1000, "chunks";
    /// How long it is known why a recording went that somebody deleted or that gave way to a full
    /// disk; then it is forgotten.
    RECORDING_GONE_MS: i64 = 400 * 24 * 3600 * 1000, "milliseconds";
    /// How long an incomplete set of pieces is kept; then it is dropped and counted.
    PIECES_WAIT_MS: i64 = 10 * 60 * 1000, "milliseconds";
    /// How old an event with the public key may be; older ones are refused and counted lost.
    BROWSER_EVENT_AGE_MS: i64 = 7 * 24 * 3600 * 1000, "milliseconds";
    /// How far ahead a time may be; later ones are clamped to the receipt and marked.
    EVENT_AHEAD_MS: i64 = 3600 * 1000, "milliseconds";
    /// How long the sequences of a window are remembered after its last receipt.
    WINDOW_SEEN_MS: i64 = 8 * 24 * 3600 * 1000, "milliseconds";
    /// Span of one part.
    PART_SPAN_MS: i64 = 7 * 24 * 3600 * 1000, "milliseconds";
    /// Rows of one part; compaction stops growing a part there.
    PART_ROWS: usize = 2_000_000, "rows";
    /// Events that may lie in the log before a seal begins.
    TAIL_EVENTS: usize = 250_000, "events";
    /// Bytes that may lie in the log before a seal begins.
    TAIL_BYTES: u64 = 128 << 20, "bytes";
    /// Age of the oldest unsealed frame at which a seal begins.
    TAIL_AGE_MS: i64 = 10 * 60 * 1000, "milliseconds";
    /// Requests that may wait for the log; beyond it 503.
    LOG_QUEUE: usize = 1024, "requests";
    /// Bytes of the requests that may wait for the log; beyond it 503.
    LOG_QUEUE_BYTES: usize = 64 << 20, "bytes";
    /// Bytes that are written to the log at once; more waits for the next group.
    LOG_GROUP_BYTES: usize = 8 << 20, "bytes";
    /// Size at which a file of the log ends and the next one begins.
    LOG_SEGMENT_BYTES: u64 = 64 << 20, "bytes";
    /// Rows of one answer. A `limit` or a `top` beyond it is refused, and so is a trend of more
    /// series times buckets; a funnel or goals with more rows show the first and tell how many there
    /// are.
    ANSWER_ROWS: usize = 10_000, "rows";
    /// Sessions that stand for all the others of a list; a question for more is refused.
    REPRESENTATIVES: u32 = 50, "sessions";
    /// Sessions among which those that stand for all are looked for, drawn by chance of more.
    REPRESENTED_SESSIONS: usize = 1_000, "sessions";
    /// Buckets of one trend; a question for more is refused and told a wider interval.
    TREND_BUCKETS: usize = 4_000, "buckets";
    /// Different values of a breakdown's dimension; beyond it the question is refused.
    BREAKDOWN_VALUES: usize = 2_000_000, "values";
    /// Filters of one question.
    QUESTION_FILTERS: usize = 32, "filters";
    /// Values of one filter.
    FILTER_VALUES: usize = 1000, "values";
    /// Levels of a nested condition, those of behaviours too; a deeper one is refused.
    CONDITION_DEPTH: usize = 16, "levels";
/// Single conditions of one question, in filters, steps, goals and behaviours together, with
    /// those that its segments stand for; beyond it the question is refused.
    CONDITIONS: usize = 200, "conditions";
    /// Regular expressions of one question, those of behaviours too; beyond it the question is
    /// refused.
    PATTERNS: usize = 50, "expressions";
    /// All regular expressions of one condition together, compiled; beyond it the question is
    /// refused.
    PATTERN_BYTES: usize = 1 << 20, "bytes";
    /// Segments of one site; beyond it 409.
    SITE_SEGMENTS: usize = 500, "segments";
    /// Saved insights of one site, archived ones too; beyond it 409.
    SITE_INSIGHTS: usize = 1_000, "insights";
    /// The address of a saved insight; a longer one is refused.
    INSIGHT_ADDRESS_BYTES: usize = 16 << 10, "bytes";
    /// What an insight or a board says about itself; a longer text is refused.
    DESCRIPTION_CHARACTERS: usize = 1_000, "characters";
    /// Boards of one site, archived ones too; beyond it 409.
    SITE_BOARDS: usize = 200, "boards";
    /// Panels of one board; a board with more is refused.
    BOARD_PANELS: usize = 40, "panels";
    /// Rows of a board's grid; a panel that reaches beyond it is refused.
    BOARD_ROWS: usize = 1_000, "rows";
    /// The text of a panel; a longer one is refused.
    PANEL_TEXT_CHARACTERS: usize = 5_000, "characters";
    /// Saved goals of one site; beyond it 409.
    SITE_GOALS: usize = 500, "goals";
    /// Surveys of one site, archived ones too; beyond it 409.
    SITE_SURVEYS: usize = 200, "surveys";
    /// Surveys of one site that are switched on at one time; beyond it 409.
    ACTIVE_SURVEYS: usize = 20, "surveys";
    /// The surveys that are switched on, as pages load them with the site's rules; beyond it 409.
    ACTIVE_SURVEYS_BYTES: usize = 32 * 1024, "bytes of JSON";
    /// One text of a survey; a longer one is refused.
    SURVEY_TEXT_CHARACTERS: usize = 500, "characters";
    /// What can be chosen in one survey; more are refused.
    SURVEY_CHOICES: usize = 12, "choices";
    /// One choice of a survey; a longer one is refused.
    SURVEY_CHOICE_CHARACTERS: usize = 120, "characters";
    /// Patterns of pages of one survey; more are refused.
    SURVEY_PAGES: usize = 20, "patterns";
    /// How long after the opening of a page a survey may wait; a longer time is refused.
    SURVEY_SECONDS: u32 = 3600, "seconds";
    /// What a visitor can write in a survey; the page takes no more, and the server cuts the rest off.
    SURVEY_COMMENT_CHARACTERS: usize = 2_000, "characters";
    /// The latest answers of one survey in a period that its list looks through; older ones are
    /// counted, and the list says so.
    SURVEY_ANSWERS: usize = 10_000, "answers";
    /// Sessions without a cookie whose surveys the server remembers, so that none is asked twice;
    /// of more, the oldest are forgotten.
    SURVEYED_SESSIONS: usize = 100_000, "sessions";
    /// Annotations of one site; beyond it 409.
    SITE_ANNOTATIONS: usize = 10_000, "annotations";
    /// What an annotation says.
    ANNOTATION_CHARACTERS: usize = 200, "characters";
    /// Annotations of one span of time that a link to a board shows, what a chart can hold many times
    /// over; further ones are left out.
    SHARED_ANNOTATIONS: u32 = 200, "annotations";
    /// Segments within segments; deeper ones are refused.
    SEGMENT_DEPTH: usize = 8, "segments";
    /// Conditions that all segments of one question stand for together; beyond it the question is
    /// refused.
    SEGMENT_CONDITIONS: usize = 500, "conditions";
    /// Steps of a funnel; of fewer than two none is made.
    FUNNEL_STEPS: usize = 20, "steps";
    /// Exclusions of a funnel.
    FUNNEL_EXCLUSIONS: usize = 10, "exclusions";
    /// Intervals that retention shows after a cohort's own; a question for more is refused.
    RETENTION_INTERVALS: usize = 100, "intervals";
    /// Series of a trend, and as many formulas.
    TREND_SERIES: usize = 26, "series";
    /// A formula over series; a longer one is refused.
    FORMULA_BYTES: usize = 500, "bytes";
    /// Facts by which an answer is divided.
    BREAKDOWN_FACTS: usize = 3, "facts";
    /// Facts that a correlation holds against converting.
    CORRELATION_FACTS: usize = 20, "facts";
    /// Steps of a path.
    PATH_DEPTH: usize = 10, "steps";
    /// Patterns of pages or events that paths join or leave out, of each.
    PATH_PATTERNS: usize = 100, "patterns";
    /// Steps with a name of their own at one position of a path, where edges are asked for.
    PATH_NAMES: usize = 30, "steps";
    /// Paths and patterns of the pages of one heatmap.
    HEATMAP_PAGES: usize = 20, "paths";
    /// Goals of one question.
    GOALS: usize = 20, "goals";
    /// Questions that are asked together in one request.
    QUESTIONS_TOGETHER: usize = 32, "questions";
    /// Memory that a trend of series, a distribution, a correlation, a heatmap or paths may use for
    /// what they count; beyond it the question is refused or stopped.
    QUESTION_BYTES: usize = 1 << 30, "bytes";
    /// Answers of the last questions that are kept, with their questions; beyond it the oldest go.
    ANSWER_CACHE_BYTES: usize = 16 << 20, "bytes";
    /// Counts of the last questions that are kept, from which the same questions later begin; beyond
    /// it those that nobody asked for longest go.
    COUNT_CACHE_BYTES: usize = 128 << 20, "bytes";
    /// What was recorded of a session that goes on before it is put in order while it is live, with
    /// places to start from; and again whenever so much came since, and a third of what there was.
    LIVE_REPACK_MS: i64 = 600_000, "milliseconds";
    /// Properties of which the lanes are written with a part, because questions asked for them before
    /// or saved ones do; the lanes of others are made when they are asked for.
    LANES_AHEAD: usize = 64, "properties";
    /// What the values of these properties take while a part is written; beyond it the lane of the
    /// property that takes the most is made when it is asked for.
    LANES_AHEAD_BYTES: usize = 256 << 20, "bytes";
    /// Properties of which the lanes are made in one pass over a part, when a question is the first
    /// to ask for them; of more there is a pass for each so many.
    LANES_TOGETHER: usize = 8, "properties";
    /// What the values of these properties take during such a pass, of which there is one a thread;
    /// beyond it the property that takes the most has a pass of its own.
    LANES_TOGETHER_BYTES: usize = 64 << 20, "bytes";
    /// Events of parts that were read whole for a person's or a session's page and are kept for the
    /// next look; beyond it those that were read first go.
    READ_ROWS_BYTES: usize = 32 << 20, "bytes";
    /// Time a question may take before it is stopped.
    QUESTION_MS: u64 = 30_000, "milliseconds";
    /// A JSON body of the API; beyond it 413.
    API_JSON_BYTES: usize = 1 << 20, "bytes";
    /// One piece of a file that is imported; beyond it 413.
    IMPORT_PIECE_BYTES: usize = 8 << 20, "bytes";
    /// Files that are imported at one time with what was read in memory; of more each goes on
    /// from its resume point.
    IMPORTS: usize = 4, "files";
    /// Exports at one time; beyond it 429.
    EXPORTS: usize = 4, "exports";
    /// Properties that a list of persons has as columns; a question for more is refused.
    PERSON_COLUMNS: usize = 20, "properties";
    /// What is looked for in a list of persons; a longer text is refused.
    PERSON_SEARCH_BYTES: usize = 200, "bytes";
    /// Properties of persons, the most frequent ones, that a search looks into.
    PERSON_SEARCH_PROPERTIES: usize = 64, "properties";
    /// Persons whom a search finds by the site's own name of the user; beyond it the question is
    /// refused.
    PERSON_SEARCH_USERS: usize = 100_000, "persons";
    /// Events of one page of a person's timeline.
    PERSON_EVENTS: usize = 2_000, "events";
    /// Changes of properties that a profile shows, the latest ones.
    PERSON_CHANGES: usize = 500, "changes";
    /// Entries of the identity ledger that are shown of one person; older ones are left out.
    LEDGER_ENTRIES: usize = 1000, "entries";
    /// Properties in one listing, the most frequent ones; how many there are is told.
    PROPERTY_LIST: usize = 5_000, "properties";
    /// API tokens of one site; beyond it 409.
    SITE_TOKENS: usize = 200, "tokens";
    /// Words of one note; longer ones are refused.
    NOTE_BYTES: usize = 4 << 10, "bytes";
    /// Notes on one recording; beyond it 409.
    RECORDING_NOTES: usize = 500, "notes";
    /// One tag; a longer one is refused.
    TAG_BYTES: usize = 60, "bytes";
    /// Tags of one recording; beyond it 409.
    RECORDING_TAGS: usize = 20, "tags";
    /// Different tags of one site; beyond it 409.
    SITE_TAGS: usize = 1_000, "tags";
    /// Collections of one site; beyond it 409.
    SITE_COLLECTIONS: usize = 200, "collections";
    /// Recordings of one collection; beyond it 409.
    COLLECTION_RECORDINGS: usize = 1_000, "recordings";
    /// With less free the disk counts as full: the log needs room for its next file.
    DISK_FREE_BYTES: u64 = 16 << 20, "bytes";
    /// With less free on the disk no chunk of a recording is taken, so that what is left stays for
    /// events; 503, to be sent again later.
    RECORDING_DISK_FREE_BYTES: u64 = 128 << 20, "bytes";
    /// How long a note that was removed can be brought back.
    NOTE_BACK_MS: i64 = 24 * 3600 * 1000, "milliseconds";
    /// Links to one recording; beyond it 409.
    RECORDING_SHARES: usize = 50, "links";
    /// How long a link to a recording may work; a longer time is refused.
    SHARE_DAYS: u32 = 90, "days";
    /// Links to one board; beyond it 409.
    BOARD_SHARES: usize = 50, "links";
    /// How long a link to a board may work; a longer time is refused.
    BOARD_SHARE_DAYS: u32 = 366, "days";
    /// How far back a link to a board may let its readers choose a period; more is refused.
    BOARD_SHARE_PERIOD_DAYS: u32 = 1_830, "days";
    /// Origins that may frame a board by one link; more are refused.
    BOARD_SHARE_ORIGINS: usize = 20, "origins";
    /// Questions of all links to boards that are computed at one time: of the places that there are
    /// for questions, readers without a login leave all but one to the others; further ones wait.
    SHARED_QUESTIONS: usize = 1, "questions";
    /// Questions of all links to boards that wait; beyond it 429.
    SHARED_QUESTIONS_WAITING: usize = 60, "questions";
    /// Alerts of one site, archived ones too; beyond it 409.
    SITE_ALERTS: usize = 200, "alerts";
    /// E-mail addresses of one alert, and as many webhooks; more are refused.
    ALERT_DESTINATIONS: usize = 20, "destinations";
    /// Entries of one alert's log; beyond it the oldest go, with what was sent.
    ALERT_LOG: usize = 500, "entries";
    /// Buckets that one check of an alert judges, those that ended since the last one; after a pause of
    /// more the earlier ones are left out, and the alert's log says so.
    ALERT_BUCKETS: usize = 48, "buckets";
    /// Values of a distribution that an alert tells apart, those with most; further ones are together.
    ALERT_VALUES: u32 = 50, "values";
    /// Time after the end of a bucket before an alert judges it: events that were sent late have come.
    ALERT_SETTLE_MS: i64 = 10 * 60_000, "milliseconds";
    /// The same for numbers of sessions and goals, which go on after the bucket in which they began.
    ALERT_SETTLE_SESSIONS_MS: i64 = 60 * 60_000, "milliseconds";
    /// Time after which a check of an alert is tried again that the server was too busy for.
    ALERT_AGAIN_MS: i64 = 3 * 60_000, "milliseconds";
    /// Attempts to deliver one message; after the last it has failed.
    DELIVERY_ATTEMPTS: u32 = 6, "attempts";
    /// Messages of one site in an hour: boards, on their days and on request, and tests of alerts; beyond
    /// it 429, and a board that is due waits for the next hour.
    SITE_MESSAGES_HOUR: usize = 200, "messages";
    /// Recipients of one board's mails; more are refused.
    BOARD_RECIPIENTS: usize = 50, "recipients";
    /// Rows of one panel in a mail; how many more there are is told.
    BOARD_MAIL_ROWS: usize = 20, "rows";
    /// Mails of one board that its log keeps; beyond it the oldest go.
    BOARD_MAIL_LOG: usize = 500, "mails";
    /// Questions of one link to a board that wait; beyond it 429.
    SHARED_QUESTIONS_LINK_WAITING: usize = 8, "questions";
    /// Address of a webhook; a longer one is refused.
    WEBHOOK_ADDRESS_BYTES: usize = 2048, "bytes";
    /// Time from looking a webhook's host up to the end of its answer; then the attempt has failed.
    WEBHOOK_MS: u64 = 5_000, "milliseconds";
    /// Head and body of a webhook's answer, of which only the status is looked at; the rest is left
    /// unread.
    WEBHOOK_ANSWER_BYTES: usize = 64 << 10, "bytes";
    /// Time that connecting to the mail server may take; a whole mail may take three times that. Then
    /// the attempt has failed.
    MAIL_MS: u64 = 20_000, "milliseconds";
    /// An e-mail address; a longer one is refused.
    EMAIL_BYTES: usize = 254, "bytes";
    /// How long entries of the audit log are kept; older ones are forgotten.
    AUDIT_DAYS: u32 = 730, "days";
    /// How many times as many visits as the demo shop has are made at most, to try the program with
    /// as much as a busy site sends; 90 times are 20 million events.
    DEMO_TIMES: u32 = 500, "times";
    /// Failed sign-ins of nobody who is known that the audit log tells in an hour; of further ones it
    /// tells how many there were.
    AUDIT_NOBODY_HOUR: u64 = 100, "entries";
    /// Passwords that are hashed or wait for it; beyond it 429.
    PASSWORDS_WAITING: usize = 32, "passwords";
}
