//! A panel of a board as a table that is read in a mail. What goes by time is told as a row for each
//! line: the number of the whole period, that of the time before, the change, and how it went as a
//! line of blocks; a funnel by its steps; everything else as its rows.

use std::sync::Arc;

use hitmetrix_model::{
    Aggregate, Answer, BoardCommon, Cell, Column, Compare, Interval, Measure, Panel, PanelDisplay,
    PanelPart, PanelShows, Question, QuestionKind, Series, SiteId, Unit, limits,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::alerts::message::number;
use crate::alerts::series::{answer, answers};
use crate::app::App;
use crate::egress::mail::Block;
use crate::problem::Problem;
use crate::questions::Asker;

/// Eight heights of a block, the lowest for what is least above nothing.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Blocks of a line at most; of a longer one its end.
const BLOCKS_MAX: usize = 31;
/// What the earlier period's columns end in.
const PREVIOUS: &str = "_previous";
const NOTHING: &str = "–";

/// What a panel shows, counted.
///
/// # Errors
/// When a question of it cannot be answered now.
pub async fn counted(
    app: &Arc<App>,
    (site, asker): (SiteId, Asker),
    (common, panel): (&BoardCommon, &Panel),
) -> Result<Vec<Block>, Problem> {
    let known = app.sites.by_id(site);
    let currency = known.map_or_else(String::new, |known| known.site.settings.currency.clone());
    let currency = currency.as_str();
    let titled = |usual: &str| match panel.title.as_str() {
        "" => usual.to_owned(),
        title => title.to_owned(),
    };
    match &panel.shows {
        PanelShows::Text { text } => {
            let title = (!panel.title.is_empty()).then(|| Block::Title(panel.title.clone()));
            Ok(title
                .into_iter()
                .chain([Block::Text(text.clone())])
                .collect())
        }
        PanelShows::Measure { measure } => {
            let part = |part: PanelPart| part.asked((&panel.shows, None), common);
            let (Some(number), Some(line)) = (part(PanelPart::Number), part(PanelPart::Line))
            else {
                return Ok(Vec::new());
            };
            let title = titled(measure_name(*measure));
            over_time(app, (site, asker), (title, number, line)).await
        }
        PanelShows::Insight { insight, display } => {
            let found = app.settings().insight(site, insight).await?;
            let insight = found.ok_or_else(|| Problem::not_found("insight"))?.insight;
            let mut question = insight.question;
            if *display == PanelDisplay::Number {
                undivided(&mut question);
            }
            let question = common.put_on(question);
            let title = titled(&insight.name);
            if question.kind == QuestionKind::Trend {
                return over_time(app, (site, asker), (title, whole_of(&question), question)).await;
            }
            let answered = answer(app, site, (question, asker)).await?;
            let question = (&answered.question, *display);
            Ok(rows(&title, question, (&answered.answer, currency)))
        }
    }
}

/// A question without what divides it, as one number shows it.
fn undivided(question: &mut Question) {
    if let Some(trend) = &mut question.trend {
        trend.breakdown = Vec::new();
        trend.top = None;
    }
    if let Some(funnel) = &mut question.funnel {
        funnel.breakdown = None;
        funnel.top = None;
    }
}

/// The same as one row for the whole period, held against the time before unless the board says
/// otherwise.
fn whole_of(question: &Question) -> Question {
    let mut whole = question.clone();
    match &mut whole.trend {
        Some(trend) => {
            trend.whole = true;
            trend.cumulative = false;
            trend.moving_average = None;
        }
        None => whole.kind = QuestionKind::Totals,
    }
    whole.interval = None;
    if whole.compare == Compare::None {
        whole.compare = Compare::Previous;
    }
    whole
}

/// Numbers of the whole period, each with how it went.
async fn over_time(
    app: &Arc<App>,
    (site, asker): (SiteId, Asker),
    (title, whole, line): (String, Question, Question),
) -> Result<Vec<Block>, Problem> {
    let (asked, whole, line) = counted_over_time(app, (site, asker), (whole, line)).await?;
    let now_ms = app.now_ms();
    let mut table = Vec::new();
    for row in &whole.rows {
        let keys = keys(&whole, row);
        for (place, column) in numbers(&whole) {
            let now = &row[place];
            let before = cell(&whole, row, &format!("{}{PREVIOUS}", column.name));
            let name = row_name(&asked, (column, &keys), numbers(&whole).count());
            table.push(vec![
                name,
                said((column, now), &whole),
                before.map_or(NOTHING.to_owned(), |was| said((column, was), &whole)),
                before.map_or(String::new(), |was| change((now, was), column.unit)),
                blocks(&line, &column.name, (&keys, now_ms)),
            ]);
        }
    }
    let all = table.len();
    table.truncate(limits::BOARD_MAIL_ROWS);
    let by = line.interval.map_or("", interval_name);
    let head = ["", &dates(&whole), "before", "change", by];
    let head = head.map(str::to_owned).to_vec();
    let shown = table.len();
    let mut blocks = vec![Block::Table(title, head, table)];
    blocks.extend(cut_note(shown, all));
    blocks.extend(missing_note(&whole));
    Ok(blocks)
}

/// The question of the whole period with its answer, and how it went, counted together: intervals do
/// not add up to the whole, neither of persons, who come again, nor where the time before has more of
/// them than this one.
async fn counted_over_time(
    app: &Arc<App>,
    (site, asker): (SiteId, Asker),
    (whole, mut line): (Question, Question),
) -> Result<(Question, Answer, Answer), Problem> {
    // Nothing of the time before is drawn.
    line.compare = Compare::None;
    let both = answers(app, site, (vec![whole, line], asker)).await?;
    let mut both = both.into_iter();
    let (Some(whole), Some(line)) = (both.next(), both.next()) else {
        return Err(Problem::internal("a question has no answer"));
    };
    Ok((whole.question, whole.answer, line.answer))
}

/// The rows of any other answer, up to the limit.
fn rows(
    title: &str,
    (question, display): (&Question, PanelDisplay),
    (answer, of_site): (&Answer, &str),
) -> Vec<Block> {
    let currency = currency_of(question, of_site);
    let is_funnel = question.kind == QuestionKind::Funnel;
    let is_wide = matches!(
        question.kind,
        QuestionKind::Forms
            | QuestionKind::Retention
            | QuestionKind::Lifecycle
            | QuestionKind::Distribution
    );
    let shown: Vec<usize> = (0..answer.columns.len())
        .filter(|place| {
            !is_funnel
                || FUNNEL
                    .iter()
                    .any(|(name, _)| *name == answer.columns[*place].name)
                || is_key(&answer.columns[*place])
        })
        .filter(|place| !is_funnel || answer.columns[*place].name != "step")
        // These have as many columns without those as a mail has room for.
        .filter(|place| !is_wide || !answer.columns[*place].name.ends_with(PREVIOUS))
        .collect();
    let head = shown
        .iter()
        .map(|place| head(&answer.columns[*place], is_funnel));
    let head: Vec<String> = head.collect();
    // One number of a funnel is the share that gets through.
    let from = match (is_funnel, display) {
        (true, PanelDisplay::Number) => answer.rows.len().saturating_sub(1),
        _ => 0,
    };
    let table: Vec<Vec<String>> = answer.rows[from..]
        .iter()
        .take(limits::BOARD_MAIL_ROWS)
        .map(|row| {
            let told = |place: &usize| {
                let column = &answer.columns[*place];
                priced(said((column, &row[*place]), answer), column, currency)
            };
            shown.iter().map(told).collect()
        })
        .collect();
    let (count, all) = (table.len(), answer.rows.len() - from);
    let mut blocks = vec![Block::Table(
        format!("{title}, {}", dates(answer)),
        head,
        table,
    )];
    blocks.extend(cut_note(count, all));
    blocks.extend(missing_note(answer));
    blocks
}

/// A number with its currency, where it is an amount in one.
fn priced(said: String, column: &Column, currency: &str) -> String {
    let name = column.name.trim_end_matches(PREVIOUS);
    let is_amount = matches!(name, "value" | "value_per_session");
    match is_amount && !currency.is_empty() && said != NOTHING {
        true => format!("{said} {currency}"),
        false => said,
    }
}

/// The one currency in which all values of a question's goals are; empty where they are in several, or
/// where amounts in whatever currencies are added up. `of_site` is that of fixed values.
fn currency_of<'a>(question: &'a Question, of_site: &'a str) -> &'a str {
    let goals = question.goals.iter().flat_map(|goals| &goals.goals);
    let mut all = goals.filter_map(|goal| match (&goal.currency, &goal.value_property) {
        (Some(own), _) => Some(own.as_str()),
        (None, Some(_)) => Some(""),
        (None, None) => goal.value_thousandths.map(|_| of_site),
    });
    let first = all.next().unwrap_or_default();
    match all.all(|other| other == first) {
        true => first,
        false => "",
    }
}

/// Columns of a funnel that a mail has, and what they are called there.
const FUNNEL: [(&str, &str); 6] = [
    ("label", "step"),
    ("persons", "persons"),
    ("sessions", "sessions"),
    ("share", "of the first"),
    ("share_of_previous", "of the step before"),
    ("dropped", "left here"),
];

fn head(column: &Column, is_funnel: bool) -> String {
    let known = FUNNEL
        .iter()
        .find(|(name, _)| is_funnel && *name == column.name);
    match known {
        Some((_, words)) => (*words).to_owned(),
        None => column.name.replace('_', " "),
    }
}

fn cut_note(shown: usize, all: usize) -> Option<Block> {
    (shown < all).then(|| {
        Block::Text(format!(
            "The first {shown} of {all} rows; the board has all."
        ))
    })
}

fn missing_note(answer: &Answer) -> Option<Block> {
    (!answer.missing.is_empty()).then(|| {
        Block::Text(format!(
            "Not everything could be read, so these numbers are too low: {}.",
            answer.missing.join("; ")
        ))
    })
}

/// Whether a column says which row it is.
fn is_key(column: &Column) -> bool {
    matches!(column.unit, Unit::Text | Unit::Boolean)
}

fn keys<'a>(answer: &'a Answer, row: &'a [Cell]) -> Vec<(&'a str, &'a Cell)> {
    let all = answer.columns.iter().zip(row);
    all.filter(|(column, _)| is_key(column))
        .map(|(column, cell)| (column.name.as_str(), cell))
        .collect()
}

