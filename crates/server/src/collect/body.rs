//! Raw bodies of the public endpoints. The framework's own limit does not hold for raw bodies, so
//! the limit, the time for the whole body and the time between two parts of it stand here.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use hyper::body::Body as _;

use crate::problem::{Code, Problem};

/// Time between two parts of a body.
const IDLE_MAX: Duration = Duration::from_secs(10);

/// What a body may weigh and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    pub(super) bytes: usize,
    pub(super) total: Duration,
    /// Between two parts.
    pub(super) idle: Duration,
}

impl BodyLimits {
    /// Limits for this many bytes within this many milliseconds.
    pub(super) fn new(bytes: usize, total_ms: u64) -> Self {
        Self {
            bytes,
            total: Duration::from_millis(total_ms),
            idle: IDLE_MAX,
        }
    }
}

/// Reads a body. What is announced as too large is refused before it is read.
///
/// # Errors
/// When it is over a limit, too slow, or breaks off.
pub(super) async fn read(body: Body, limits: BodyLimits) -> Result<Vec<u8>, Problem> {
    let announced = body.size_hint().lower();
    if announced > limits.bytes as u64 {
        return Err(too_large(announced, limits.bytes));
    }
    match tokio::time::timeout(limits.total, collect(body, limits)).await {
        Ok(read) => read,
        Err(_) => Err(too_slow(limits.total)),
    }
}

async fn collect(mut body: Body, limits: BodyLimits) -> Result<Vec<u8>, Problem> {
    let bytes_max = limits.bytes;
    let capacity = usize::try_from(body.size_hint().lower())
        .unwrap_or(0)
        .min(bytes_max);
    let mut bytes = Vec::with_capacity(capacity);
    loop {
        let frame = match tokio::time::timeout(limits.idle, body.frame()).await {
            Err(_) => return Err(too_slow(limits.idle)),
            Ok(None) => return Ok(bytes),
            Ok(Some(Err(_))) => return Err(Problem::invalid("the body broke off; send it again")),
            Ok(Some(Ok(frame))) => frame,
        };
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > bytes_max {
                return Err(too_large((bytes.len() + data.len()) as u64, bytes_max));
            }
            bytes.extend_from_slice(data);
        }
    }
}

fn too_large(bytes: u64, limit: usize) -> Problem {
    Problem::new(
        Code::TooLarge,
        format!("body is {bytes} bytes or more, the limit is {limit}; send smaller batches"),
    )
}

fn too_slow(limit: Duration) -> Problem {
    Problem::new(
        Code::TooSlow,
        format!(
            "body took longer than {} ms; send smaller batches",
            limit.as_millis()
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use super::*;

    const LIMITS: BodyLimits = BodyLimits {
        bytes: 8,
        total: Duration::from_secs(60),
        idle: Duration::from_millis(20),
    };

    /// Gives `left` parts of four bytes and, when `hangs`, then nothing for ever.
    struct Parts {
        left: usize,
        hangs: bool,
    }

    impl hyper::body::Body for Parts {
        type Data = hyper::body::Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            if self.left == 0 {
                return if self.hangs {
                    Poll::Pending
                } else {
                    Poll::Ready(None)
                };
            }
            self.left -= 1;
            let data = hyper::body::Bytes::from_static(b"abcd");
            Poll::Ready(Some(Ok(hyper::body::Frame::data(data))))
        }
    }

    #[tokio::test]
    async fn limit_holds_for_announced_and_for_streamed_bodies() {
        assert_eq!(
            read(Body::from("12345678"), LIMITS).await.unwrap(),
            b"12345678"
        );
        let announced = read(Body::from("123456789"), LIMITS).await.unwrap_err();
        assert_eq!(announced.code(), Code::TooLarge);
        let parts = |left, hangs| Body::new(Parts { left, hangs });
        assert_eq!(read(parts(2, false), LIMITS).await.unwrap().len(), 8);
        let streamed = read(parts(3, false), LIMITS).await.unwrap_err();
        assert!(
            streamed.detail().contains("limit is 8"),
            "{}",
            streamed.detail()
        );
        let slow = read(parts(1, true), LIMITS).await.unwrap_err();
        assert_eq!(slow.code(), Code::TooSlow);
    }
}
