//! Numbers in as few bytes as they need: what is kept of each rollout between two looks, because there may be a hundred thousand.
//!
//! A number takes one byte for each seven bits. Of counters that only grow, differences are small.

/// Append a number.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Take the next number off; 0 when there is none.
pub(super) fn take(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((first, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(first & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if first & 0x80 == 0 {
            break;
        }
    }
    number
}

/// Keep these bytes in the place of others, without room to spare.
pub(super) fn replace(kept: &mut Vec<u8>, with: &[u8]) {
    kept.clear();
    kept.reserve_exact(with.len());
    kept.extend_from_slice(with);
}

/// Rows of numbers, each kept as its differences from the row before.
#[derive(Debug, Clone)]
pub(super) struct Rows<const N: usize> {
    bytes: Vec<u8>,
    last: [u64; N],
    len: usize,
}

/// Bytes by which the room for rows grows: doubling would hold twice of what is needed.
const GROWS: usize = 64;
/// Longest number.
const LONGEST: usize = 10;

impl<const N: usize> Default for Rows<N> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            last: [0; N],
            len: 0,
        }
    }
}

impl<const N: usize> Rows<N> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn last(&self) -> Option<&[u64; N]> {
        (self.len > 0).then_some(&self.last)
    }

    pub(super) fn push(&mut self, row: [u64; N]) {
        let mut one = Vec::with_capacity(N * LONGEST);
        for (from, to) in self.last.iter().zip(&row) {
            put(&mut one, folded(to.wrapping_sub(*from)));
        }
        if self.bytes.capacity() - self.bytes.len() < one.len() {
            self.bytes.reserve_exact(one.len().max(GROWS));
        }
        self.bytes.extend_from_slice(&one);
        self.last = row;
        self.len += 1;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = [u64; N]> + '_ {
        let (mut bytes, mut row) = (self.bytes.as_slice(), [0_u64; N]);
        (0..self.len).map(move |_| {
            for number in &mut row {
                *number = number.wrapping_add(unfolded(take(&mut bytes)));
            }
            row
        })
    }

    /// Keep every second row, from the first one on.
    pub(super) fn thin(&mut self) {
        let mut kept = Self::default();
        for row in self.iter().step_by(2) {
            kept.push(row);
        }
        *self = kept;
    }
}

/// A small number for a small difference, up or down: the sign becomes the lowest bit.
fn folded(difference: u64) -> u64 {
    (difference << 1) ^ (difference >> 63).wrapping_neg()
}

fn unfolded(number: u64) -> u64 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_size_come_back_in_order() {
        let numbers = [0, 1, 127, 128, 16_384, u64::MAX / 2, u64::MAX];
        let mut bytes = Vec::new();
        for number in numbers {
            put(&mut bytes, number);
        }
        let mut rest = bytes.as_slice();
        for number in numbers {
            assert_eq!(take(&mut rest), number);
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn rows_come_back_as_they_were_also_where_numbers_fall() {
        let rows = [[5, 0, u64::MAX], [7, u64::MAX, 0], [6, 3, 1], [6, 3, 1]];
        let mut kept = Rows::<3>::default();
        for row in rows {
            kept.push(row);
        }
        assert_eq!(kept.iter().collect::<Vec<_>>(), rows);
        assert_eq!((kept.len(), kept.last()), (4, Some(&rows[3])));
        kept.thin();
        assert_eq!(kept.iter().collect::<Vec<_>>(), [rows[0], rows[2]]);
        assert_eq!(kept.last(), Some(&rows[2]));
    }

    #[test]
    fn a_row_that_changes_little_takes_a_byte_a_number() {
        let mut kept = Rows::<9>::default();
        for second in 0..600 {
            kept.push([
                second * 1_000,
                second * 10,
                0,
                second,
                0,
                second * 60,
                0,
                second,
                0,
            ]);
        }
        assert!(
            kept.bytes.capacity() <= 600 * 10 + GROWS,
            "{}",
            kept.bytes.capacity()
        );
    }
}
