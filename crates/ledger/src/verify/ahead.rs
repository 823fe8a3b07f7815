//! Whole pages of a ledger, read and computed on several threads before it is their turn to be compared.
//!
//! Only what was there at the beginning and is as it should be. Whatever is not a whole page of entries that can be read is left to whoever
//! reads the pages in order, so that it is told in the same words.

use super::page::{After, Page};
use super::{AHEAD, Check};
use crate::chain::{PAGE, VerifyError};
use crate::store::Result;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Threads that read and compute. A store has four readers, of which others need some.
const THREADS: usize = 2;

/// Check whole pages up to entry `known`, in order, beginning after what was checked before.
///
/// # Errors
/// The first bad entry; a page could not be read; or `tell` ended the check.
pub(super) fn whole_pages(
    read: &(dyn Fn(&After) -> Result<Page> + Sync),
    check: &mut Check,
    known: u64,
    tell: &mut dyn FnMut(u64, u64) -> bool,
) -> std::result::Result<(), VerifyError> {
    let begin = check.head().seq;
    let each = PAGE as u64;
    if !check.after().whole || !begin.is_multiple_of(each) {
        return Ok(());
    }
    let begins = move |n: usize| begin + n as u64 * each;
    let count = usize::try_from((known - begin) / each).unwrap_or(usize::MAX);
    std::thread::scope(|scope| {
        let mut turns = Vec::new();
        for thread in 0..THREADS.min(count) {
            let (sender, pages) = sync_channel::<Result<Page>>(AHEAD);
            turns.push(pages);
            let mine = (thread..count).step_by(THREADS).map(begins);
            scope.spawn(move || pages_of(read, mine, &sender));
        }
        for (n, turn) in (0..count).zip((0..turns.len()).cycle()) {
            let Ok(page) = turns[turn].recv() else {
                return Ok(());
            };
            let page = page?;
            if !page.is_full(begins(n + 1)) {
                return Ok(());
            }
            check.told(&page, tell)?;
        }
        Ok(())
    })
}

/// Read pages and compute what takes time, until nobody listens.
fn pages_of(
    read: &(dyn Fn(&After) -> Result<Page> + Sync),
    begins: impl Iterator<Item = u64>,
    sender: &SyncSender<Result<Page>>,
) {
    for seq in begins {
        let after = After {
            seq,
            sealed: seq,
            whole: true,
        };
        let page = read(&after).map(|mut page| {
            page.compute();
            page
        });
        if sender.send(page).is_err() {
            return;
        }
    }
}
