//! An answer as lines of JSON, with the question's progress before it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::ask::Asking;

/// What a client accepts who wants to see the progress.
pub const MEDIA: &str = "application/x-ndjson";

/// Whether lines are among what an `Accept` header names.
#[must_use]
pub fn is_among(accept: &str) -> bool {
    let media = |one: &str| one.split(';').next().unwrap_or_default().trim() == MEDIA;
    accept.split(',').any(media)
}

/// The lines, in words.
pub const WHAT: &str = "One JSON a line: {\"progress\": 0.4} now and then, from 0 to 1, and at last \
     {\"answer\": …} or {\"problem\": …}. The status is 200 in any case.";

/// How often progress is told, where there was any.
const EVERY: Duration = Duration::from_millis(250);
/// Lines that wait for a slow client; further ones of progress are left out.
const LINES_WAITING: usize = 4;

/// The response; its body goes on until the answer is there. A client that leaves stops it.
pub fn respond(asking: Asking) -> Response {
    let (sender, receiver) = mpsc::channel(LINES_WAITING);
    tokio::spawn(tell(asking, sender));
    let headers = [
        (header::CONTENT_TYPE, MEDIA),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::new(Lines { receiver })).into_response()
}

async fn tell(mut asking: Asking, sender: mpsc::Sender<Bytes>) {
    let gauge = std::sync::Arc::clone(&asking.gauge);
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = None;
    let last = loop {
        tokio::select! {
            ended = asking.end() => break match ended {
                Ok(answer) => json!({"answer": answer}),
                Err(problem) => json!({"problem": problem.document()}),
            },
            () = sender.closed() => return,
            _ = ticks.tick() => {
                let permille = gauge.permille();
                if told != Some(permille) {
                    told = Some(permille);
                    let progress = json!({"progress": permille as f64 / 1000.0});
                    // A line of progress too few is no loss.
                    let _ = sender.try_send(line(&progress));
                }
            }
        }
    };
    // When the client has left there is nobody to tell.
    let _ = sender.send(line(&last)).await;
}

fn line(value: &Value) -> Bytes {
    Bytes::from(format!("{value}\n"))
}

/// A body of what comes through a channel.
struct Lines {
    receiver: mpsc::Receiver<Bytes>,
}

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let line = self.receiver.poll_recv(context);
        line.map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

#[cfg(test)]
mod tests {
    use hitmetrix_insights::Meter;

    use super::*;

    #[test]
    fn lines_are_for_those_who_name_them() {
        assert!(is_among("application/x-ndjson"));
        assert!(is_among("application/json;q=0.5, application/x-ndjson;q=1"));
        assert!(!is_among("*/*"));
        assert!(!is_among("application/json"));
    }

    #[tokio::test]
    async fn client_that_leaves_in_the_middle_stops_the_question() {
        let (asking, meter) = Asking::for_ever();
        let response = respond(asking);
        tokio::task::yield_now().await;
        assert!(!meter.cancelled());
        drop(response);
        while !meter.cancelled() {
            tokio::task::yield_now().await;
        }
    }
}
