//! The first line of a body: which page load sent it, what the page was allowed to remember, and
//! the sender's clock. Fields that are not known are ignored, so that a newer tracker can talk to
//! an older server.

use std::borrow::Cow;
use std::str::FromStr;

use hitmetrix_model::limits::CHUNK_PIECES;
use hitmetrix_model::{Mode, Piece, SessionId, VisitorId, WindowId};

use crate::facts::{Automated, Signals};
use crate::json::{self, Json, JsonError};
use crate::{LineError, Rejection};

/// The version that is read.
const VERSION: f64 = 1.0;
/// Levels of JSON in an envelope.
const DEPTH: usize = 4;
/// Longest name of a recorder.
const RECORDER_BYTES_MAX: usize = 64;

/// The envelope.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) window: WindowId,
    /// What the browser says it is; only in persistent mode.
    pub(crate) claimed: Option<(VisitorId, SessionId)>,
    pub(crate) mode: Mode,
    pub(crate) sent_ms: i64,
    pub(crate) screen_px: [u16; 2],
    pub(crate) signals: Signals,
    pub(crate) automated: Automated,
    pub(crate) lost: u32,
    pub(crate) chunk: Option<ChunkFields>,
}

/// What the envelope of a recorder's chunk has beside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChunkFields {
    pub(crate) sequence: u32,
    pub(crate) recorder: String,
    pub(crate) piece: Option<Piece>,
    pub(crate) url: String,
}

/// Which kind of body the envelope is on top of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Events,
    Chunk,
}

/// Members of an object by name, with errors that name the field.
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Fields<'a> {
    /// Reads a line that must be one object.
    pub(crate) fn read(line: &'a str, depth: usize) -> Result<Self, LineError> {
        let json = json::parse(line, depth).map_err(line_error)?;
        let kind = json.kind();
        json.into_object().map(Self).ok_or_else(|| {
            LineError::new(
                "wrong_type",
                "line",
                format!("line is {kind}; send an object"),
            )
        })
    }

    /// These members; of a name that comes twice the first counts.
    pub(crate) fn of(members: Vec<(Cow<'a, str>, Json<'a>)>) -> Self {
        Self(members)
    }

    pub(crate) fn take(&mut self, name: &str) -> Json<'a> {
        self.0
            .iter_mut()
            .find(|(key, _)| key == name)
            .map_or(Json::Null, |(_, value)| {
                std::mem::replace(value, Json::Null)
            })
    }

    /// A text; nothing when absent or null.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<Cow<'a, str>>, LineError> {
        match self.take(name) {
            Json::Null => Ok(None),
            Json::Text(text) => Ok(Some(text)),
            other => Err(wrong(name, &other, "a text")),
        }
    }

    /// A whole number from 0; nothing when absent or null.
    pub(crate) fn whole(&mut self, name: &str, max: f64) -> Result<Option<f64>, LineError> {
        match self.take(name) {
            Json::Null => Ok(None),
            Json::Number(number) if number >= 0.0 && number <= max && number.fract() == 0.0 => {
                Ok(Some(number))
            }
            Json::Number(_) => Err(LineError::new(
                "out_of_range",
                name,
                format!("{name} must be a whole number from 0 to {max}"),
            )),
            other => Err(wrong(name, &other, "a number")),
        }
    }

    /// A time in milliseconds since the epoch; parts of milliseconds are cut off.
    pub(crate) fn time_ms(&mut self, name: &str) -> Result<Option<i64>, LineError> {
        match self.take(name) {
            Json::Null => Ok(None),
            Json::Number(number) if number.abs() <= TIME_MS_MAX => Ok(Some(whole_i64(number))),
            Json::Number(_) => Err(LineError::new(
                "out_of_range",
                name,
                format!("{name} must be milliseconds since 1970 in UTC"),
            )),
            other => Err(wrong(name, &other, "a number")),
        }
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Result<bool, LineError> {
        match self.take(name) {
            Json::Null => Ok(false),
            Json::Boolean(value) => Ok(value),
            other => Err(wrong(name, &other, "true or false")),
        }
    }

    pub(crate) fn id<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, LineError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| LineError::new("bad_id", name, error.to_string()))
    }
}

/// Times beyond it (the year 5138) are no times.
pub(crate) const TIME_MS_MAX: f64 = 1e14;

/// The whole part of a number that is known to be within ±[`TIME_MS_MAX`].
#[allow(
    clippy::cast_possible_truncation,
    reason = "the caller checked the range"
)]
pub(crate) fn whole_i64(number: f64) -> i64 {
    number.floor() as i64
}

/// The number as `u32`, for numbers that [`Fields::whole`] has bounded by its maximum.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float that is out of range saturates"
)]
pub(crate) fn whole_u32(number: f64) -> u32 {
    number as u32
}

pub(crate) fn missing(name: &str) -> LineError {
    LineError::new("missing_field", name, format!("{name} is missing; send it"))
}

fn wrong(name: &str, value: &Json<'_>, wanted: &str) -> LineError {
    LineError::new(
        "wrong_type",
        name,
        format!("{name} is {}; send {wanted}", value.kind()),
    )
}

