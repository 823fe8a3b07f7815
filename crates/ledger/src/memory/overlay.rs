//! A sorted map seen through changes that are not committed yet.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

/// `top` over `base`; `None` in `top` hides a row of `base`.
pub(super) struct Overlay<'a, K, V> {
    base: &'a BTreeMap<K, V>,
    top: BTreeMap<K, Option<V>>,
}

impl<'a, K: Ord, V> Overlay<'a, K, V> {
    pub(super) fn new(base: &'a BTreeMap<K, V>) -> Self {
        Self {
            base,
            top: BTreeMap::new(),
        }
    }

    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self.top.get(key) {
            Some(changed) => changed.as_ref(),
            None => self.base.get(key),
        }
    }

    pub(super) fn put(&mut self, key: K, value: V) {
        self.top.insert(key, Some(value));
    }

    pub(super) fn remove(&mut self, key: K) {
        if self.base.contains_key(&key) {
            self.top.insert(key, None);
        } else {
            self.top.remove(&key);
        }
    }

    /// Rows between the bounds, in key order or in reverse. Bounds that leave no room give nothing.
    pub(super) fn range(
        &self,
        low: Bound<K>,
        high: Bound<K>,
        reverse: bool,
    ) -> impl Iterator<Item = (&K, &V)> {
        let empty = match (&low, &high) {
            (Bound::Included(a), Bound::Included(b)) => a > b,
            (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => {
                a >= b
            }
            _ => false,
        };
        let merged = (!empty).then(|| {
            let bounds = (low.as_ref(), high.as_ref());
            let (base, top) = (self.base.range(bounds), self.top.range(bounds));
            let (base, top): (Side<'_, K, V>, Side<'_, K, Option<V>>) = if reverse {
                (Box::new(base.rev()), Box::new(top.rev()))
            } else {
                (Box::new(base), Box::new(top))
            };
            Merge {
                base: base.peekable(),
                top: top.peekable(),
                reverse,
            }
        });
        merged.into_iter().flatten()
    }

    /// Rows from `low` on in key order.
    pub(super) fn from(&self, low: K) -> impl Iterator<Item = (&K, &V)> {
        self.range(Bound::Included(low), Bound::Unbounded, false)
    }

    /// All rows in key order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.range(Bound::Unbounded, Bound::Unbounded, false)
    }

    pub(super) fn into_changes(self) -> BTreeMap<K, Option<V>> {
        self.top
    }
}

type Side<'a, K, V> = Box<dyn Iterator<Item = (&'a K, &'a V)> + 'a>;

/// Two sorted sides as one; where both have a key, `top` counts.
struct Merge<'a, K, V> {
    base: Peekable<Side<'a, K, V>>,
    top: Peekable<Side<'a, K, Option<V>>>,
    reverse: bool,
}

impl<'a, K: Ord, V> Iterator for Merge<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let order = match (self.base.peek(), self.top.peek()) {
                (None, None) => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((a, _)), Some((b, _))) if self.reverse => b.cmp(a),
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            if order == Ordering::Less {
                return self.base.next();
            }
            if order == Ordering::Equal {
                self.base.next();
            }
            if let Some((key, Some(value))) = self.top.next() {
                return Some((key, value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_lie_over_what_is_committed_in_both_directions() {
        let base: BTreeMap<u8, char> = [(1, 'a'), (3, 'c'), (5, 'e')].into();
        let mut over = Overlay::new(&base);
        over.put(2, 'B');
        over.put(3, 'C');
        over.remove(5);
        over.put(7, 'G');
        over.remove(7);
        let up: String = over.iter().map(|(_, v)| v).collect();
        let down: String = over
            .range(Bound::Excluded(1), Bound::Included(9), true)
            .map(|(_, v)| v)
            .collect();
        assert_eq!((up.as_str(), down.as_str()), ("aBC", "CB"));
        assert_eq!(
            over.range(Bound::Excluded(3), Bound::Excluded(3), false)
                .count(),
            0
        );
        assert_eq!(over.get(&5), None);
    }
}
