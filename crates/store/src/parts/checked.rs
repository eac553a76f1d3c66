//! A part's file, every byte of which is checked before it is believed.
//!
//! The parquet crate can check page checksums but writes none. So the catalog keeps a CRC-32C
//! of each block of 64 KiB of the file (64 bytes a megabyte), and this reader,
//! through which everything that reads a part goes, verifies each block that it touches. That
//! covers footers and indexes too, which page checksums would not.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

/// Bytes under one checksum.
pub(crate) const BLOCK_BYTES: usize = 64 << 10;

/// The checksums of a file's blocks, as the catalog keeps them.
pub(crate) fn block_checksums(bytes: &[u8]) -> Vec<u8> {
    bytes
        .chunks(BLOCK_BYTES)
        .flat_map(|block| crc32c::crc32c(block).to_le_bytes())
        .collect()
}

/// An open part.
#[derive(Debug, Clone)]
pub(crate) struct CheckedFile {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    length: u64,
    checksums: Vec<u32>,
}

impl CheckedFile {
    /// Opens a file that must be `length` bytes long.
    pub(crate) fn open(path: &Path, length: u64, checksums: &[u8]) -> io::Result<Self> {
        let file = File::open(path)?;
        let found = file.metadata()?.len();
        if found != length {
            return Err(broken(format!("it has {found} bytes instead of {length}")));
        }
        let (blocks, rest) = checksums.as_chunks::<4>();
        if !rest.is_empty() || blocks.len() as u64 != length.div_ceil(BLOCK_BYTES as u64) {
            return Err(broken(
                "its list of checksums has another length".to_owned(),
            ));
        }
        let checksums = blocks
            .iter()
            .map(|block| u32::from_le_bytes(*block))
            .collect();
        Ok(Self {
            inner: Arc::new(Inner {
                file,
                length,
                checksums,
            }),
        })
    }

    /// Whole, verified blocks `first..=last`.
    fn blocks(&self, first: usize, last: usize) -> io::Result<Vec<u8>> {
        let start = first as u64 * BLOCK_BYTES as u64;
        let end = ((last as u64 + 1) * BLOCK_BYTES as u64).min(self.inner.length);
        let mut bytes = vec![0; (end - start) as usize];
        self.inner.file.read_exact_at(&mut bytes, start)?;
        for (index, block) in bytes.chunks(BLOCK_BYTES).enumerate() {
            if crc32c::crc32c(block) != self.inner.checksums[first + index] {
                return Err(broken(format!(
                    "block {} does not match its checksum",
                    first + index
                )));
            }
        }
        Ok(bytes)
    }

    /// Verified bytes of a range.
    fn range(&self, start: u64, length: usize) -> io::Result<Bytes> {
        if start
            .checked_add(length as u64)
            .is_none_or(|end| end > self.inner.length)
        {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        if length == 0 {
            return Ok(Bytes::new());
        }
        let first = (start / BLOCK_BYTES as u64) as usize;
        let last = ((start + length as u64 - 1) / BLOCK_BYTES as u64) as usize;
        let bytes = Bytes::from(self.blocks(first, last)?);
        let from = (start - first as u64 * BLOCK_BYTES as u64) as usize;
        Ok(bytes.slice(from..from + length))
    }
}

fn broken(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Length for CheckedFile {
    fn len(&self) -> u64 {
        self.inner.length
    }
}

impl ChunkReader for CheckedFile {
    type T = CheckedRead;

    fn get_read(&self, start: u64) -> Result<CheckedRead, ParquetError> {
        Ok(CheckedRead {
            file: self.clone(),
            position: start,
            block: Bytes::new(),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.range(start, length)
            .map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads on from a position, one verified block at a time.
#[derive(Debug)]
pub(crate) struct CheckedRead {
    file: CheckedFile,
    position: u64,
    block: Bytes,
}

impl Read for CheckedRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.block.is_empty() {
            let left = self.file.inner.length.saturating_sub(self.position);
            let to_boundary = BLOCK_BYTES as u64 - self.position % BLOCK_BYTES as u64;
            self.block = self
                .file
                .range(self.position, left.min(to_boundary) as usize)?;
        }
        let count = buffer.len().min(self.block.len());
        buffer[..count].copy_from_slice(&self.block.split_to(count));
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    #[test]
    fn ranges_and_reads_are_those_of_the_file() {
        let bytes: Vec<u8> = (0..200_000u32).map(|number| (number % 251) as u8).collect();
        let (_folder, path) = written(&bytes);
        let file = CheckedFile::open(&path, 200_000, &block_checksums(&bytes)).unwrap();
        for (start, length) in [
            (0, 200_000),
            (65_535, 2),
            (65_536, 65_536),
            (199_999, 1),
            (5, 0),
        ] {
            assert_eq!(
                file.get_bytes(start, length).unwrap(),
                bytes[start as usize..][..length]
            );
        }
        assert!(file.get_bytes(199_999, 2).is_err());
        let mut rest = Vec::new();
        file.get_read(70_000)
            .unwrap()
            .read_to_end(&mut rest)
            .unwrap();
        assert_eq!(rest, bytes[70_000..]);
    }

    #[test]
    fn broken_block_is_noticed_and_others_are_read() {
        let mut bytes = vec![7; 200_000];
        let checksums = block_checksums(&bytes);
        bytes[100_000] = 8;
        let (_folder, path) = written(&bytes);
        let file = CheckedFile::open(&path, 200_000, &checksums).unwrap();
        assert!(file.get_bytes(0, 65_536).is_ok());
        assert!(file.get_bytes(65_536, 1).is_err());
        assert!(file.get_bytes(140_000, 10).is_ok());
        assert!(CheckedFile::open(&path, 199_999, &checksums).is_err());
    }
}
