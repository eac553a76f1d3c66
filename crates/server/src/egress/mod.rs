//! The only place from which the program connects to anybody: webhooks and mail. Nothing else in the
//! workspace opens a connection, and a server whose owner has listed nobody opens none.
//!
//! A webhook's address is checked when it is saved and again at each delivery: its host and port must
//! be on the owner's list, the host is resolved once, by the operating system, every address that
//! came out must be public or in a range of that list, and the connection goes to just those
//! addresses, so that a name which means something else a moment later gains nothing. Redirects are not followed, what the receiver answers is
//! thrown away but for its status.

mod address;
mod allow;
mod destination;
pub mod mail;
mod sign;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hitmetrix_model::{ErrorKind, limits};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub use address::is_public;
pub use allow::{Allowed, MailDomains};
pub use destination::Destination;
pub use sign::{new_secret, signature};

/// Addresses of one host that are tried; a host with more is reached by the first.
const ADDRESSES_TRIED: usize = 4;

/// Something could not be sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EgressError {
    /// The text is no address that can be used.
    #[error("the address cannot be used: {why}")]
    Address {
        /// Why not.
        why: &'static str,
    },
    /// The owner does not let messages go there.
    #[error(
        "{place} is not among the destinations that the owner allows; have the owner list it in the \
         setting `egress_allow`"
    )]
    NotListed {
        /// Host and port.
        place: String,
    },
    /// Plain http is for the owner's own network.
    #[error(
        "{host} would be reached by http, unencrypted; use https, or have the owner list the range \
         of its address in the setting `egress_allow`"
    )]
    Unencrypted {
        /// The host.
        host: String,
    },
    /// There is no such host, or it is not where it may be: which of both is not told, so that
    /// nobody asks for the names of the owner's network.
    #[error(
        "{host} cannot be a destination: no address that the owner allows is found for it; is the \
         name right?"
    )]
    NoWay {
        /// The host.
        host: String,
    },
    /// Nobody listens there.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why not.
        why: String,
    },
    /// The certificate or the protocol is not right.
    #[error("{host} cannot be reached encrypted: {why}")]
    Tls {
        /// The host.
        host: String,
        /// Why not.
        why: String,
    },
    /// It took too long.
    #[error("{host} did not answer within {} s", limits::WEBHOOK_MS / 1000)]
    TooSlow {
        /// The host.
        host: String,
    },
    /// The receiver sends elsewhere.
    #[error(
        "{host} answered {status}, a redirect, which is never followed; set the address that it leads to"
    )]
    Redirected {
        /// The host.
        host: String,
        /// What it answered.
        status: u16,
    },
    /// The receiver does not want it.
    #[error("{host} answered {status}")]
    Answered {
        /// The host.
        host: String,
        /// What it answered.
        status: u16,
    },
}

impl EgressError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    /// Whether a later attempt may succeed without anybody changing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::NoWay { .. }
            | Self::Unreachable { .. }
            | Self::TooSlow { .. }
            | Self::Tls { .. } => true,
            Self::Answered { status, .. } => matches!(status, 408 | 425 | 429 | 500..),
            Self::Address { .. }
            | Self::NotListed { .. }
            | Self::Unencrypted { .. }
            | Self::Redirected { .. } => false,
        }
    }
}

/// The addresses of a host, or why they are not known.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Who knows the addresses of hosts.
pub trait Resolver: Send + Sync {
    /// The addresses of a host.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A webhook to be delivered.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'a> {
    /// The receiver's secret.
    pub secret: &'a str,
    /// Id of the delivery, the same at each attempt.
    pub id: &'a str,
    /// Now, UTC, milliseconds since the epoch.
    pub at_ms: i64,
    /// A JSON document.
    pub body: &'a str,
}

/// The client.
pub struct Egress {
    resolver: Arc<dyn Resolver>,
    allowed: Allowed,
    tls: OnceLock<Arc<ClientConfig>>,
}

impl Egress {
    /// A client that trusts whom the operating system trusts; the certificates are read when they
    /// are needed first.
    #[must_use]
    pub fn new(allowed: Allowed, resolver: Arc<dyn Resolver>) -> Self {
        Self {
            resolver,
            allowed,
            tls: OnceLock::new(),
        }
    }

    /// Reads an address and finds out whether it may be reached, without reaching it.
    ///
    /// # Errors
    /// When it may not be, or its host is not known.
    pub async fn check(&self, text: &str) -> Result<Destination, EgressError> {
        let destination = Destination::read(text)?;
        self.addresses(&destination).await?;
        Ok(destination)
    }

    /// Delivers a webhook; the receiver's status says whether it has it.
    ///
    /// # Errors
    /// When it may not be reached, cannot be, or answers with anything but 2xx.
    pub async fn deliver(&self, address: &str, webhook: &Webhook<'_>) -> Result<u16, EgressError> {
        let destination = Destination::read(address)?;
        let host = destination.host().to_owned();
        let most = Duration::from_millis(limits::WEBHOOK_MS);
        let status = tokio::time::timeout(most, self.post(&destination, webhook))
            .await
            .map_err(|_| EgressError::TooSlow { host: host.clone() })??;
        let code = status.as_u16();
        match status {
            _ if status.is_success() => Ok(code),
            _ if status.is_redirection() => Err(EgressError::Redirected { host, status: code }),
            _ => Err(EgressError::Answered { host, status: code }),
        }
    }