/// Columns that are the period's own numbers.
fn numbers(answer: &Answer) -> impl Iterator<Item = (usize, &Column)> {
    let is_number = |column: &Column| {
        let is_other = is_key(column) || matches!(column.unit, Unit::TimeMs | Unit::Id);
        !is_other && !column.name.ends_with(PREVIOUS)
    };
    let all = answer.columns.iter().enumerate();
    all.filter(move |(_, column)| is_number(column))
}

fn cell<'a>(answer: &Answer, row: &'a [Cell], name: &str) -> Option<&'a Cell> {
    let place = answer.columns.iter().position(|one| one.name == name)?;
    row.get(place)
}

fn value(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Count(count) => Some(*count as f64),
        Cell::Number(value) => Some(*value),
        _ => None,
    }
}

/// What a row is about: what is counted, where several things are, and what it is divided by.
fn row_name(
    question: &Question,
    (column, keys): (&Column, &[(&str, &Cell)]),
    all: usize,
) -> String {
    let mut words: Vec<String> = keys.iter().map(|(_, cell)| plain(cell)).collect();
    if words.is_empty() || all > 1 {
        words.push(counted_name(question, &column.name));
    }
    words.join(", ")
}

/// What a column counts, where its name is only a letter.
fn counted_name(question: &Question, column: &str) -> String {
    let series = question.trend.iter().flat_map(|trend| &trend.series);
    let mut letters = ('A'..='Z').zip(series);
    let found = letters.find(|(letter, one)| one.label.is_none() && column == letter.to_string());
    match found {
        Some((_, series)) => series_name(series),
        None => column.replace('_', " "),
    }
}

