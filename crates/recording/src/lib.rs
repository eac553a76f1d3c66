//! What recorder events mean, apart from where they come from and where they lie: JSON lines as
//! trees that no depth overflows, and the state of a page that they lead to. Pure: no clock, disk,
//! network, randomness. `ingest` makes hostile events safe with it, `store` keeps them.

mod hosts;
pub mod replica;
mod rest;
mod tree;
mod write;

pub use hosts::SHADOW_HOSTS;
pub use rest::{
    Asset, AssetDigest, AssetId, AssetKind, DRAWING, PICTURE_KINDS, RestError, SheetDigest, Taken,
    VISITORS_MIN, asset_references, base, brought_pictures, named_pictures, pack, picture_digest,
    picture_kind, put_assets, put_pictures, read_digest, sheet_json, take_assets, unpack,
};
pub use tree::{At, Tree, TreeError, Value};
pub use write::write;
