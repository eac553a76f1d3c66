//! One server from start to stop: listeners, data folder, demo site, one-time link, jobs; then
//! until a signal comes; then everything in the other order, so that what was acknowledged is
//! stored and what runs may end.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hitmetrix_model::ErrorKind;
use hitmetrix_store::settings::LinkPurpose;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::api::first_user;
use crate::app::{App, OpenError, Outside};
use crate::config::Config;
use crate::connection::Listening;
use crate::problem::Problem;
use crate::{control, demo, http, jobs};

/// The server could not start or not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}; is another server there? choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The control socket cannot be opened.
    #[error("cannot open the control socket in {}; its path may have at most 100 bytes", data.display())]
    Socket {
        /// The data folder.
        data: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The data folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The demo site or the first link could not be made.
    #[error("cannot prepare the settings: {0}")]
    Prepare(String),
    /// Signals cannot be waited for.
    #[error("cannot wait for signals")]
    Signal(#[from] std::io::Error),
    /// The data folder could not be closed.
    #[error(transparent)]
    Close(#[from] hitmetrix_store::StoreError),
}

impl ServeError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Listen { .. } | Self::Socket { .. } => ErrorKind::Conflict,
            Self::Open(error) => error.kind(),
            Self::Prepare(_) | Self::Signal(_) => ErrorKind::Internal,
            Self::Close(error) => error.kind(),
        }
    }
}

impl From<Problem> for ServeError {
    fn from(problem: Problem) -> Self {
        Self::Prepare(problem.detail().to_owned())
    }
}

/// A running server.
pub struct Server {
    /// Its state.
    pub app: Arc<App>,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
    jobs: JoinSet<()>,
}

impl Server {
    /// Starts a server; requests are answered when this returns. With port 0 the machine chooses
    /// one, and the configuration of [`Self::app`] says which.
    ///
    /// # Errors
    /// When an address is taken, or the data folder belongs to another process.
    pub async fn start(mut config: Config, outside: Outside) -> Result<Self, ServeError> {
        let main = listen(&mut config.listen).await?;
        // Bound even when it may not be served: whether it is depends on the sites, which are not
        // known yet. Somebody else's port is no reason not to start.
        let shop = listen(&mut config.demo_listen).await.ok();
        let app = App::open(config, outside).await?;
        let is_new = demo::make_site(&app).await?;
        jobs::probe(&app).await;
        let socket = control::listen(&app.config.data).map_err(|source| ServeError::Socket {
            data: app.config.data.clone(),
            source,
        })?;
        let (stop, stopped) = watch::channel(false);
        let listening = Listening {
            app: Arc::clone(&app),
            router: http::router(&app),
            stop: stopped.clone(),
        };
        let mut listeners = JoinSet::new();
        listeners.spawn(listening.clone().serve_tcp(main));
        listeners.spawn(listening.clone().serve_socket(socket));
        if let Some(shop) = shop.filter(|_| demo::is_wanted(&app)) {
            app.demo_served.store(true, Ordering::Relaxed);
            let router = demo::router(&app);
            listeners.spawn(
                Listening {
                    router,
                    ..listening
                }
                .serve_tcp(shop),
            );
        }
        let mut jobs = jobs::start(&app, &stopped);
        if is_new && app.config.demo_data {
            jobs.spawn(demo::fill_new(Arc::clone(&app)));
        }
        Ok(Self {
            app,
            stop,
            listeners,
            jobs,
        })
    }

    /// Stops: no new connections, running requests get their time, the log is synced and closed.
    ///
    /// # Errors
    /// When the data folder cannot be closed.
    pub async fn stop(mut self) -> Result<(), ServeError> {
        let _ = self.stop.send(true);
        let most = Duration::from_millis(self.app.config.stop_ms_max);
        let ended = tokio::time::timeout(most, async {
            while self.listeners.join_next().await.is_some() {}
            while self.jobs.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            tracing::warn!(
                ms = self.app.config.stop_ms_max,
                "requests did not end in time"
            );
            self.listeners.shutdown().await;
            self.jobs.shutdown().await;
        }
        let _ = std::fs::remove_file(control::path(&self.app.config.data));
        jobs::keep_losses(&self.app).await;
        jobs::keep_signs(&self.app).await;
        self.app.store.close().await?;
        Ok(())
    }
}

/// `hitmetrix serve`: until SIGTERM or SIGINT.
///
/// # Errors
/// When the server cannot start or not end well.
pub async fn serve(config: Config) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::start(config, Outside::system()).await?;
    greet(&server.app).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    server.stop().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Says where everything is, on standard output, for the person (or the script) who started it.
async fn greet(app: &Arc<App>) -> Result<(), Problem> {
    let mut lines = format!("Hitmetrix is at   {}\n", app.config.origin());
    if let Some(shop) = demo::address(app) {
        lines.push_str(&format!("Demo shop is at   {shop}\n"));
    }
    if !app.settings().has_users().await? {
        let link = first_user::make_link(app, LinkPurpose::FirstUser).await?;
        lines.push_str(&format!("Sign in first at  {link}\n"));
    }
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason to stop serving.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
    Ok(())
}

async fn listen(address: &mut SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |source| ServeError::Listen {
        address: *address,
        source,
    };
    let listener = TcpListener::bind(*address).await.map_err(failed)?;
    *address = listener.local_addr().map_err(failed)?;
    Ok(listener)
}