fn series_name(series: &Series) -> String {
    let events = match series.events.is_empty() {
        true => "any event".to_owned(),
        false => series.events.join(" or "),
    };
    let of = series.property.as_deref().unwrap_or("value");
    let place = |words: &str| format!("{words} {of} of {events}");
    match series.aggregate {
        Aggregate::Count => events,
        Aggregate::Persons => format!("persons with {events}"),
        Aggregate::Sessions => format!("sessions with {events}"),
        Aggregate::Accounts => format!("accounts with {events}"),
        Aggregate::Sum => place("sum of"),
        Aggregate::Average => place("mean"),
        Aggregate::Minimum => place("least"),
        Aggregate::Maximum => place("greatest"),
        Aggregate::Median => place("median"),
        Aggregate::P75 => place("p75 of"),
        Aggregate::P90 => place("p90 of"),
        Aggregate::P95 => place("p95 of"),
        Aggregate::P99 => place("p99 of"),
        Aggregate::PerPerson => format!("{events} a person"),
    }
}

fn measure_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Persons => "Persons",
        Measure::Visitors => "Visitors",
        Measure::Sessions => "Sessions",
        Measure::Pageviews => "Pageviews",
        Measure::Events => "Events",
        Measure::BounceRate => "Bounce rate",
        Measure::EngagedTime => "Engaged time",
        Measure::PagesPerSession => "Pages per session",
        Measure::SessionDuration => "Session duration",
    }
}

