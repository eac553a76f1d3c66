//! Middle values and means, as all insights give them.

use hitmetrix_model::Cell;

/// The middle value, or the mean of the two in the middle; none of nothing.
pub(crate) fn median(values: &[i64]) -> Cell {
    if values.is_empty() {
        return Cell::MISSING;
    }
    let mut values = values.to_vec();
    let is_even = values.len().is_multiple_of(2);
    let half = values.len() / 2;
    let (below, &mut upper, _) = values.select_nth_unstable(half);
    let lower = match below.iter().max() {
        Some(&lower) if is_even => lower,
        _ => upper,
    };
    Cell::Number((lower as f64 + upper as f64) / 2.0)
}

/// The mean; none of nothing.
pub(crate) fn mean(values: &[i64]) -> Cell {
    if values.is_empty() {
        return Cell::MISSING;
    }
    let sum: i128 = values.iter().map(|&value| i128::from(value)).sum();
    Cell::Number(sum as f64 / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_of_odd_even_and_nothing() {
        assert_eq!(median(&[]), Cell::MISSING);
        assert_eq!(median(&[3]), Cell::Number(3.0));
        assert_eq!(median(&[4, 1]), Cell::Number(2.5));
        assert_eq!(median(&[9, 1, 5]), Cell::Number(5.0));
        assert_eq!(median(&[1, 9, 5, 6]), Cell::Number(5.5));
        assert_eq!(mean(&[1, 2, 6]), Cell::Number(3.0));
    }
}
