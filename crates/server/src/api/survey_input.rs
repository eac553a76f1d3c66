//! What people type about a survey, turned into what it must be, or refused with its place and the
//! way out.

use std::collections::BTreeSet;

use hitmetrix_model::{
    SURVEY_ANSWERED, SURVEY_DISMISSED, SURVEY_SHOWN, Survey, SurveyKind, SurveyMoment, SurveyWords,
    limits,
};

use crate::problem::Problem;

/// Fewest choices of which one can be chosen.
const CHOICES_MIN: usize = 2;
/// A pattern of pages.
const PATTERN_BYTES_MAX: usize = 256;
/// The longest language tag that is in use.
const LANGUAGE_BYTES_MAX: usize = 35;

/// A survey without space around its words.
///
/// # Errors
/// When something of it is out of bounds; the problem names the field.
pub fn checked(survey: Survey) -> Result<Survey, Problem> {
    let words = words(survey.words)?;
    let choices = choices(survey.kind, &survey.choices)?;
    if survey.several && survey.kind != SurveyKind::Choice {
        return refused("survey.several", "only choices can be several".to_owned());
    }
    let language = survey.language.trim().to_owned();
    let is_tag = language.len() <= LANGUAGE_BYTES_MAX
        && language
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_tag {
        let why = "the language is no tag; write it as de or pt-BR, or leave it empty for that of \
                   the page";
        return refused("survey.language", why.to_owned());
    }
    let moment = moment(survey.moment)?;
    let pages = pages(&survey.pages)?;
    if survey
        .devices
        .iter()
        .collect::<std::collections::HashSet<_>>()
        .len()
        != survey.devices.len()
    {
        return refused("survey.devices", "a device comes twice".to_owned());
    }
    if !(1..=100).contains(&survey.share_percent) {
        return refused(
            "survey.share_percent",
            format!(
                "the share is {}; it must be 1 to 100 percent, or pause the survey",
                survey.share_percent
            ),
        );
    }
    Ok(Survey {
        words,
        choices,
        language,
        moment,
        pages,
        ..survey
    })
}

fn refused<T>(field: &str, why: String) -> Result<T, Problem> {
    Err(Problem::invalid(why).at(field))
}

/// One line of plain text without space around it.
fn line((field, text): (&str, &str), most: usize) -> Result<String, Problem> {
    let text = text.trim();
    let characters = text.chars().count();
    if characters > most || text.chars().any(char::is_control) {
        return refused(
            field,
            format!(
                "the text has {characters} characters; it may have {most}, none of them a control \
                 character"
            ),
        );
    }
    Ok(text.to_owned())
}

fn words(mut words: SurveyWords) -> Result<SurveyWords, Problem> {
    for (name, text) in words.all() {
        let field = format!("survey.words.{name}");
        line((&field, text), limits::SURVEY_TEXT_CHARACTERS)?;
    }
    for text in [
        &mut words.question,
        &mut words.follow_up,
        &mut words.low,
        &mut words.high,
        &mut words.send,
        &mut words.close,
        &mut words.tab,
        &mut words.thanks,
    ] {
        *text = text.trim().to_owned();
    }
    if words.question.is_empty() {
        let why = "a survey needs a question".to_owned();
        return refused("survey.words.question", why);
    }
    Ok(words)
}

fn choices(kind: SurveyKind, given: &[String]) -> Result<Vec<String>, Problem> {
    const FIELD: &str = "survey.choices";
    if kind != SurveyKind::Choice {
        if given.is_empty() {
            return Ok(Vec::new());
        }
        let why = "only a survey of kind `choice` has choices; leave them out".to_owned();
        return refused(FIELD, why);
    }
    if !(CHOICES_MIN..=limits::SURVEY_CHOICES).contains(&given.len()) {
        return refused(
            FIELD,
            format!(
                "there are {} choices; a survey has {CHOICES_MIN} to {}",
                given.len(),
                limits::SURVEY_CHOICES
            ),
        );
    }
    let mut choices = Vec::with_capacity(given.len());
    for (place, text) in given.iter().enumerate() {
        let field = format!("{FIELD}[{place}]");
        let text = line((&field, text), limits::SURVEY_CHOICE_CHARACTERS)?;
        if text.is_empty() {
            return refused(&field, "a choice has no text".to_owned());
        }
        choices.push(text);
    }
    if choices.iter().collect::<BTreeSet<_>>().len() != choices.len() {
        return refused(FIELD, "a choice comes twice; leave one out".to_owned());
    }
    Ok(choices)
}

fn moment(moment: SurveyMoment) -> Result<SurveyMoment, Problem> {
    const FIELD: &str = "survey.moment";
    match moment {
        SurveyMoment::Seconds(seconds) if seconds > limits::SURVEY_SECONDS => refused(
            FIELD,
            format!(
                "{seconds} seconds are too long, the limit is {}; visitors have left by then",
                limits::SURVEY_SECONDS
            ),
        ),
        SurveyMoment::Event(name) => {
            let name = name.trim().to_owned();
            let is_own = [SURVEY_SHOWN, SURVEY_ANSWERED, SURVEY_DISMISSED].contains(&&*name);
            if name.is_empty() || name.len() > limits::NAME_BYTES || is_own {
                return refused(
                    FIELD,
                    format!(
                        "`{}` is no event to ask after; name one of the site's own, of at most {} \
                         bytes",
                        name.chars().take(80).collect::<String>(),
                        limits::NAME_BYTES
                    ),
                );
            }
            Ok(SurveyMoment::Event(name))
        }
        other => Ok(other),
    }
}

fn pages(given: &[String]) -> Result<Vec<String>, Problem> {
    const FIELD: &str = "survey.pages";
    if given.len() > limits::SURVEY_PAGES {
        return refused(
            FIELD,
            format!(
                "there are {} patterns of pages, the limit is {}; join some with *",
                given.len(),
                limits::SURVEY_PAGES
            ),
        );
    }
    let mut pages = Vec::with_capacity(given.len());
    for (place, pattern) in given.iter().enumerate() {
        let pattern = pattern.trim();
        if !pattern.starts_with(['/', '*']) || pattern.len() > PATTERN_BYTES_MAX {
            return refused(
                &format!("{FIELD}[{place}]"),
                format!(
                    "`{}` is no pattern of pages; write a path with * for any run of characters, \
                     as /product/*, of at most {PATTERN_BYTES_MAX} bytes",
                    pattern.chars().take(80).collect::<String>()
                ),
            );
        }
        pages.push(pattern.to_owned());
    }
    Ok(pages)
}