/// The error of a line that is no JSON that is taken.
pub(crate) fn line_error(error: JsonError) -> LineError {
    match error {
        JsonError::Syntax { at } => LineError::new(
            "bad_json",
            "line",
            format!("line is no JSON at byte {at}; mend it"),
        ),
        JsonError::Depth { limit } => LineError::new(
            "too_deep",
            "line",
            format!("line has more than {limit} levels of JSON, which is the limit; flatten it"),
        ),
        JsonError::Number { at } => LineError::new(
            "bad_number",
            "line",
            format!("number at byte {at} is not finite; send a smaller one or none"),
        ),
        JsonError::Duplicate { key } => {
            LineError::new("duplicate_key", &key, "key comes twice; send it once")
        }
        JsonError::Members { limit } => LineError::new(
            "too_many_members",
            "line",
            format!("an object or list has more than {limit} members; send fewer"),
        ),
    }
}

/// Reads the first line of a body.
pub(crate) fn read(line: &str, of: Of) -> Result<Envelope, Rejection> {
    let mut fields = Fields::read(line, DEPTH)?;
    match fields.take("v") {
        Json::Number(version) if (version - VERSION).abs() < f64::EPSILON => {}
        Json::Null => return Err(missing("v").into()),
        other => {
            let mut version = String::new();
            other.write(&mut version);
            let (version, _) = crate::text::cut(&version, 16);
            return Err(Rejection::Version { version });
        }
    }
    let window = fields.id("window")?.ok_or_else(|| missing("window"))?;
    let mode = match fields.text("mode")?.as_deref() {
        Some("persistent") => Mode::Persistent,
        // Absent or unknown is the stricter one.
        _ => Mode::Cookieless,
    };
    let visitor = fields.id("visitor")?;
    let session = fields.id("session")?;
    let claimed = match (mode, visitor, session) {
        (Mode::Cookieless, ..) => None,
        (Mode::Persistent, Some(visitor), Some(session)) => Some((visitor, session)),
        (Mode::Persistent, None, _) => return Err(missing("visitor").into()),
        (Mode::Persistent, _, None) => return Err(missing("session").into()),
    };
    Ok(Envelope {
        window,
        claimed,
        mode,
        sent_ms: fields
            .time_ms("sent_ms")?
            .ok_or_else(|| missing("sent_ms"))?,
        screen_px: screen(&fields.take("screen")),
        signals: Signals {
            gpc: fields.boolean("gpc")?,
            dnt: fields.boolean("dnt")?,
        },
        automated: if fields.boolean("automated")? {
            Automated::Yes
        } else {
            Automated::No
        },
        lost: fields
            .whole("lost", f64::from(u32::MAX))?
            .map_or(0, whole_u32),
        chunk: match of {
            Of::Events => None,
            Of::Chunk => Some(chunk_fields(&mut fields)?),
        },
    })
}

fn chunk_fields(fields: &mut Fields<'_>) -> Result<ChunkFields, Rejection> {
    let max = f64::from(u32::MAX);
    let sequence = fields
        .whole("sequence", max)?
        .ok_or_else(|| missing("sequence"))?;
    let recorder = fields
        .text("recorder")?
        .ok_or_else(|| missing("recorder"))?;
    let is_name = recorder.len() <= RECORDER_BYTES_MAX
        && recorder
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-./_+".contains(&b));
    if !is_name {
        let message =
            format!("recorder must be `name/version` of at most {RECORDER_BYTES_MAX} bytes");
        return Err(LineError::new("bad_name", "recorder", message).into());
    }
    let url = fields.text("url")?.ok_or_else(|| missing("url"))?;
    Ok(ChunkFields {
        sequence: whole_u32(sequence),
        recorder: recorder.into_owned(),
        piece: piece(&fields.take("piece"))?,
        url: url.into_owned(),
    })
}

fn piece(json: &Json<'_>) -> Result<Option<Piece>, Rejection> {
    let (index, count) = match json {
        Json::Null => return Ok(None),
        Json::List(items) => match items.as_slice() {
            [Json::Number(index), Json::Number(count)] => (whole_u32(*index), whole_u32(*count)),
            _ => (0, 0),
        },
        _ => (0, 0),
    };
    let refused = Rejection::Piece {
        index: index.into(),
        count: count.into(),
        limit: CHUNK_PIECES,
    };
    if count < 2 || count as usize > CHUNK_PIECES || index >= count {
        return Err(refused);
    }
    match (u16::try_from(index), u16::try_from(count)) {
        (Ok(index), Ok(count)) => Ok(Some(Piece { index, count })),
        _ => Err(refused),
    }
}

/// Width and height; anything else is an unknown screen, never a reason to refuse.
fn screen(json: &Json<'_>) -> [u16; 2] {
    let side = |json: &Json<'_>| match json {
        Json::Number(number) => u16::try_from(whole_u32(number.round())).unwrap_or(u16::MAX),
        _ => 0,
    };
    match json {
        Json::List(sides) if sides.len() == 2 => [side(&sides[0]), side(&sides[1])],
        _ => [0, 0],
    }
}
