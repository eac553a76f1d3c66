//! Which elements browsers let have a shadow root. The sanitiser of `ingest` and the replica of a
//! page have to agree on it: a root that one lets through and the other gives to nobody would shift
//! what stands below it.

/// Elements that may have a shadow root, beside those that a page defines itself.
pub const SHADOW_HOSTS: &[&str] = &[
    "article",
    "aside",
    "blockquote",
    "body",
    "div",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "main",
    "nav",
    "p",
    "section",
    "span",
];
