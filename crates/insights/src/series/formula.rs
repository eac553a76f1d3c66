//! Formulas over series: `A / B`, `(A - B) * 100`.
//!
//! A text becomes a short program for a stack: numbers, series, operators. There are only the four
//! operations, parentheses and a sign; `*` and `/` go before `+` and `-`, equals from the left.

use hitmetrix_model::limits;

use crate::AskError;

/// One step of the program.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Number(f64),
    /// The cell of a series.
    Series(usize),
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
}

/// A formula, ready to be computed for each row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Formula {
    /// As it was given.
    pub(super) text: String,
    program: Vec<Step>,
}

impl Formula {
    /// Reads a formula over so many series.
    pub(super) fn parse(text: &str, series: usize) -> Result<Self, AskError> {
        if text.len() > limits::FORMULA_BYTES {
            return Err(AskError::OutOfBounds {
                given: text.len() as i64,
                least: 1,
                most: limits::FORMULA_BYTES as i64,
            });
        }
        let mut parser = Parser {
            letters: text.chars().collect(),
            at: 0,
            series,
            program: Vec::new(),
        };
        parser.sum()?;
        if parser.peek().is_some() {
            return Err(parser.error("an operator `+ - * /` or the end"));
        }
        Ok(Self {
            text: text.to_owned(),
            program: parser.program,
        })
    }

    /// The series that it is computed from, as bits.
    pub(super) fn series(&self) -> u64 {
        let bit = |step: &Step| match step {
            Step::Series(place) => 1 << place,
            _ => 0,
        };
        self.program.iter().map(bit).fold(0, |all, bit| all | bit)
    }

    /// Its value over the values of the series; none where one of them has none, or where it
    /// divides by zero.
    pub(super) fn value(&self, series: &[Option<f64>]) -> Option<f64> {
        let mut stack: Vec<f64> = Vec::with_capacity(self.program.len());
        for step in &self.program {
            let value = match step {
                Step::Number(number) => *number,
                Step::Series(place) => series[*place]?,
                Step::Negate => -stack.pop()?,
                operation => {
                    let (right, left) = (stack.pop()?, stack.pop()?);
                    match operation {
                        Step::Add => left + right,
                        Step::Subtract => left - right,
                        Step::Multiply => left * right,
                        _ => left / right,
                    }
                }
            };
            if !value.is_finite() {
                return None;
            }
            // Negative zero is written as zero.
            stack.push(value + 0.0);
        }
        stack.pop()
    }
}

struct Parser {
    letters: Vec<char>,
    at: usize,
    series: usize,
    program: Vec<Step>,
}

impl Parser {
    /// The next letter that is no space.
    fn peek(&mut self) -> Option<char> {
        while self
            .letters
            .get(self.at)
            .is_some_and(|one| one.is_whitespace())
        {
            self.at += 1;
        }
        self.letters.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self) -> Result<(), AskError> {
        self.product()?;
        loop {
            let operation = if self.take('+') {
                Step::Add
            } else if self.take('-') {
                Step::Subtract
            } else {
                return Ok(());
            };
            self.product()?;
            self.program.push(operation);
        }
    }

    fn product(&mut self) -> Result<(), AskError> {
        self.factor()?;
        loop {
            let operation = if self.take('*') {
                Step::Multiply
            } else if self.take('/') {
                Step::Divide
            } else {
                return Ok(());
            };
            self.factor()?;
            self.program.push(operation);
        }
    }

    fn factor(&mut self) -> Result<(), AskError> {
        if self.take('-') {
            self.factor()?;
            self.program.push(Step::Negate);
            return Ok(());
        }
        if self.take('(') {
            self.sum()?;
            if !self.take(')') {
                return Err(self.error("`)` or an operator `+ - * /`"));
            }
            return Ok(());
        }
        let step = match self.peek() {
            Some(letter) if letter.is_ascii_digit() || letter == '.' => self.number()?,
            Some(letter) if letter.is_ascii_uppercase() => self.letter(letter)?,
            _ => return Err(self.error("a series, a number or `(`")),
        };
        self.program.push(step);
        Ok(())
    }

    fn number(&mut self) -> Result<Step, AskError> {
        let from = self.at;
        let rest = &self.letters[from..];
        let length = rest
            .iter()
            .take_while(|one| one.is_ascii_digit() || **one == '.')
            .count();
        let text: String = rest[..length].iter().collect();
        let number = text.parse::<f64>().ok().filter(|one| one.is_finite());
        let number = number.ok_or_else(|| self.error("a number, as 12.5"))?;
        self.at += length;
        Ok(Step::Number(number))
    }

    fn letter(&mut self, letter: char) -> Result<Step, AskError> {
        let place = letter as usize - 'A' as usize;
        let next = self.letters.get(self.at + 1);
        if place >= self.series || next.is_some_and(|next| next.is_alphanumeric()) {
            let last = name_of(self.series - 1);
            return Err(self.error(&match self.series {
                1 => "`A`, the only series there is".to_owned(),
                _ => format!("one of the series `A` to `{last}`"),
            }));
        }
        self.at += 1;
        Ok(Step::Series(place))
    }

    /// That something else should stand where the parser is.
    fn error(&mut self, wanted: &str) -> AskError {
        let found = match self.peek() {
            Some(letter) => format!("`{letter}`"),
            None => "its end".to_owned(),
        };
        AskError::Formula {
            given: self.letters.iter().take(100).collect(),
            place: self.at + 1,
            found,
            wanted: wanted.to_owned(),
        }
    }
}

/// The letter of a series by its place.
pub(super) fn name_of(series: usize) -> String {
    char::from(b'A' + series as u8).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        let formula = Formula::parse(text, 3).unwrap();
        formula.value(&[Some(12.0), Some(4.0), None])
    }

    #[test]
    fn formulas_are_computed_as_on_paper() {
        let cases = [
            ("A / B", Some(3.0)),
            ("A-B-2", Some(6.0)),
            ("A / B / 2", Some(1.5)),
            ("2 + A * B", Some(50.0)),
            ("(2 + A) * B", Some(56.0)),
            (" ( A - B ) * 100 / A", Some(800.0 / 12.0)),
            ("-A + --B", Some(-8.0)),
            ("0.5*.5", Some(0.25)),
            ("A / (B - 4)", None),
            ("0 / (B - 4)", None),
            ("A + C", None),
            ("0 * -A", Some(0.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn an_error_points_into_the_text() {
        let cases = [
            ("", 1, "its end"),
            ("A /", 4, "its end"),
            ("A B", 3, "`B`"),
            ("A + D", 5, "`D`"),
            ("AB", 1, "`A`"),
            ("(A + B", 7, "its end"),
            ("A + B)", 6, "`)`"),
            ("a / B", 1, "`a`"),
            ("A * 1.2.3", 5, "`1`"),
            ("A ^ 2", 3, "`^`"),
            ("ä", 1, "`ä`"),
        ];
        for (text, place, found) in cases {
            match Formula::parse(text, 3).unwrap_err() {
                AskError::Formula {
                    place: at,
                    found: what,
                    ..
                } => assert_eq!((at, what.as_str()), (place, found), "{text}"),
                other => panic!("{text}: {other}"),
            }
        }
        let long = "-".repeat(limits::FORMULA_BYTES + 1);
        assert!(Formula::parse(&long, 1).is_err());
    }
}
