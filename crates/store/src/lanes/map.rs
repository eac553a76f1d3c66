//! The one file of the project that maps files into memory, and so the one with `unsafe` in it.
//!
//! The argument why this is sound. A mapping is a plain byte slice for as long as nobody changes
//! the file under it. (1) Lane files are written under another name and renamed, and from
//! then on never opened for writing by us: a lane is replaced by renaming another file over
//! it and removed by unlinking it, and in both cases the mapped file lives on until it is
//! unmapped. (2) One process owns the data folder (lock file), so no second Hitmetrix writes
//! there. (3) The bytes are only ever read as `u8`, or cast by `bytemuck` to integers, for which
//! every bit pattern is valid. What remains is a foreign program that truncates or overwrites a
//! lane while it is mapped: that is as outside our promises as one that writes into our memory,
//! and the folder has mode 0700.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// A whole file, mapped for reading.
#[derive(Debug)]
pub(crate) struct MappedFile {
    map: Mmap,
}

impl MappedFile {
    /// Maps the file at `path`.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the file is never written or truncated after its rename; see the module.
        let map = unsafe { Mmap::map(&file)? };
        // It is verified, and so read whole, at once; a system that does not know this reads it
        // page by page.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::PopulateRead);
        Ok(Self { map })
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }
}