fn interval_name(interval: Interval) -> &'static str {
    match interval {
        Interval::Minute => "by minute",
        Interval::Hour => "by hour",
        Interval::Day => "by day",
        Interval::Week => "by week",
        Interval::Month => "by month",
    }
}

/// How much more or less, in percent; of shares in percentage points. Empty where nothing was.
fn change((now, before): (&Cell, &Cell), unit: Unit) -> String {
    let (Some(now), Some(before)) = (value(now), value(before)) else {
        return String::new();
    };
    let (moved, words) = match unit {
        Unit::Share => ((now - before) * 100.0, " points"),
        _ if before == 0.0 => return String::new(),
        _ => ((now - before) / before.abs() * 100.0, " %"),
    };
    // Its minus is as wide as its plus.
    let sign = if moved < 0.0 { "−" } else { "+" };
    format!("{sign}{:.1}{words}", moved.abs())
}

/// How a number went, as a line of blocks; what has no value is a gap. The interval that is running
/// would look like a fall, so it and what is to come are left out, where others are there.
fn blocks(line: &Answer, column: &str, (keys, now_ms): (&[(&str, &Cell)], i64)) -> String {
    let time = line.columns.iter().position(|one| one.unit == Unit::TimeMs);
    let start_ms = |row: &[Cell]| match time.map(|time| &row[time]) {
        Some(Cell::Count(start_ms)) => *start_ms,
        _ => i64::MIN,
    };
    let begun = line.rows.iter().map(|row| start_ms(row));
    let begun = begun.filter(|&start_ms| start_ms <= now_ms);
    let is_running = line.period.to_ms > now_ms;
    let running_ms = begun.max().filter(|_| is_running).unwrap_or(i64::MAX);
    let has_others = line.rows.iter().any(|row| start_ms(row) < running_ms);
    let until_ms = if has_others { running_ms } else { i64::MAX };
    let is_meant = |row: &&Vec<Cell>| {
        let same = |(name, wanted): &(&str, &Cell)| cell(line, row, name) == Some(wanted);
        keys.iter().all(same) && start_ms(row) < until_ms
    };
    let rows = line.rows.iter().filter(is_meant);
    let values: Vec<Option<f64>> = rows
        .map(|row| cell(line, row, column).and_then(value))
        .collect();
    let values = &values[values.len().saturating_sub(BLOCKS_MAX)..];
    let most = values
        .iter()
        .flatten()
        .fold(0.0_f64, |most, one| most.max(*one));
    let block = |one: &Option<f64>| match one {
        None => ' ',
        Some(one) if most <= 0.0 || *one <= 0.0 => BLOCKS[0],
        Some(one) => BLOCKS[height(one / most)],
    };
    values.iter().map(block).collect()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 7"
)]
fn height(share: f64) -> usize {
    (share * 7.0).round().clamp(0.0, 7.0) as usize
}

