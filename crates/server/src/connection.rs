//! Listeners and connections: how many there may be, in all and of one address, and how slowly
//! the head of a request may come and its answer may go. Each connection is a task; on stop it finishes the request it
//! is in and closes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::app::App;
use crate::peer::Door;
use crate::write_limit::WriteLimit;

/// Bytes of a request's head, with all its headers.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Pause after accepting failed, as when the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the connections of one listener share.
#[derive(Clone)]
pub struct Listening {
    /// The server.
    pub app: Arc<App>,
    /// What answers.
    pub router: Router,
    /// Becomes true when the server stops.
    pub stop: watch::Receiver<bool>,
}

impl Listening {
    /// Accepts connections from the network until the server stops, then waits for those that are
    /// in a request.
    pub async fn serve_tcp(mut self, listener: TcpListener) {
        let slots = Arc::new(Semaphore::new(self.app.config.connections_max.max(1)));
        let addresses = Arc::new(Addresses::default());
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                break;
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stopped(&mut self.stop) => break,
            };
            while connections.try_join_next().is_some() {}
            let Ok((stream, peer)) = accepted else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let address = peer.ip().to_canonical();
            let Some(place) = Addresses::take(&addresses, address, self.most_of(address)) else {
                self.app.counters.connections_refused.add(1);
                continue;
            };
            // Acknowledgements are small; waiting to fill a packet would only delay them.
            let _ = stream.set_nodelay(true);
            let answer_time = Duration::from_millis(self.app.config.answer_ms_max);
            let stream = WriteLimit::new(stream, answer_time);
            let this = self.clone();
            connections.spawn(async move {
                let _held = (slot, place);
                this.serve_stream(stream, Door::Network(address)).await;
            });
        }
        while connections.join_next().await.is_some() {}
    }

    /// Accepts connections of the command line until the server stops.
    pub async fn serve_socket(mut self, listener: UnixListener) {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stopped(&mut self.stop) => break,
            };
            while connections.try_join_next().is_some() {}
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let this = self.clone();
            connections.spawn(async move { this.serve_stream(stream, Door::Control).await });
        }
        while connections.join_next().await.is_some() {}
    }

    /// Proxies and this machine stand for many; any other address is one.
    fn most_of(&self, address: IpAddr) -> usize {
        let config = &self.app.config;
        let stands_for_many = address.is_loopback()
            || config
                .trusted_proxy
                .iter()
                .any(|range| range.contains(address));
        if stands_for_many {
            return usize::MAX;
        }
        config.connections_per_address_max
    }

    async fn serve_stream(
        mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send,
        door: Door,
    ) {
        let router = self.router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(door);
            router.clone().oneshot(request)
        });
        let header_time = Duration::from_millis(self.app.config.header_ms_max);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_time)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopped(&mut self.stop) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            // Clients that vanish are no news.
            tracing::trace!(%error, "connection broke off");
        }
    }
}

/// Waits until the server stops.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // A sender that is gone means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// How many connections each address has.
#[derive(Debug, Default)]
struct Addresses {
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection's place among those of its address, given back when dropped.
struct Place {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

impl Addresses {
    fn take(addresses: &Arc<Self>, address: IpAddr, max: usize) -> Option<Place> {
        let mut counts = addresses
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= max {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Place {
            addresses: Arc::clone(addresses),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self
            .addresses
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_gets_a_place_again_when_one_is_given_back() {
        let addresses = Arc::new(Addresses::default());
        let address = IpAddr::from([198, 51, 100, 1]);
        let first = Addresses::take(&addresses, address, 1).unwrap();
        assert!(Addresses::take(&addresses, address, 1).is_none());
        assert!(Addresses::take(&addresses, IpAddr::from([198, 51, 100, 2]), 1).is_some());
        drop(first);
        assert!(Addresses::take(&addresses, address, 1).is_some());
    }
}
