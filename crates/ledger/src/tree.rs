//! The Merkle tree of RFC 6962 over the records of the ledger: a few hashes prove that an entry is in the log, or that one
//! state of the log is the beginning of another. It grows in the transaction that appends, so a proof exists as soon as the entry.
//!
//! A leaf is the record of an entry (`chain::record`). Kept are the leaf hashes, the tree's right edge, and each complete tile
//! of 256 hashes of one level; everything else is computed from them. Hashing and proofs are those of `tlog_tiles`.

use crate::chain;
use crate::error::StoreError;
use crate::row::Entry;
use crate::store::{Result, Rows};
use std::cell::RefCell;
use tidegate_core::digest::Digest;
use tlog_tiles::{Error, Hash, HashReader};

/// Hashes of a tile.
pub const TILE: u64 = 256;
/// The same, to count hashes.
const WHOLE: usize = 256;
/// Bytes of a hash.
const HASH: usize = 32;

/// Leaf hash of an entry.
#[must_use]
pub fn leaf(entry: &Entry) -> Digest {
    leaf_of(&chain::record(entry))
}

/// Leaf hash of a record.
pub(crate) fn leaf_of(record: &[u8]) -> Digest {
    Digest::from_bytes(tlog_tiles::record_hash(record).0)
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let (left, right) = (Hash(*left.as_bytes()), Hash(*right.as_bytes()));
    Digest::from_bytes(tlog_tiles::node_hash(left, right).0)
}

/// Root of a complete subtree with these hashes, a power of two of them, at its base.
pub(crate) fn fold(mut hashes: Vec<Digest>) -> Option<Digest> {
    while hashes.len() > 1 {
        let (pairs, _) = hashes.as_chunks::<2>();
        hashes = pairs
            .iter()
            .map(|[left, right]| node(left, right))
            .collect();
    }
    hashes.pop()
}

fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The right edge of a tree: the roots of its complete subtrees, largest first. Enough to append and to know the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    edge: Vec<Digest>,
}

impl Frontier {
    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Append a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                root = node(&left, &root);
            }
        }
        self.edge.push(root);
        self.size += 1;
    }

    /// Append a whole tile with this root, to a tree of whole tiles.
    pub(crate) fn push_tile(&mut self, root: Digest) {
        let mut root = root;
        for _ in 0..(self.size / TILE).trailing_ones() {
            if let Some(left) = self.edge.pop() {
                root = node(&left, &root);
            }
        }
        self.edge.push(root);
        self.size += TILE;
    }

    /// Root of the tree, the digest of nothing when it is empty.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut edge = self.edge.iter().rev().cloned();
        let first = edge.next();
        first.map_or_else(empty_root, |first| {
            edge.fold(first, |right, left| node(&left, &right))
        })
    }

    /// Its hashes, largest subtree first.
    #[must_use]
    pub fn edge(&self) -> &[Digest] {
        &self.edge
    }

    /// The edge as stored: its hashes one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes_of(&self.edge)
    }

    /// Read back the edge of a tree of this size.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let edge = digests_of(bytes)?;
        let fits = u32::try_from(edge.len()).is_ok_and(|n| n == size.count_ones());
        fits.then_some(Self { size, edge })
    }
}

/// Hashes one after the other.
#[must_use]
pub fn bytes_of(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|h| *h.as_bytes()).collect()
}

/// Read them back.
#[must_use]
pub fn digests_of(bytes: &[u8]) -> Option<Vec<Digest>> {
    let (whole, rest) = bytes.as_chunks::<HASH>();
    rest.is_empty()
        .then(|| whole.iter().map(|h| Digest::from_bytes(*h)).collect())
}

/// The tiles that are complete with the leaf that makes the tree this size, computed from what lies below them: level, index,
/// hashes.
///
/// # Errors
/// The hashes below could not be read.
pub fn completed(rows: &dyn Rows, size: u64) -> Result<Vec<(u8, u64, Vec<Digest>)>> {
    let mut tiles: Vec<(u8, u64, Vec<Digest>)> = Vec::new();
    let mut count = size;
    for level in 0_u8..8 {
        if count == 0 || !count.is_multiple_of(TILE) {
            break;
        }
        let first = count - TILE;
        count /= TILE;
        let hashes = match tiles.last() {
            None => rows.leaves(first + 1, WHOLE)?,
            Some((_, _, newest)) => {
                let mut hashes = roots(rows, level - 1, first, TILE - 1)?;
                // The newest tile below may not be stored yet.
                hashes.extend(fold(newest.clone()));
                hashes
            }
        };
        tiles.push((level, count - 1, whole(hashes, WHOLE, level, first)?));
    }
    Ok(tiles)
}

/// Roots of tiles of a level.
fn roots(rows: &dyn Rows, level: u8, first: u64, count: u64) -> Result<Vec<Digest>> {
    let mut roots = Vec::new();
    for index in first..first + count {
        roots.extend(fold(base(rows, level, index * TILE, TILE)?));
    }
    Ok(roots)
}

/// Hashes of a tile level: leaves at level 0, roots of tiles of the level below otherwise. They lie within one tile.
fn base(rows: &dyn Rows, level: u8, first: u64, count: u64) -> Result<Vec<Digest>> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    if let Some(tile) = rows.tile(level, first / TILE)? {
        let skip = usize::try_from(first % TILE).unwrap_or(0);
        let found: Vec<Digest> = tile.into_iter().skip(skip).take(wanted).collect();
        return whole(found, wanted, level, first);
    }
    let Some(below) = level.checked_sub(1) else {
        return whole(rows.leaves(first + 1, wanted)?, wanted, level, first);
    };
    whole(roots(rows, below, first, count)?, wanted, level, first)
}

