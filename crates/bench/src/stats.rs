//! The arithmetic of the figures.

/// The middle of several values; of an even number, the mean of the two in the middle.
///
/// # Panics
/// If there are none.
pub fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let (low, high) = ((sorted.len() - 1) / 2, sorted.len() / 2);
    f64::midpoint(sorted[low], sorted[high])
}

/// From the smallest to the largest value.
///
/// # Panics
/// If there are none.
pub fn spread(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    sorted[sorted.len() - 1] - sorted[0]
}

/// The value that `share` (0 to 1) of all values do not exceed: always one of them (nearest rank).
///
/// # Panics
/// If there are none.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let sorted = sorted(values);
    // A rank between 1 and the number of values.
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted[rank.min(sorted.len()) - 1]
}

fn sorted(values: &[f64]) -> Vec<f64> {
    assert!(!values.is_empty(), "a figure of no values");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[7.0]), 7.0);
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let values: Vec<f64> = (1..=1000).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 0.5), 500.0);
        assert_eq!(percentile(&values, 0.99), 990.0);
        assert_eq!(percentile(&values, 0.999), 999.0);
        assert_eq!(percentile(&values, 1.0), 1000.0);
        assert_eq!(percentile(&[5.0], 0.01), 5.0);
    }

    #[test]
    fn the_spread_is_between_the_outermost() {
        assert_eq!(spread(&[2.0, 9.0, 4.0]), 7.0);
    }
}
