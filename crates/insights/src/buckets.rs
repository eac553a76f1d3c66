//! Buckets of time, found quickly.

/// Finds the bucket of a time with one look and mostly no search.
#[derive(Debug, Clone)]
pub(crate) struct BucketTable {
    starts: Vec<i64>,
    /// For each slice of the span of 2^shift milliseconds the bucket of its first.
    slices: Vec<u32>,
    shift: u32,
}

impl BucketTable {
    /// A table over buckets that begin at `starts`, of which the last ends at `to_ms`.
    pub(crate) fn new(starts: Vec<i64>, to_ms: i64) -> Self {
        let from_ms = starts.first().copied().unwrap_or(to_ms);
        let length = (to_ms - from_ms).max(1) as u64;
        let shift = (length / 8192).max(1).ilog2();
        let mut bucket = 0;
        let slice = |index: u64| {
            let time = from_ms + (index << shift) as i64;
            while bucket + 1 < starts.len() && starts[bucket + 1] <= time {
                bucket += 1;
            }
            bucket as u32
        };
        let slices = (0..=(length >> shift)).map(slice).collect();
        Self {
            starts,
            slices,
            shift,
        }
    }

    /// Where buckets begin.
    pub(crate) fn starts(&self) -> &[i64] {
        &self.starts
    }

    /// How many buckets.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The bucket of a time within the span.
    #[inline]
    pub(crate) fn of(&self, time_ms: i64) -> usize {
        let slice = ((time_ms - self.starts[0]) as u64 >> self.shift) as usize;
        let mut bucket = self.slices[slice] as usize;
        while bucket + 1 < self.starts.len() && self.starts[bucket + 1] <= time_ms {
            bucket += 1;
        }
        bucket
    }
}
