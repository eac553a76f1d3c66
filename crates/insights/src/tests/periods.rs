//! Periods and clock changes by hand.
