//! What every request handler and job shares: the store, what is held in memory of the control
//! plane, the clock, and the counters. Made once at start, behind one `Arc`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hitmetrix_ingest::Lookups;
use hitmetrix_insights::AnswerCache;
use hitmetrix_model::{ErrorKind, limits};
use hitmetrix_store::settings::{Settings, SettingsError};
use hitmetrix_store::{Clock, Randomness, SealReport, Store, StoreConfig, StoreError};
use tokio::sync::Semaphore;

use crate::alerts::budget::Budget;
use crate::api::import::Imports;
use crate::api::members::Removed;
use crate::api::server_events::ServerSessions;
use crate::audit;
use crate::auth::attempts::Attempts;
use crate::auth::password::Passwords;
use crate::clock::Stopwatch;
use crate::collect::Collect;
use crate::collect::signs::Signs;
use crate::config::{Config, ConfigError};
use crate::counters::Counters;
use crate::egress::mail::Mailer;
use crate::egress::{Egress, Resolver, SystemResolver};
use crate::expected;
use crate::health::Health;
use crate::questions::{LinkSlots, QuestionSlots};
use crate::sites::Sites;
use crate::watched::Watched;

/// The server could not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings could not be read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Settings of the process do not fit together.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl OpenError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Settings(error) => error.kind(),
            Self::Config(error) => error.kind(),
        }
    }
}

/// What is passed in from outside, so that tests can pass their own.
#[derive(Clone)]
pub struct Outside {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub randomness: Arc<dyn Randomness>,
    /// Addresses of hosts.
    pub resolver: Arc<dyn Resolver>,
}

impl Outside {
    /// The machine's own clock, randomness and names of hosts.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(crate::clock::SystemClock),
            randomness: Arc::new(crate::clock::SystemRandomness),
            resolver: Arc::new(SystemResolver),
        }
    }
}

/// The state of one server.
pub struct App {
    /// Log, parts, recordings and settings.
    pub store: Store,
    /// Sites and tokens in memory; look here, never in SQL, when an event comes in.
    pub sites: Sites,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub randomness: Arc<dyn Randomness>,
    /// Settings of the process.
    pub config: Config,
    /// State of the public endpoints: limits, visitor salts, quotas.
    pub collect: Collect,
    /// Answers of the last questions.
    pub answers: AnswerCache,
    /// Tables of user agents, bots and referrers, for all that comes in.
    pub lookups: Lookups,
    /// Sessions that somebody is looking at.
    pub watched: Watched,
    /// Result of the last probe.
    pub health: Health,
    /// Numbers for `/metrics`.
    pub counters: Counters,
    /// Held while a segment, goal or survey is checked against the others and saved, and while
    /// anything that is saved is archived or removed.
    pub segment_changes: tokio::sync::Mutex<()>,
    /// Members that were removed a moment ago and may be brought back.
    pub members_removed: Removed,
    /// Held while a site's settings are merged with a change and saved.
    pub site_changes: tokio::sync::Mutex<()>,
    /// Held while a collection is read and written anew.
    pub collection_changes: tokio::sync::Mutex<()>,
    /// How many questions may be computed at one time.
    pub questions: QuestionSlots,
    /// The same for readers of shared boards, who take a place of their own first.
    pub shared_questions: LinkSlots,
    /// Places of exports.
    pub exports: Arc<Semaphore>,
    /// Failed sign-ins.
    pub attempts: Attempts,
    /// Messages that people have sent by hand.
    pub messages: Budget,
    /// What the audit log was told a moment ago.
    pub told: audit::Recent,
    /// Wrong codes of second factors.
    pub code_attempts: Attempts,
    /// Whether every user must have a second factor.
    pub second_factor_required: AtomicBool,
    /// Hashing of passwords, at most two at once.
    pub passwords: Passwords,
    /// Files that are being imported.
    pub imports: Imports,
    /// Open sessions of server events.
    pub server_sessions: ServerSessions,
    /// Whether the demo shop has a listener.
    pub demo_served: AtomicBool,
    /// The way out: webhooks.
    pub egress: Egress,
    /// The mail server, where the settings name one.
    pub mailer: Option<Mailer>,
    /// Since when the server runs.
    pub uptime: Stopwatch,
}

impl App {
    /// Opens the data folder and reads the settings.
    ///
    /// # Errors
    /// When the folder belongs to another process, or cannot be read.
    pub async fn open(config: Config, outside: Outside) -> Result<Arc<Self>, OpenError> {
        let mailer = Mailer::of(&config)?;
        let store = Store::open(StoreConfig::new(
            config.data.clone(),
            Arc::clone(&outside.clock),
            Arc::clone(&outside.randomness),
        ))
        .await?;
        let sites = Sites::default();
        sites.refresh(store.settings()).await?;
        let signs = Signs::kept(store.settings().signs().await?, outside.clock.now_ms());
        let second_factor_required = store.settings().second_factor_required().await?;
        Ok(Arc::new(Self {
            store,
            sites,
            collect: Collect::new(&config, &outside, signs),
            answers: AnswerCache::new(limits::ANSWER_CACHE_BYTES, limits::COUNT_CACHE_BYTES),
            lookups: Lookups::new(),
            watched: Watched::default(),
            health: Health::default(),
            counters: Counters::default(),
            segment_changes: tokio::sync::Mutex::default(),
            members_removed: Removed::default(),
            site_changes: tokio::sync::Mutex::default(),
            collection_changes: tokio::sync::Mutex::default(),
            questions: QuestionSlots::new(config.questions_max, config.questions_waiting_max),
            shared_questions: LinkSlots::new(
                QuestionSlots::new(limits::SHARED_QUESTIONS, limits::SHARED_QUESTIONS_WAITING),
                limits::SHARED_QUESTIONS_LINK_WAITING,
            ),
            exports: Arc::new(Semaphore::new(limits::EXPORTS)),
            messages: Budget::default(),
            told: audit::Recent::default(),
            code_attempts: Attempts::new(config.account_attempts_max, config.address_attempts_max),
            second_factor_required: AtomicBool::new(second_factor_required),
            attempts: Attempts::new(config.account_attempts_max, config.address_attempts_max),
            passwords: Passwords::default(),
            imports: Imports::default(),
            server_sessions: ServerSessions::default(),
            demo_served: AtomicBool::new(false),
            egress: Egress::new(config.egress_allow.clone(), Arc::clone(&outside.resolver)),
            mailer,
            uptime: Stopwatch::start(),
            clock: outside.clock,
            randomness: outside.randomness,
            config,
        }))
    }

    /// Now, UTC, milliseconds since the epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Makes parts of the log, with the lanes that will be asked for.
    ///
    /// # Errors
    /// As [`Store::seal`].
    pub async fn seal(&self) -> Result<SealReport, StoreError> {
        expected::expect(self).await;
        self.store.seal().await
    }

    /// The settings in SQL.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.store.settings()
    }

    /// Reads sites, tokens and segments anew, after one of them changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings_changed(&self) -> Result<(), SettingsError> {
        self.sites.refresh(self.store.settings()).await
    }
}
