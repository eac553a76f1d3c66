//! Lane files of properties: one with the names of a part, and one for each property that
//! somebody asked for.
//!
//! | file | sections |
//! |---|---|
//! | `properties` | names and values left out, then the rows of each name (8 bytes each); kinds of each name (bits); the names as dictionary (ends, bytes) |
//! | `property_HASH` | codes, ends and bytes of the dictionary as in every text lane; the name |
//!
//! The hash is BLAKE3 of the name, because names are chosen by whoever sends; the name inside
//! decides whether it is the right file.

use std::path::PathBuf;

use super::LaneError;
use super::columns::{CodeLane, TextLane, Texts};
use super::file::{LaneFile, Section};
use super::properties::{PropertiesLeftOut, PropertyKinds, PropertyNames, PropertySeen};
use super::run::Run;
use super::stored::{LaneFolder, open_texts, text_sections};

/// The lane with the names.
const NAMES: &str = "properties";

impl LaneFolder {
    /// The file of a property's lane.
    pub(crate) fn property_path(&self, name: &str) -> PathBuf {
        self.path(&format!("property_{}", blake3::hash(name.as_bytes())))
    }

    /// Writes the lane of a property.
    pub(crate) fn write_property(
        &self,
        run: &Run,
        name: &str,
        (codes, texts): (&CodeLane, &Texts),
    ) -> Result<(), LaneError> {
        let mut sections = text_sections(codes, texts);
        sections.push(Section {
            width: 1,
            bytes: name.as_bytes(),
        });
        LaneFile::write(&self.property_path(name), &self.header(run), &sections)
    }

    /// Maps the lane of a property, of `rows` rows.
    pub(crate) fn open_property(&self, name: &str, rows: usize) -> Result<TextLane, LaneError> {
        let file = LaneFile::open(&self.property_path(name), self.part)?;
        if file.narrow::<u8>(3)?.as_slice() != name.as_bytes() {
            return Err(file.corrupt("it is of another property"));
        }
        open_texts(&file, rows)
    }

    /// Writes the names of the part's properties.
    pub(crate) fn write_property_names(
        &self,
        run: &Run,
        names: &PropertyNames,
    ) -> Result<(), LaneError> {
        let mut numbers = vec![names.left_out.names, names.left_out.rows];
        numbers.extend(names.seen.iter().map(|seen| seen.rows));
        let kinds: Vec<u8> = names.seen.iter().map(|seen| seen.kinds.bits()).collect();
        let texts = Texts::from_texts(names.seen.iter().map(|seen| seen.name.as_str()));
        let [ends, bytes] = texts.sections();
        let sections = [
            Section {
                width: 8,
                bytes: bytemuck::cast_slice(&numbers),
            },
            Section {
                width: 1,
                bytes: &kinds,
            },
            Section {
                width: 4,
                bytes: ends,
            },
            Section { width: 1, bytes },
        ];
        LaneFile::write(&self.path(NAMES), &self.header(run), &sections)
    }

    /// Reads the names of the part's properties.
    pub(crate) fn open_property_names(&self) -> Result<PropertyNames, LaneError> {
        let file = LaneFile::open(&self.path(NAMES), self.part)?;
        let (numbers, kinds) = (file.narrow::<u64>(0)?, file.narrow::<u8>(1)?);
        let texts = Texts::checked(file.narrow(2)?, file.narrow(3)?);
        let unfit = || file.corrupt("its names do not fit together");
        let texts = texts.ok_or_else(unfit)?;
        let (numbers, kinds) = (numbers.as_slice(), kinds.as_slice());
        if numbers.len() != texts.len() + 2 || kinds.len() != texts.len() {
            return Err(unfit());
        }
        let names = texts.iter().zip(&numbers[2..]).zip(kinds);
        let seen = names.map(|((name, &rows), &kinds)| PropertySeen {
            name: name.to_owned(),
            rows,
            kinds: PropertyKinds::from_bits(kinds),
        });
        let seen: Vec<PropertySeen> = seen.collect();
        if !seen.is_sorted_by(|one, next| one.name < next.name) {
            return Err(unfit());
        }
        Ok(PropertyNames {
            seen,
            left_out: PropertiesLeftOut {
                names: numbers[0],
                rows: numbers[1],
            },
        })
    }
}