fn whole(found: Vec<Digest>, wanted: usize, level: u8, first: u64) -> Result<Vec<Digest>> {
    match found.len() == wanted {
        true => Ok(found),
        false => Err(StoreError::BadRow {
            what: format!("the tree of the ledger at level {level} from {first}"),
            because: format!("{} of {wanted} hashes are there", found.len()),
        }),
    }
}

/// Hashes of the tree for proofs. A read that failed is kept for the caller, because the other library has no place for it.
struct Reader<'a> {
    rows: &'a dyn Rows,
    failed: RefCell<Option<StoreError>>,
}

impl Reader<'_> {
    fn one(&self, index: u64) -> Result<Hash> {
        let (level, n) = tlog_tiles::split_stored_hash_index(index);
        let (tile, within) = (level / 8, level % 8);
        let hashes = base(self.rows, tile, n << within, 1 << within)?;
        Ok(Hash(*fold(hashes).unwrap_or_else(empty_root).as_bytes()))
    }
}

impl HashReader for Reader<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> std::result::Result<Vec<Hash>, Error> {
        let read = indexes.iter().map(|index| self.one(*index));
        read.collect::<Result<Vec<_>>>().map_err(|error| {
            let text = error.to_string();
            self.failed.borrow_mut().get_or_insert(error);
            Error::InvalidInput(text)
        })
    }
}

fn ask(
    rows: &dyn Rows,
    what: &str,
    f: impl FnOnce(&Reader<'_>) -> std::result::Result<Vec<Hash>, Error>,
) -> Result<Vec<Digest>> {
    let reader = Reader {
        rows,
        failed: RefCell::new(None),
    };
    let found = f(&reader);
    if let Some(error) = reader.failed.into_inner() {
        return Err(error);
    }
    let hashes = found.map_err(|e| StoreError::Aborted {
        because: format!("{what} cannot be proved: {e}"),
    })?;
    Ok(hashes.iter().map(|h| Digest::from_bytes(h.0)).collect())
}

/// Root of the tree when it had this many leaves.
///
/// # Errors
/// It never had as many, or hashes could not be read.
pub fn root_at(rows: &dyn Rows, size: u64) -> Result<Digest> {
    let roots = ask(rows, "the root", |reader| {
        tlog_tiles::tree_hash(size, reader).map(|hash| vec![hash])
    })?;
    Ok(roots.into_iter().next().unwrap_or_else(empty_root))
}

/// The right edge of the tree when it had this many leaves: whoever has the leaves after it can go on from there.
///
/// # Errors
/// It never had as many, or hashes could not be read.
pub fn frontier_at(rows: &dyn Rows, size: u64) -> Result<Frontier> {
    let reader = Reader {
        rows,
        failed: RefCell::new(None),
    };
    let mut edge = Vec::new();
    let mut from = 0;
    for level in (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1) {
        let index = from >> level;
        let stored = tlog_tiles::stored_hash_index(u8::try_from(level).unwrap_or(u8::MAX), index);
        edge.push(Digest::from_bytes(reader.one(stored)?.0));
        from += 1 << level;
    }
    Ok(Frontier { size, edge })
}

/// Proof that entry `seq` is in the tree of `size` leaves.
///
/// # Errors
/// It is not, or hashes could not be read.
pub fn prove_entry(rows: &dyn Rows, seq: u64, size: u64) -> Result<Vec<Digest>> {
    let index = seq.checked_sub(1).filter(|index| *index < size);
    let index = index.ok_or_else(|| StoreError::Missing {
        what: "entry in that state of the log:",
        key: seq.to_string(),
    })?;
    ask(rows, "the entry", |reader| {
        tlog_tiles::prove_record(size, index, reader)
    })
}

/// Proof that the tree of `from` leaves is the beginning of the tree of `to` leaves.
///
/// # Errors
/// The sizes are not in order, or hashes could not be read.
pub fn prove_growth(rows: &dyn Rows, from: u64, to: u64) -> Result<Vec<Digest>> {
    if from == 0 || from > to {
        return Err(StoreError::Missing {
            what: "growth of the log between",
            key: format!("{from} and {to}"),
        });
    }
    ask(rows, "the growth", |reader| {
        tlog_tiles::prove_tree(to, from, reader)
    })
}

/// Whether the proof shows that `leaf` is entry `seq` of the tree of `size` leaves with this root.
#[must_use]
pub fn shows_entry(proof: &[Digest], size: u64, root: &Digest, seq: u64, leaf: &Digest) -> bool {
    let Some(index) = seq.checked_sub(1) else {
        return false;
    };
    let (root, leaf) = (Hash(*root.as_bytes()), Hash(*leaf.as_bytes()));
    tlog_tiles::check_record(&hashes(proof), size, root, index, leaf).is_ok()
}

/// Whether the proof shows that the tree of `from` leaves is the beginning of the tree of `to` leaves.
#[must_use]
pub fn shows_growth(
    proof: &[Digest],
    (from, from_root): (u64, &Digest),
    (to, to_root): (u64, &Digest),
) -> bool {
    let (from_root, to_root) = (Hash(*from_root.as_bytes()), Hash(*to_root.as_bytes()));
    tlog_tiles::check_tree(&hashes(proof), to, to_root, from, from_root).is_ok()
}

fn hashes(proof: &[Digest]) -> Vec<Hash> {
    proof.iter().map(|h| Hash(*h.as_bytes())).collect()
}
