//! Which surveys sessions without a cookie were shown. Their browsers keep nothing, so that each page
//! load asks here before it asks the visitor. In memory only, of some hours and for the surveys that
//! the site asks; after a restart somebody may be asked once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::{
    Event, PageSurvey, SURVEY_ANSWERED, SURVEY_DISMISSED, SURVEY_SHOWN, SessionId, SiteId,
    SurveyMoment, Value, limits,
};

type Shown = HashMap<(SiteId, SessionId), Vec<String>>;

/// The memory: when the young half is full it becomes the old one, and the old one is forgotten.
#[derive(Debug, Default)]
pub(super) struct Surveyed {
    halves: Mutex<(Shown, Shown)>,
}

impl Surveyed {
    /// Notes what events say, and tells all that the session was shown. Only what the site asks
    /// now is kept: ids are chosen by whoever sends.
    pub(super) fn note(
        &self,
        session: (SiteId, SessionId),
        events: &[Event],
        asked: &[PageSurvey],
    ) -> Vec<String> {
        if asked.is_empty() {
            return Vec::new();
        }
        let told = events.iter().filter_map(|event| {
            let Some(Value::Text(id)) = event.properties.get("survey") else {
                return None;
            };
            let survey = &asked.iter().find(|one| one.id == *id)?.survey;
            let counts = match &*event.name {
                SURVEY_ANSWERED => true,
                // What visitors open by themselves they may open again.
                SURVEY_SHOWN | SURVEY_DISMISSED => survey.moment != SurveyMoment::Tab,
                _ => false,
            };
            counts.then_some(id)
        });
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        let (young, old) = &mut *halves;
        let known = young.get(&session).or_else(|| old.get(&session));
        let mut shown = known.cloned().unwrap_or_default();
        let before = shown.len();
        for id in told {
            if !shown.contains(id) {
                shown.push(id.clone());
            }
        }
        if shown.len() > before {
            if young.len() >= limits::SURVEYED_SESSIONS / 2 {
                *old = std::mem::take(young);
            }
            young.insert(session, shown.clone());
        }
        shown
    }
}
