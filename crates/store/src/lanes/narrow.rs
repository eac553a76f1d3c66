//! A column of plain numbers that lies in memory or in a mapped lane file, and does not say which.

use std::ops::Range;
use std::sync::Arc;

use bytemuck::Pod;

use super::map::MappedFile;

/// Numbers of one width.
#[derive(Debug)]
pub(crate) enum Narrow<T> {
    /// In memory.
    Owned(Vec<T>),
    /// A range of bytes of a mapped file, aligned for `T`.
    Mapped(Arc<MappedFile>, Range<usize>),
}

impl<T: Pod> Narrow<T> {
    /// The numbers of `range` of a mapped file; none when range or alignment do not fit, so that
    /// [`Self::as_slice`] cannot fail.
    pub(crate) fn mapped(file: &Arc<MappedFile>, range: Range<usize>) -> Option<Self> {
        let bytes = file.bytes().get(range.clone())?;
        bytemuck::try_cast_slice::<u8, T>(bytes).ok()?;
        Some(Self::Mapped(Arc::clone(file), range))
    }

    /// The numbers.
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Self::Owned(numbers) => numbers,
            Self::Mapped(file, range) => bytemuck::cast_slice(&file.bytes()[range.clone()]),
        }
    }

    /// Their bytes, as they stand in a lane file of this machine.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self.as_slice())
    }
}

impl<T> From<Vec<T>> for Narrow<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self::Owned(numbers)
    }
}
