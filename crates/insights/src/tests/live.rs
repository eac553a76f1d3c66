//! The live view and a session's facts.
