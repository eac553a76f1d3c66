//! Which properties the insights read by themselves, whatever a question names: a store that has
//! their lanes ready lets nobody wait.

/// Of web vitals, clicks, scrolling, errors, forms, accounts and surveys.
pub const USUAL_PROPERTIES: [&str; 17] = [
    "account",
    "column",
    "field",
    "form",
    "kind",
    "line",
    "message",
    "metric",
    "path",
    "score",
    "scroll_percent",
    "source",
    "survey",
    "text",
    "value",
    "x",
    "y",
];

#[cfg(test)]
mod tests {
    use super::USUAL_PROPERTIES;
    use crate::columns::{Column, Needs};
    use crate::persons::ACCOUNT;

    #[test]
    fn what_insights_read_by_themselves_is_usual() {
        let mut needs = Needs::default();
        crate::heatmap::want_all(&mut needs);
        crate::forms::want_all(&mut needs);
        crate::signals::SignalPlan::want(&mut needs);
        let lanes = needs.columns.iter().filter_map(|column| match column {
            Column::Property(name) | Column::Entry(name) => Some(name.as_str()),
            Column::Dimension(_) => None,
        });
        let numbers = needs.numbers.iter().map(String::as_str);
        let read = lanes.chain(numbers).chain(crate::errors::PROPERTIES);
        for name in read.chain([ACCOUNT]) {
            assert!(USUAL_PROPERTIES.contains(&name), "{name}");
        }
        assert!(USUAL_PROPERTIES.is_sorted());
    }
}
