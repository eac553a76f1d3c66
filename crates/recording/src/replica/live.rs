//! What a node shows beside its attributes: how far it is scrolled, what a field holds, which
//! declarations and rules were changed since its text was set, and how a video stands.

use super::sheet::Rules;

/// Declarations of one element that changed; more are not taken.
const DECLARATIONS_MAX: usize = 1024;

/// All of it for one node.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// Left and top, as digits.
    pub scroll: Option<(Box<str>, Box<str>)>,
    pub input: Option<Input>,
    pub media: Option<Media>,
    pub canvas: Option<Canvas>,
    /// Changes of the style attribute since it was last set as a whole.
    pub styles: Declarations,
    /// Changes of the rules since the text of the style element was last set.
    pub rules: Option<Rules>,
    /// Ids of the constructed sheets that a document or shadow root has adopted.
    pub adopted: Option<Vec<i64>>,
}

impl Live {
    /// Bytes that it holds.
    pub(super) fn weigh(&self) -> usize {
        let scroll = self.scroll.as_ref().map_or(0, |(x, y)| x.len() + y.len());
        let input = self.input.as_ref().map_or(0, |input| input.text.len());
        let rules = self.rules.as_ref().map_or(0, Rules::bytes);
        let adopted = self.adopted.as_ref().map_or(0, |ids| ids.len() * 8);
        let canvas = self.canvas.as_ref().map_or(0, |canvas| canvas.data.len());
        size_of::<Self>() + scroll + input + self.styles.bytes + rules + adopted + canvas
    }
}

/// What a field holds.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub text: Box<str>,
    pub is_checked: bool,
    /// Counts up with every input: of several radio buttons the last one wins.
    pub order: u64,
}

/// What a canvas shows: a picture in Base64, and its media type.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    pub kind: Box<str>,
    pub data: Box<str>,
}

/// How a video or audio stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Media {
    pub is_playing: bool,
    /// Seconds, at the time of `at_ms`.
    pub position_s: f64,
    pub at_ms: i64,
    pub rate: Option<f64>,
    pub volume: Option<f64>,
    pub is_muted: Option<bool>,
    pub is_looped: Option<bool>,
}

impl Media {
    /// Where it stands at a time; seconds.
    pub(super) fn position_at(&self, time_ms: i64) -> f64 {
        #[allow(
            clippy::cast_precision_loss,
            reason = "milliseconds of a recording are far below 2^53"
        )]
        let passed_s = time_ms.saturating_sub(self.at_ms).max(0) as f64 / 1000.0;
        if self.is_playing {
            self.position_s + passed_s * self.rate.unwrap_or(1.0)
        } else {
            self.position_s
        }
    }
}

/// One change of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Declared {
    Set { value: Box<str>, priority: Box<str> },
    Removed,
}

/// Changed declarations in the order in which they were changed last: where a shorthand and one of
/// its parts were both changed, the order decides.
#[derive(Debug, Clone, Default)]
pub(super) struct Declarations {
    list: Vec<(Box<str>, Declared)>,
    bytes: usize,
}

impl Declarations {
    /// Notes a change; an earlier one of the same property no longer counts.
    pub(super) fn change(&mut self, property: &str, to: Declared) {
        let known = self.list.iter().position(|(known, _)| &**known == property);
        if let Some(known) = known {
            let (property, old) = self.list.remove(known);
            self.bytes -= bytes_of(&property, &old);
        } else if self.list.len() >= DECLARATIONS_MAX {
            return;
        }
        self.bytes += bytes_of(property, &to);
        self.list.push((property.into(), to));
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Declared)> {
        self.list.iter().map(|(property, to)| (&**property, to))
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

fn bytes_of(property: &str, declared: &Declared) -> usize {
    const OWN: usize = 48;
    let value = match declared {
        Declared::Set { value, priority } => value.len() + priority.len(),
        Declared::Removed => 0,
    };
    OWN + property.len() + value
}
