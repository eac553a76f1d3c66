//! What questions are refused with.
