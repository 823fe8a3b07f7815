//! Parts of lists from the rows of a read model.

use crate::error::Problem;
use crate::look::Look;
use serde_json::Value;
use tidegate_client::wire::Page;

/// Rows read at a time.
const STRIDE: usize = 250;
/// Rows looked at for one part; a filter that finds less gives a short part with a `next`.
const LOOKED_AT: usize = 5_000;

/// A list over a read model.
pub(super) struct Listing<'a> {
    pub model: &'static str,
    pub prefix: String,
    pub after: Option<&'a str>,
    pub limit: usize,
    pub newest_first: bool,
}

/// Keys of rows that are wanted, in order, with where to go on.
pub(super) fn keys(
    look: &Look<'_>,
    list: &Listing<'_>,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Page<String>, Problem> {
    let mut items = Vec::new();
    let mut after = list.after.map(str::to_owned);
    let mut seen = 0;
    while seen < LOOKED_AT {
        let rows = look.rows.scan(
            list.model,
            &list.prefix,
            after.as_deref(),
            STRIDE,
            list.newest_first,
        )?;
        let last = rows.len() < STRIDE;
        for (key, body) in rows {
            if items.len() == list.limit {
                return Ok(Page {
                    next: items.last().cloned(),
                    items,
                });
            }
            seen += 1;
            after = Some(key.clone());
            if wanted(&serde_json::from_str(&body)?) {
                items.push(key);
            }
        }
        if last {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: after })
}

/// The things behind a page of keys.
pub(super) fn fill<T>(
    page: Page<String>,
    one: impl FnMut(&String) -> Result<T, Problem>,
) -> Result<Page<T>, Problem> {
    Ok(Page {
        items: page.items.iter().map(one).collect::<Result<_, _>>()?,
        next: page.next,
    })
}