    /// The addresses of a destination, all of which may be reached.
    async fn addresses(&self, destination: &Destination) -> Result<Vec<SocketAddr>, EgressError> {
        let (host, port) = (destination.host(), destination.port());
        let by_name = self.allowed.host(host, port);
        let by_address = match destination.address() {
            Some(address) => self.allowed.address(address, port),
            None => self.allowed.has_range(port),
        };
        // Before anybody is asked for the name.
        if !by_name && !by_address {
            let place = destination.authority();
            return Err(EgressError::NotListed { place });
        }
        let unencrypted = || EgressError::Unencrypted {
            host: host.to_owned(),
        };
        if !destination.is_https() && !by_address {
            return Err(unencrypted());
        }
        let mut found = match destination.address() {
            Some(address) => vec![address],
            None => {
                let resolving = self.resolver.resolve(host);
                let most = Duration::from_millis(limits::WEBHOOK_MS);
                let found = tokio::time::timeout(most, resolving).await;
                found.ok().and_then(Result::ok).unwrap_or_default()
            }
        };
        // All of them: one private address among public ones is a trap, not an alternative.
        let in_range = |one: &IpAddr| self.allowed.address(*one, port);
        let may = |one: &IpAddr| in_range(one) || (by_name && is_public(*one));
        if found.is_empty() || !found.iter().all(may) {
            let host = host.to_owned();
            return Err(EgressError::NoWay { host });
        }
        if !destination.is_https() && !found.iter().all(in_range) {
            return Err(unencrypted());
        }
        found.truncate(ADDRESSES_TRIED);
        let addresses = found.into_iter().map(|one| SocketAddr::new(one, port));
        Ok(addresses.collect())
    }

    /// The hosts that the owner allows, as they stand in the settings.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        self.allowed.names()
    }

    async fn post(
        &self,
        destination: &Destination,
        webhook: &Webhook<'_>,
    ) -> Result<StatusCode, EgressError> {
        let addresses = self.addresses(destination).await?;
        let host = || destination.host().to_owned();
        let unreachable = |error: &dyn std::error::Error| EgressError::Unreachable {
            host: host(),
            why: plain(error),
        };
        let stream = TcpStream::connect(&addresses[..]).await;
        let stream = stream.map_err(|error| unreachable(&error))?;
        let request = request(destination, webhook).map_err(|error| unreachable(&error))?;
        if !destination.is_https() {
            return exchange(stream, request)
                .await
                .map_err(|error| unreachable(&error));
        }
        let tls = |why: String| EgressError::Tls { host: host(), why };
        let name = ServerName::try_from(host()).map_err(|_| tls("no name for TLS".to_owned()))?;
        let connector = TlsConnector::from(self.tls().map_err(tls)?);
        let stream = connector.connect(name, stream).await;
        let stream = stream.map_err(|error| tls(plain(&error)))?;
        exchange(stream, request)
            .await
            .map_err(|error| unreachable(&error))
    }

    fn tls(&self) -> Result<Arc<ClientConfig>, String> {
        if let Some(known) = self.tls.get() {
            return Ok(Arc::clone(known));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(
                "this machine has no list of trusted authorities; install ca-certificates or set \
                 SSL_CERT_FILE"
                    .to_owned(),
            );
        }
        let made = trusting(roots);
        Ok(Arc::clone(self.tls.get_or_init(|| made)))
    }
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress")
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}

fn trusting(roots: RootCertStore) -> Arc<ClientConfig> {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

fn request(
    destination: &Destination,
    webhook: &Webhook<'_>,
) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let Webhook {
        secret,
        id,
        at_ms,
        body,
    } = *webhook;
    let at_s = at_ms.div_euclid(1000);
    Request::post(destination.path())
        .header(header::HOST, destination.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Hitmetrix")
        .header(header::CONNECTION, "close")
        .header("webhook-id", id)
        .header("webhook-timestamp", at_s)
        .header("webhook-signature", signature(secret, (id, at_s), body))
        .body(Full::new(Bytes::from(body.to_owned())))
}

/// Sends a request over a connection and gives the status. The rest of the answer is read, up to a
/// limit, so that the receiver sees its answer taken, and thrown away.
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> hyper::Result<StatusCode>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(limits::WEBHOOK_ANSWER_BYTES)
        .handshake(TokioIo::new(stream))
        .await?;
    // Ends with this function, also when that is dropped because it took too long.
    let mut talking = JoinSet::new();
    talking.spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let _ = Limited::new(body, limits::WEBHOOK_ANSWER_BYTES)
        .collect()
        .await;
    Ok(head.status)
}

/// An error with what caused it, in one line.
fn plain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    if let Some(source) = error.source() {
        text = format!("{text}: {source}");
    }
    text
}
