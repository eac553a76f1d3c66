//! The annotations that the demo site comes with: what happened when the numbers changed. Their ids
//! are fixed, so that filling the site again doubles none.

use hitmetrix_model::{Annotation, AnnotationKind};
use hitmetrix_store::settings::{Author, KnownAnnotation, Touch};

use super::{CAMPAIGN_DAYS_AGO, DAY_MS, RELEASE_AT_MS, RELEASE_DAYS_AGO};

/// The demo's annotations, made by the command line at a time.
#[must_use]
pub fn annotations(now_ms: i64) -> Vec<KnownAnnotation> {
    let touch = Touch {
        at_ms: now_ms,
        by: Author::Control,
    };
    let today_ms = now_ms.div_euclid(DAY_MS) * DAY_MS;
    let (first, last) = CAMPAIGN_DAYS_AGO;
    let all = [
        Annotation {
            kind: AnnotationKind::Campaign,
            text: "Autumn glow on Facebook".to_owned(),
            from_ms: today_ms - first * DAY_MS,
            to_ms: Some(today_ms - (last - 1) * DAY_MS),
        },
        Annotation {
            kind: AnnotationKind::Release,
            text: "Shop 4.2".to_owned(),
            from_ms: today_ms - RELEASE_DAYS_AGO * DAY_MS + RELEASE_AT_MS,
            to_ms: None,
        },
    ];
    let known = all
        .into_iter()
        .enumerate()
        .map(|(place, annotation)| KnownAnnotation {
            id: format!("{:016x}", 0xde30_0000_0000_1001 + place as u64),
            annotation,
            created: touch.clone(),
            changed: touch.clone(),
        });
    known.collect()
}
