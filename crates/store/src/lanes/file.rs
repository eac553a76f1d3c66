//! The lane file: a header, then up to four sections of plain numbers, each at a multiple of
//! 64 bytes so that it can be read where it is mapped.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic `HMXLANE\n` |
//! | 4 | format version |
//! | 4 | CRC-32C of everything behind these four bytes |
//! | 4 | `0x01020304` in the byte order of the sections |
//! | 4 | number of sections |
//! | 16 | id of the part it was made from |
//! | 8 8 8 8 | rows, start, first and last time of the run |
//! | 4 × (8 8 8) | width of an element, offset and length of each section in bytes |
//!
//! Header numbers are little-endian, sections in the order of the machine: a lane is a cache of
//! this machine and another one makes its own. It is not synced: after a power loss the checksum
//! tells whether it is whole, and if not it is made again.

use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytemuck::Pod;

use super::LaneError;
use super::map::MappedFile;
use super::narrow::Narrow;

const MAGIC: [u8; 8] = *b"HMXLANE\n";
const VERSION: u32 = 1;
const BYTE_ORDER: u32 = 0x0102_0304;
const ALIGNMENT: usize = 64;
const SECTIONS_MAX: usize = 4;
/// Everything before the first section.
const HEADER_BYTES: usize = 192;
/// Where the checksummed bytes begin.
const CHECKED_FROM: usize = 16;

/// What a lane says of the run it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LaneHeader {
    pub(crate) part: [u8; 16],
    pub(crate) rows: u64,
    pub(crate) start_ms: i64,
    pub(crate) span_ms: (i64, i64),
}

/// One section to write: elements of `width` bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) width: usize,
    pub(crate) bytes: &'a [u8],
}

/// A mapped and verified lane file.
#[derive(Debug)]
pub(crate) struct LaneFile {
    path: PathBuf,
    file: Arc<MappedFile>,
    header: LaneHeader,
    sections: Vec<(usize, Range<usize>)>,
}

impl LaneFile {
    /// Writes a lane beside its place and renames it there.
    pub(crate) fn write(
        path: &Path,
        header: &LaneHeader,
        sections: &[Section<'_>],
    ) -> Result<(), LaneError> {
        let bytes = encode(header, sections);
        let temporary = path.with_extension("new");
        let written = fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(&bytes))
            .and_then(|()| fs::rename(&temporary, path));
        written.map_err(|source| {
            // On a full disk the piece that was written would stay.
            let _ = fs::remove_file(&temporary);
            LaneError::Io {
                path: path.to_owned(),
                source,
            }
        })
    }

    /// Maps a lane and verifies all of it.
    pub(crate) fn open(path: &Path, part: [u8; 16]) -> Result<Self, LaneError> {
        let io = |source: io::Error| LaneError::Io {
            path: path.to_owned(),
            source,
        };
        let corrupt = |what| LaneError::Corrupt {
            path: path.to_owned(),
            what,
        };
        let file = MappedFile::open(path).map_err(io)?;
        let (header, sections) = decode(file.bytes()).map_err(corrupt)?;
        if header.part != part {
            return Err(corrupt("it was made from another part"));
        }
        Ok(Self {
            path: path.to_owned(),
            file: Arc::new(file),
            header,
            sections,
        })
    }

    pub(crate) fn header(&self) -> LaneHeader {
        self.header
    }

    /// Width of the elements of a section.
    pub(crate) fn width(&self, section: usize) -> Option<usize> {
        self.sections.get(section).map(|(width, _)| *width)
    }

    /// The elements of a section.
    pub(crate) fn narrow<T: Pod>(&self, section: usize) -> Result<Narrow<T>, LaneError> {
        let (width, range) = self
            .sections
            .get(section)
            .ok_or_else(|| self.corrupt("a section is missing"))?;
        if *width != size_of::<T>() {
            return Err(self.corrupt("a section has another width"));
        }
        Narrow::mapped(&self.file, range.clone())
            .ok_or_else(|| self.corrupt("a section is not aligned"))
    }

    pub(crate) fn corrupt(&self, what: &'static str) -> LaneError {
        LaneError::Corrupt {
            path: self.path.clone(),
            what,
        }
    }
}

fn encode(header: &LaneHeader, sections: &[Section<'_>]) -> Vec<u8> {
    assert!(
        sections.len() <= SECTIONS_MAX,
        "a lane has at most four sections"
    );
    let total: usize = sections
        .iter()
        .map(|section| section.bytes.len() + ALIGNMENT)
        .sum();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + total);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&BYTE_ORDER.to_ne_bytes());
    bytes.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header.part);
    bytes.extend_from_slice(&header.rows.to_le_bytes());
    for time in [header.start_ms, header.span_ms.0, header.span_ms.1] {
        bytes.extend_from_slice(&time.to_le_bytes());
    }
    let mut offset = HEADER_BYTES;
    for section in sections {
        for number in [section.width, offset, section.bytes.len()] {
            bytes.extend_from_slice(&(number as u64).to_le_bytes());
        }
        offset = (offset + section.bytes.len()).next_multiple_of(ALIGNMENT);
    }
    bytes.resize(HEADER_BYTES, 0);
    for section in sections {
        bytes.extend_from_slice(section.bytes);
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    }
    let checksum = crc32c::crc32c(&bytes[CHECKED_FROM..]);
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

type Decoded = (LaneHeader, Vec<(usize, Range<usize>)>);

fn decode(bytes: &[u8]) -> Result<Decoded, &'static str> {
    if bytes.len() < HEADER_BYTES {
        return Err("it is too short");
    }
    if bytes[..8] != MAGIC {
        return Err("it is no lane");
    }
    if u32_at(bytes, 8) != VERSION {
        return Err("it has another format version");
    }
    if u32_at(bytes, 12) != crc32c::crc32c(&bytes[CHECKED_FROM..]) {
        return Err("its checksum does not hold");
    }
    if bytes[16..20] != BYTE_ORDER.to_ne_bytes() {
        return Err("it has another byte order");
    }
    let count = u32_at(bytes, 20) as usize;
    if count > SECTIONS_MAX {
        return Err("it has too many sections");
    }
    let mut part = [0; 16];
    part.copy_from_slice(&bytes[24..40]);
    let header = LaneHeader {
        part,
        rows: u64_at(bytes, 40),
        start_ms: u64_at(bytes, 48) as i64,
        span_ms: (u64_at(bytes, 56) as i64, u64_at(bytes, 64) as i64),
    };
    let mut sections = Vec::with_capacity(count);
    for index in 0..count {
        let at = 72 + index * 24;
        let [width, from, length] = [at, at + 8, at + 16].map(|at| u64_at(bytes, at) as usize);
        let to = from.checked_add(length).filter(|&to| to <= bytes.len());
        sections.push((width, from..to.ok_or("a section ends behind the file")?));
    }
    Ok((header, sections))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}
