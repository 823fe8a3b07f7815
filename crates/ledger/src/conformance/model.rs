//! Rows of read models: keys in byte order, both ways, in pages.

use super::Case;
use super::sample::{read, write};
use crate::store::{Rows, Store};

pub(super) const CASES: &[Case] = &[
    (
        "rows of a read model are written, replaced and removed",
        written,
    ),
    (
        "read models are scanned by prefix in both directions, in pages",
        scanned,
    ),
    (
        "a scan in a transaction sees its changes over what is committed",
        scanned_in_a_transaction,
    ),
];

fn written(store: &dyn Store) {
    write(store, |tx| {
        tx.put_model("lane", "prod/web", Some("1"))?;
        tx.put_model("lane", "prod/web", Some("2"))?;
        tx.put_model("lane", "prod/gone", Some("1"))?;
        tx.put_model("board", "prod/web", Some("other model"))?;
        tx.put_model("lane", "prod/gone", None)?;
        tx.put_model("lane", "never/was", None)
    });
    read(store, |rows| {
        assert_eq!(rows.model("lane", "prod/web")?.as_deref(), Some("2"));
        assert_eq!(rows.model("lane", "prod/gone")?, None);
        assert_eq!(
            rows.model("board", "prod/web")?.as_deref(),
            Some("other model")
        );
        Ok(())
    });
}

fn keys(
    rows: &dyn Rows,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
    reverse: bool,
) -> Vec<String> {
    let found = rows
        .scan("lane", prefix, after, limit, reverse)
        .expect("the scan succeeds");
    found.into_iter().map(|(key, _)| key).collect()
}

fn scanned(store: &dyn Store) {
    let all = [
        "",
        "dev/a",
        "prod",
        "prod-eu/a",
        "prod/",
        "prod/a",
        "prod/b",
        "prod/ü",
        "prod0",
        "prod\u{10FFFF}",
    ];
    write(store, |tx| {
        for key in all.iter().rev() {
            tx.put_model("lane", key, Some("{}"))?;
        }
        tx.put_model("lanes", "prod/z", Some("{}"))?;
        tx.put_model("lan", "prod/z", Some("{}"))
    });
    read(store, |rows| {
        assert_eq!(keys(rows, "", None, 99, false), all, "byte order");
        let down: Vec<_> = all.iter().rev().copied().collect();
        assert_eq!(keys(rows, "", None, 99, true), down);
        let in_prod = ["prod/", "prod/a", "prod/b", "prod/ü"];
        assert_eq!(keys(rows, "prod/", None, 99, false), in_prod);
        assert_eq!(keys(rows, "prod/", Some("prod/a"), 1, false), ["prod/b"]);
        assert_eq!(keys(rows, "prod/", Some("prod/a"), 99, true), ["prod/"]);
        assert_eq!(
            keys(rows, "prod/", Some("a"), 99, false),
            in_prod,
            "a key before the prefix is no limit"
        );
        assert_eq!(
            keys(rows, "prod/", Some("z"), 2, true),
            ["prod/ü", "prod/b"]
        );
        assert_eq!(keys(rows, "prod/", Some("z"), 99, false), [""; 0]);
        assert_eq!(keys(rows, "prod/", Some("a"), 99, true), [""; 0]);
        assert_eq!(
            keys(rows, "prod\u{10FFFF}", None, 99, false),
            ["prod\u{10FFFF}"]
        );
        assert_eq!(keys(rows, "prod/", None, 0, false), [""; 0]);
        pages_are_the_whole(rows, true);
        pages_are_the_whole(rows, false);
        Ok(())
    });
}

fn pages_are_the_whole(rows: &dyn Rows, reverse: bool) {
    let mut pages: Vec<String> = Vec::new();
    for _ in 0..20 {
        let page = keys(rows, "prod", pages.last().map(String::as_str), 2, reverse);
        if page.is_empty() {
            break;
        }
        pages.extend(page);
    }
    assert_eq!(
        pages,
        keys(rows, "prod", None, 99, reverse),
        "reverse: {reverse}"
    );
}

fn scanned_in_a_transaction(store: &dyn Store) {
    write(store, |tx| {
        ["a", "c", "e"]
            .iter()
            .try_for_each(|key| tx.put_model("lane", key, Some("old")))
    });
    write(store, |tx| {
        tx.put_model("lane", "b", Some("new"))?;
        tx.put_model("lane", "c", Some("new"))?;
        tx.put_model("lane", "e", None)?;
        assert_eq!(keys(tx, "", None, 9, false), ["a", "b", "c"]);
        assert_eq!(keys(tx, "", Some("c"), 9, true), ["b", "a"]);
        assert_eq!(
            tx.scan("lane", "c", None, 9, false)?,
            [("c".to_owned(), "new".to_owned())]
        );
        Ok(())
    });
    assert_eq!(
        read(store, |rows| Ok(keys(rows, "", None, 9, true))),
        ["c", "b", "a"]
    );
}
