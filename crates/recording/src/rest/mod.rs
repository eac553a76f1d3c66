//! The form of recordings at rest. Lines of events, as the sanitiser of `ingest` writes them, lose
//! what many recordings have alike ([`take_assets`]) and are packed, against a [`base`] of their
//! page where there is one ([`pack`]). Everything here is pure: who may share what, under which key
//! it lies and where is for `store` to know. What was packed comes back byte for byte.

mod asset;
mod base;
mod error;
mod field;
mod frame;
mod grown;
mod known;
mod literal;
mod mix;
mod number;
mod pack;
mod picture;
mod put;
mod range;
mod reference;
mod sheet;
mod take;
mod talk;
#[cfg(test)]
mod tests;
mod token;
mod track;

pub use asset::{Asset, AssetDigest, AssetId, AssetKind, Taken, picture_digest};
pub use base::{VISITORS_MIN, base};
pub use error::RestError;
pub use known::{brought_pictures, named_pictures, put_pictures, read_digest};
pub use pack::{pack, unpack};
pub use picture::{DRAWING, PICTURE_KINDS, picture_kind};
pub use put::{asset_references, put_assets};
pub use sheet::{SheetDigest, sheet_json};
pub use take::take_assets;