/// The days of an answer's period, both included; hours where it is less than a day.
fn dates(answer: &Answer) -> String {
    let zone = TimeZone::get(&answer.time_zone).unwrap_or(TimeZone::UTC);
    let at = |ms: i64| {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(zone.clone())
    };
    let (from, to) = (at(answer.period.from_ms), at(answer.period.to_ms - 1));
    let day = "%-d %b %Y";
    if from.date() == to.date() {
        return from.strftime(day).to_string();
    }
    let short = if from.year() == to.year() {
        "%-d %b"
    } else {
        day
    };
    format!("{} to {}", from.strftime(short), to.strftime(day))
}

/// A cell as people read it.
fn said((column, cell): (&Column, &Cell), answer: &Answer) -> String {
    match (cell, column.unit) {
        (Cell::Count(ms), Unit::TimeMs) => {
            let zone = TimeZone::get(&answer.time_zone).unwrap_or(TimeZone::UTC);
            let at = Timestamp::from_millisecond(*ms).unwrap_or(Timestamp::UNIX_EPOCH);
            let form = match answer.interval {
                Some(Interval::Minute | Interval::Hour) => "%-d %b %Y, %H:%M",
                Some(Interval::Month) => "%b %Y",
                _ => "%a %-d %b %Y",
            };
            at.to_zoned(zone).strftime(form).to_string()
        }
        (Cell::Count(count), unit) => number(*count as f64, unit),
        (Cell::Number(value), unit) => number(*value, unit),
        _ => plain(cell),
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Boolean(true) => "yes".to_owned(),
        Cell::Boolean(false) => "no".to_owned(),
        Cell::Text(text) if text.is_empty() => "(none)".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Missing(_) => NOTHING.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn answer_of(columns: &[(&str, &str)], rows: Value) -> Answer {
        let columns: Vec<Value> = columns
            .iter()
            .map(|(name, unit)| json!({"name": name, "unit": unit}))
            .collect();
        serde_json::from_value(json!({
            "columns": columns, "rows": rows, "rows_total": 0,
            "period": {"from_ms": 1_793_491_200_000_i64, "to_ms": 1_796_083_200_000_i64},
            "time_zone": "UTC", "interval": "day", "data_version": "", "rows_scanned": 0,
            "bot_events": 0, "lost_events": 0, "took_us": 0, "missing": [],
        }))
        .unwrap()
    }

    #[test]
    fn a_line_of_blocks_is_of_its_row_and_has_gaps() {
        let line = answer_of(
            &[("time", "time_ms"), ("channel", "text"), ("A", "count")],
            json!([
                [1, "Direct", 0],
                [1, "Paid", 9],
                [2, "Direct", 7],
                [2, "Paid", 9],
                [3, "Direct", 14],
                [3, "Paid", 9],
                [4, "Direct", null],
                [4, "Paid", 9]
            ]),
        );
        let direct = Cell::Text("Direct".to_owned());
        let keys = [("channel", &direct)];
        let drawn = |now_ms| blocks(&line, "A", (&keys, now_ms));
        assert_eq!(drawn(i64::MAX), "▁▅█ ");
        // The third is not over; and where nothing is over, that is what there is.
        assert_eq!(drawn(3), "▁█");
        assert_eq!(drawn(1), "▁▅█ ");
    }

    #[test]
    fn changes_are_percents_of_numbers_and_points_of_shares() {
        for (now, before, unit, expected) in [
            (Cell::Count(693), Cell::Count(698), Unit::Count, "−0.7 %"),
            (Cell::Count(5), Cell::Count(4), Unit::Count, "+25.0 %"),
            (Cell::Count(5), Cell::Count(0), Unit::Count, ""),
            (
                Cell::Number(0.189),
                Cell::Number(0.215),
                Unit::Share,
                "−2.6 points",
            ),
            (Cell::MISSING, Cell::Count(4), Unit::Count, ""),
        ] {
            assert_eq!(change((&now, &before), unit), expected);
        }
    }

    #[test]
    fn letters_become_what_is_counted_and_dates_are_days() {
        let question: Question = serde_json::from_value(json!({
            "kind": "trend", "period": {"last": "7d"}, "trend": {"series": [
                {"events": ["order"]},
                {"events": ["order"], "aggregate": "sum", "property": "value"},
                {"events": ["sign_up"], "label": "New customers"}
            ], "formulas": ["B / A"]}
        }))
        .unwrap();
        let names = ["A", "B", "New customers", "B / A"];
        assert_eq!(
            names.map(|name| counted_name(&question, name)),
            ["order", "sum of value of order", "New customers", "B / A"]
        );
        assert_eq!(dates(&answer_of(&[], json!([]))), "1 Nov to 30 Nov 2026");
    }

    #[test]
    fn forms_have_no_columns_of_the_time_before() {
        let question: Question = serde_json::from_value(json!({
            "kind": "forms", "period": {"last": "7d"}, "compare": "previous"
        }))
        .unwrap();
        let columns = [
            ("form", "text"),
            ("views", "count"),
            ("views_previous", "count"),
        ];
        let answer = answer_of(&columns, json!([["pay", 12, 30]]));
        let told = rows("Forms", (&question, PanelDisplay::Table), (&answer, ""));
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let title = "Forms, 1 Nov to 30 Nov 2026".to_owned();
        assert_eq!(
            told,
            [Block::Table(
                title,
                row(["form", "views"]),
                vec![row(["pay", "12"])]
            )]
        );
    }

    #[test]
    fn a_funnel_has_its_steps_in_words_and_as_a_number_its_end() {
        let question: Question = serde_json::from_value(json!({
            "kind": "funnel", "period": {"last": "7d"},
            "funnel": {"steps": [{"events": ["a"]}, {"events": ["b"]}], "window": "7d"}
        }))
        .unwrap();
        let answer = answer_of(
            &[
                ("step", "count"),
                ("label", "text"),
                ("persons", "count"),
                ("share", "share"),
                ("median_time", "ms"),
            ],
            json!([[1, "Cart", 200, 1.0, null], [2, "Order", 30, 0.15, 61_000]]),
        );
        let told = rows("Checkout", (&question, PanelDisplay::Chart), (&answer, ""));
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            told,
            [Block::Table(
                "Checkout, 1 Nov to 30 Nov 2026".to_owned(),
                row(["step", "persons", "of the first"]),
                vec![
                    row(["Cart", "200", "100.0 %"]),
                    row(["Order", "30", "15.0 %"])
                ],
            )]
        );
        let number = rows("Checkout", (&question, PanelDisplay::Number), (&answer, ""));
        let [Block::Table(_, _, table)] = number.as_slice() else {
            panic!("{number:?}");
        };
        assert_eq!(*table, [row(["Order", "30", "15.0 %"])]);
    }
}
