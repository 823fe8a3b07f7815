//! Reads lists page by page, up to the number of items that was asked for.

use crate::exit::Failure;
use std::future::Future;
use tidegate_client::{Error, wire::Page};

/// Items a server gives at most at a time.
const PAGE: u32 = 200;

/// How much of a list is wanted.
#[derive(Debug, Clone, clap::Args)]
pub struct Amount {
    /// At most this many
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: u32,
}

/// Items of a list, at most `limit`. `get` takes the cursor and the size of a page.
///
/// # Errors
/// Those of `get`.
pub async fn collect<T, F>(
    limit: u32,
    mut get: impl FnMut(Option<String>, u32) -> F,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<Page<T>, Error>>,
{
    let mut items = Vec::new();
    let mut after = None;
    let mut left = limit;
    while left > 0 {
        let page = get(after.clone(), left.min(PAGE)).await?;
        let got = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        items.extend(page.items);
        left = left.saturating_sub(got);
        if page.next.is_none() || page.next == after || got == 0 {
            break;
        }
        after = page.next;
    }
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(items)
}
