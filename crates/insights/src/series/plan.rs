//! The series of a question, checked: what each counts, what columns are called, and how far the
//! answer reaches.

use hitmetrix_model::{Aggregate, EventSelection, Fact, Interval, Level, TrendSeries, limits};

use super::formula::{self, Formula};
use super::gathered::Uses;
use crate::AskError;
use crate::query::previous_name;
use crate::wanted::Wanted;

/// Combinations with rows of their own, unless said otherwise.
const TOP: u32 = 10;

/// One series. Its place is its bit among the selections.
#[derive(Debug, Clone)]
pub(super) struct OneSeries {
    /// The name of its column.
    pub(super) name: String,
    pub(super) aggregate: Aggregate,
    /// What is gathered for it.
    pub(super) uses: Uses,
    /// The place of its property among the numbers that are read.
    pub(super) number: Option<usize>,
    pub(super) first_time: bool,
}

/// All of them, and what becomes of them.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) series: Vec<OneSeries>,
    pub(super) formulas: Vec<Formula>,
    /// Names of the columns of the facts.
    pub(super) facts: Vec<String>,
    pub(super) cumulative: bool,
    /// One row for the whole period.
    pub(super) whole: bool,
    /// Over how many buckets each value is a mean.
    pub(super) moving: Option<usize>,
    pub(super) top: usize,
}

impl Plan {
    /// Checks the series of a question and wants what they read.
    pub(super) fn of(
        spec: &TrendSeries,
        interval: Option<Interval>,
        wanted: &mut Wanted,
    ) -> Result<Self, AskError> {
        bounds(spec)?;
        let of_intervals = spec.cumulative || spec.moving_average.is_some() || interval.is_some();
        if spec.whole && of_intervals {
            let why = "the whole period is one row; leave out `interval`, `cumulative` and \
                       `moving_average`, or `whole`";
            return Err(AskError::Contradiction { why }.at("trend.whole"));
        }
        let series: Vec<OneSeries> = (0..spec.series.len())
            .map(|place| one(spec, place, wanted))
            .collect::<Result<_, AskError>>()?;
        let mut formulas = Vec::new();
        for (place, text) in spec.formulas.iter().enumerate() {
            let formula = Formula::parse(text, series.len());
            formulas.push(formula.map_err(|error| error.at(&format!("trend.formulas[{place}]")))?);
        }
        for (place, fact) in spec.breakdown.iter().enumerate() {
            if let Fact::Property(fact) = fact
                && fact.of == Level::Event
            {
                wanted.property(&fact.property, &format!("trend.breakdown[{place}]"));
            }
            wanted.fact(fact);
        }
        let plan = Self {
            series,
            formulas,
            facts: spec.breakdown.iter().map(Fact::column_name).collect(),
            cumulative: spec.cumulative,
            whole: spec.whole,
            moving: spec.moving_average.map(|buckets| buckets as usize),
            top: spec.top.unwrap_or(TOP) as usize,
        };
        plan.check_names()?;
        Ok(plan)
    }

    /// No two columns may have one name, also where nothing is compared: a question does not
    /// become wrong by comparing.
    fn check_names(&self) -> Result<(), AskError> {
        let mut known = vec!["time".to_owned(), "time_previous".to_owned()];
        let mut claim = |name: &str, field: String| {
            if known.iter().any(|known| known == name) {
                let name = name.to_owned();
                return Err(AskError::EqualNames { name }.at(&field));
            }
            known.push(name.to_owned());
            Ok(())
        };
        for (place, name) in self.facts.iter().enumerate() {
            claim(name, format!("trend.breakdown[{place}]"))?;
        }
        for (place, series) in self.series.iter().enumerate() {
            let field = || format!("trend.series[{place}].label");
            claim(&series.name, field())?;
            claim(&previous_name(&series.name), field())?;
        }
        for (place, formula) in self.formulas.iter().enumerate() {
            let field = || format!("trend.formulas[{place}]");
            claim(&formula.text, field())?;
            claim(&previous_name(&formula.text), field())?;
        }
        Ok(())
    }

    /// The bits of the series that count every event, or only first ones.
    pub(super) fn bits(&self, first_time: bool) -> u64 {
        let places = self.series.iter().enumerate();
        places
            .filter(|(_, series)| series.first_time == first_time)
            .fold(0, |bits, (place, _)| bits | 1 << place)
    }

    /// The columns with values, each with the series that go into it, as bits.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, u64)> {
        let places = self.series.iter().enumerate();
        let series = places.map(|(place, one)| (one.name.as_str(), 1 << place));
        let formulas = self.formulas.iter();
        series.chain(formulas.map(|one| (one.text.as_str(), one.series())))
    }

    /// Whether a series has an aggregate.
    pub(super) fn has(&self, aggregate: Aggregate) -> bool {
        self.series
            .iter()
            .any(|series| series.aggregate == aggregate)
    }
}

fn bounds(spec: &TrendSeries) -> Result<(), AskError> {
    let within = |given: usize, (least, most): (usize, usize), field: &str| {
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let [given, least, most] = [given, least, most].map(|number| number as i64);
        Err(AskError::OutOfBounds { given, least, most }.at(field))
    };
    let most = limits::TREND_SERIES;
    within(spec.series.len(), (1, most), "trend.series")?;
    within(spec.formulas.len(), (0, most), "trend.formulas")?;
    let most = limits::BREAKDOWN_FACTS;
    within(spec.breakdown.len(), (0, most), "trend.breakdown")?;
    if let Some(top) = spec.top {
        within(top as usize, (1, limits::ANSWER_ROWS), "trend.top")?;
    }
    if let Some(buckets) = spec.moving_average {
        let most = limits::TREND_BUCKETS;
        within(buckets as usize, (1, most), "trend.moving_average")?;
    }
    Ok(())
}

fn one(spec: &TrendSeries, place: usize, wanted: &mut Wanted) -> Result<OneSeries, AskError> {
    let series = &spec.series[place];
    let field = format!("trend.series[{place}]");
    let refuse =
        |why, part: &str| Err(AskError::Contradiction { why }.at(&format!("{field}.{part}")));
    let name = match &series.label {
        Some(label) if label.trim().is_empty() || label.len() > limits::NAME_BYTES => {
            return refuse(
                "a label has 1 to 200 bytes; leave it out for a letter",
                "label",
            );
        }
        Some(label) => label.clone(),
        None => formula::name_of(place),
    };
    let aggregate = series.aggregate;
    let number = match &series.property {
        None if aggregate.needs_property() => {
            return refuse(
                "this aggregate is of the numbers of a property; name it",
                "property",
            );
        }
        Some(_) if !aggregate.needs_property() && aggregate != Aggregate::PerPerson => {
            return refuse(
                "a property means nothing for this aggregate; leave it out",
                "property",
            );
        }
        Some(property) => {
            wanted.property(property, &format!("{field}.property"));
            Some(wanted.needs.number(property))
        }
        None => None,
    };
    let selection = EventSelection {
        label: None,
        events: series.events.clone(),
        filters: series.filters.clone(),
    };
    wanted.selection(&selection, &field)?;
    Ok(OneSeries {
        name,
        aggregate,
        uses: Uses::of(aggregate, number.is_some()),
        number,
        first_time: series.first_time,
    })
}
