//! The worked examples of docs/concepts.
