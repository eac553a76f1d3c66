//! What the caller of a failed operation should do. Every error enum of the workspace maps each
//! of its variants to one of these; only `server` maps them to HTTP status codes.

use serde::{Deserialize, Serialize};

/// The caller's next move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The input is wrong; mend it before sending it again (400).
    Invalid,
    /// Nobody is signed in, or the credentials are wrong (401).
    Unauthorized,
    /// Signed in, but this is not allowed (403).
    Forbidden,
    /// There is no such thing (404).
    NotFound,
    /// Something else stands in the way: the name is taken, a server is running (409).
    Conflict,
    /// Slow down and try again later (429).
    TooMany,
    /// Over a size limit; send less (413).
    TooLarge,
    /// Nothing was stored and nothing is wrong with the input; try again later (503).
    Unavailable,
    /// Stored bytes do not match their checksum (500).
    Corrupt,
    /// A defect of ours (500).
    Internal,
}
