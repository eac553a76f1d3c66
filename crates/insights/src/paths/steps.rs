//! What the steps of paths are: every page or event of the query has a step, once and for all,
//! before the first timeline is looked at, so that the loop over events looks into a table.

use std::borrow::Cow;

use hitmetrix_model::{Paths, limits};
use rustc_hash::FxHashMap;

use crate::columns::Dictionary;
use crate::engine::go_on;
use crate::wildcard::Wildcard;
use crate::{AskError, Meter};

/// What makes no step.
pub(super) const NO_STEP: u32 = 0;

/// Texts between two looks at the meter.
const METER_TEXTS: usize = 4096;

/// What a text becomes.
#[derive(Debug)]
pub(super) struct Grouping<'q> {
    groups: Vec<(&'q str, Wildcard)>,
    exclude: Vec<Wildcard>,
}

impl<'q> Grouping<'q> {
    /// Checks the patterns.
    pub(super) fn of(spec: &'q Paths) -> Result<Self, AskError> {
        for (field, patterns) in [
            ("paths.groups", &spec.groups),
            ("paths.exclude", &spec.exclude),
        ] {
            if patterns.len() > limits::PATH_PATTERNS {
                return Err(AskError::OutOfBounds {
                    given: patterns.len() as i64,
                    least: 0,
                    most: limits::PATH_PATTERNS as i64,
                }
                .at(field));
            }
        }
        let groups = spec.groups.iter();
        Ok(Self {
            groups: groups
                .map(|one| (one.as_str(), Wildcard::new(one)))
                .collect(),
            exclude: spec.exclude.iter().map(|one| Wildcard::new(one)).collect(),
        })
    }

    /// The step of a page or an event; none for what is left out and for the unknown.
    pub(super) fn step<'t>(&self, text: &'t str) -> Option<Cow<'t, str>>
    where
        'q: 't,
    {
        if text.is_empty() || self.exclude.iter().any(|one| one.takes(text)) {
            return None;
        }
        let group = self.groups.iter().find(|(_, pattern)| pattern.takes(text));
        Some(Cow::Borrowed(group.map_or(text, |(name, _)| name)))
    }
}

/// The steps of a query.
#[derive(Debug)]
pub(super) struct Steps {
    /// By the query's code of a text the code of its step.
    pub(super) of_text: Vec<u32>,
    /// By code; the first is no step.
    pub(super) names: Vec<String>,
}

impl Steps {
    /// The steps that the texts of a dictionary are.
    pub(super) fn of(
        texts: &Dictionary<'_>,
        grouping: &Grouping<'_>,
        meter: &dyn Meter,
    ) -> Result<Self, AskError> {
        let mut names: Vec<Cow<'_, str>> = vec![Cow::Borrowed("")];
        let mut codes: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
        let mut of_text = Vec::with_capacity(texts.len());
        for text in 0..texts.len() {
            if text % METER_TEXTS == 0 {
                go_on(meter)?;
            }
            let Some(name) = grouping.step(texts.text(text as u32)) else {
                of_text.push(NO_STEP);
                continue;
            };
            let code = *codes.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() as u32 - 1
            });
            of_text.push(code);
        }
        Ok(Self {
            of_text,
            names: names.into_iter().map(Cow::into_owned).collect(),
        })
    }

    /// How many codes, "no step" among them.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The code of a step; none when nothing in the query is it.
    pub(super) fn code(&self, name: &str) -> Option<u32> {
        let place = self.names.iter().skip(1).position(|known| known == name)?;
        Some(place as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_group_that_matches_counts() {
        let spec = Paths {
            groups: vec!["/a/b*".to_owned(), "/a/*".to_owned()],
            exclude: vec!["*.png".to_owned()],
            ..Paths::default()
        };
        let grouping = Grouping::of(&spec).unwrap();
        assert_eq!(grouping.step("/a/bc").unwrap(), "/a/b*");
        assert_eq!(grouping.step("/a/c").unwrap(), "/a/*");
        assert_eq!(grouping.step("/c").unwrap(), "/c");
        assert_eq!(grouping.step("/a/c.png"), None);
        assert_eq!(grouping.step(""), None);
    }
}
