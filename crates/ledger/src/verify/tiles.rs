//! Tiles of the tree, computed again from the leaves alone: at most one open tile of each level is kept.

use crate::chain::Broken;
use crate::follow::Tile;
use crate::tree::{TILE, fold};
use std::collections::BTreeMap;
use tidegate_core::digest::Digest;

/// Stored tiles by level and index; `None` is one that is missing or cannot be read.
pub(super) type Stored = BTreeMap<(u8, u64), Option<Vec<Digest>>>;

/// Levels of a tree of 2^64 leaves.
const LEVELS: u8 = 8;

/// The open tile of each level above the leaves, and the number of leaves.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    open: [Vec<Digest>; LEVELS as usize - 1],
    leaves: u64,
}

impl Tiles {
    /// The next tile of leaves; what is complete with it must be what is stored.
    pub(super) fn push(&mut self, tile: Tile, stored: &Stored) -> Result<(), Broken> {
        self.leaves += TILE;
        let (mut full, mut root) = (tile.leaves, Some(tile.root));
        let mut above = self.open.iter_mut();
        for (level, index) in complete(self.leaves) {
            if stored.get(&(level, index)).and_then(Option::as_ref) != Some(&full) {
                let because = format!(
                    "tile {level}/{index} of the tree, which ends with it, is not what follows from the entries"
                );
                let seq = self.leaves;
                return Err(Broken { seq, because });
            }
            let (Some(root), Some(open)) = (root.take().or_else(|| fold(full)), above.next())
            else {
                return Ok(());
            };
            open.push(root);
            full = match open.len() as u64 {
                TILE => std::mem::take(open),
                _ => return Ok(()),
            };
        }
        Ok(())
    }
}

/// Level and index of each tile that is complete with this many leaves.
pub(super) fn complete(leaves: u64) -> impl Iterator<Item = (u8, u64)> {
    let mut count = leaves;
    (0..LEVELS).map_while(move |level| {
        if count == 0 || !count.is_multiple_of(TILE) {
            return None;
        }
        count /= TILE;
        Some((level, count - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn a_tile_of_the_next_level_is_complete_with_the_last_one_below_it() {
        let all = |leaves| complete(leaves).collect::<Vec<_>>();
        assert_eq!(all(0), []);
        assert_eq!(all(255), []);
        assert_eq!(all(512), [(0, 1)]);
        assert_eq!(all(65_536), [(0, 255), (1, 0)]);
    }
}
