//! The Postgres store: the contract, its surroundings, connections that end, and several writers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::conformance::cluster::{Cluster, PASSWORD};
use tidegate_ledger::conformance::{run_all, run_durable};
use tidegate_ledger::postgres::Address;
use tidegate_ledger::{Head, LedgerId, PostgresStore, Store, StoreError};

fn open(cluster: &Cluster, ledger: i64) -> Result<Box<dyn Store>, StoreError> {
    let address = Address::parse(&cluster.url(), None, None)?;
    PostgresStore::open(address, LedgerId(ledger)).map(|store| Box::new(store) as Box<dyn Store>)
}

fn append(store: &dyn Store, key: &str, count: u64) -> Result<u64, StoreError> {
    let stream = StreamId::new(StreamKind::Deployment, key);
    store.write_with(|tx| {
        for _ in 0..count {
            let entry = NewEntry {
                stream: stream.clone(),
                rev: tx.rev(&stream)? + 1,
                kind: "deployment.noted/1".to_owned(),
                actor: "ci".to_owned(),
                cause: "cmd".to_owned(),
                body: r#"{"text":"as it was"}"#.to_owned(),
            };
            tx.append(&entry, Timestamp::UNIX_EPOCH)?;
        }
        Ok(tx.head()?.seq)
    })
}

fn whole(store: &dyn Store) -> Head {
    let checked = store.read_with(|rows| Ok(verify_rows(rows, Head::empty())));
    checked.expect("read").expect("the chain holds")
}

#[test]
fn the_postgres_store_keeps_the_contract_with_many_ledgers_in_one_database() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let count = AtomicI64::new(10);
    run_all(&|| open(&cluster, count.fetch_add(1, Ordering::SeqCst)).expect("opens"));
    run_durable(&|| open(&cluster, 5).expect("opens"));
}

#[test]
fn servers_write_one_ledger_in_turns_and_none_of_their_entries_is_lost() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let stores: Vec<_> = (0..4).map(|_| open(&cluster, 1).expect("opens")).collect();
    std::thread::scope(|scope| {
        for (n, store) in stores.iter().enumerate() {
            scope.spawn(move || {
                for _ in 0..25 {
                    append(&**store, &format!("d{n}"), 2).expect("appended");
                }
            });
        }
    });
    for store in &stores {
        assert_eq!(whole(&**store).seq, 200);
        store.close().expect("closes");
    }
}

#[test]
fn a_database_that_goes_away_and_comes_back_loses_nothing_that_was_acknowledged() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let store: Arc<dyn Store> = open(&cluster, 1).expect("opens").into();
    let mut acknowledged = append(&*store, "d", 1).expect("appended");
    for _ in 0..3 {
        let writing = Arc::clone(&store);
        let writer = std::thread::spawn(move || {
            let mut newest = 0;
            for _ in 0..200 {
                match append(&*writing, "d", 1) {
                    Ok(seq) => newest = seq,
                    // It may or may not be there; the entries of others are not at stake.
                    Err(StoreError::Unclear { .. }) => {}
                    // On a busy machine a database takes longer to come back than the store waits.
                    Err(StoreError::Unreachable { .. }) => {
                        std::thread::sleep(Duration::from_millis(100));
                    }
                    Err(other) => return Err(other),
                }
            }
            Ok(newest)
        });
        cluster.stop();
        cluster.resume();
        let newest = writer.join().expect("joined").expect("goes on by itself");
        assert!(newest > acknowledged);
        acknowledged = newest;
        assert!(whole(&*store).seq >= acknowledged);
    }
}

#[test]
fn a_writer_that_stands_still_inside_a_transaction_frees_the_ledger_for_the_others() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (stuck, other) = (
        open(&cluster, 1).expect("opens"),
        open(&cluster, 1).expect("opens"),
    );
    let (inside, is_inside) = std::sync::mpsc::channel();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let mut first = true;
    std::thread::scope(|scope| {
        let stuck = scope.spawn(move || {
            stuck.write_with(|tx| {
                let head = tx.head()?;
                if std::mem::take(&mut first) {
                    inside.send(()).expect("heard");
                    may_go.recv().expect("told");
                }
                tx.put_model("board", "stuck", Some(&head.seq.to_string()))
            })
        });
        is_inside.recv().expect("inside");
        assert_eq!(
            append(&*other, "d", 1),
            Ok(1),
            "the database ends the silent transaction"
        );
        go.send(()).expect("heard");
        // What it had seen is old: it runs again and sees what happened meanwhile.
        assert_eq!(stuck.join().expect("joined"), Ok(()));
    });
    let seen = other.read_with(|rows| rows.model("board", "stuck"));
    assert_eq!(seen, Ok(Some("1".to_owned())));
}

#[test]
fn what_does_not_fit_is_refused_and_no_text_holds_the_password() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let try_open = |url: &str, password: Option<&str>| {
        let address = Address::parse(url, None, password)?;
        PostgresStore::open(address, LedgerId(1)).map(drop)
    };
    let bare = cluster.url_without_password();
    assert_eq!(try_open(&bare, Some(PASSWORD)), Ok(()));
    let wrong = try_open(&bare, Some("pg-Secret-that-is-wrong"))
        .expect_err("refused")
        .to_string();
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    let none = try_open(&bare, None).expect_err("refused").to_string();
    assert!(none.contains("password"), "{none}");
    let away =
        try_open(&cluster.url().replace("127.0.0.1", "127.0.0.9"), None).expect_err("refused");
    assert!(matches!(away, StoreError::Unreachable { .. }), "{away}");
    for text in [wrong, none, away.to_string()] {
        assert!(!text.contains("pg-Secret"), "{text}");
    }

    cluster
        .sql("INSERT INTO tidegate.migration VALUES (99, '')")
        .expect("changed");
    let newer = try_open(&cluster.url(), None).expect_err("refused");
    assert!(
        matches!(newer, StoreError::NewerSchema { have: 99, .. }),
        "{newer}"
    );
    cluster
        .sql("DELETE FROM tidegate.migration WHERE number = 99")
        .expect("changed");
    cluster
        .sql("UPDATE tidegate.migration SET checksum = '' WHERE number = 1")
        .expect("changed");
    let other = try_open(&cluster.url(), None).expect_err("refused");
    assert_eq!(other, StoreError::OtherMigration { number: 1 });
    cluster.sql("DROP SCHEMA tidegate CASCADE; CREATE SCHEMA tidegate; CREATE TABLE tidegate.theirs (x INT)").expect("changed");
    let theirs = try_open(&cluster.url(), None)
        .expect_err("refused")
        .to_string();
    assert!(theirs.contains("another program"), "{theirs}");
    assert!(!cluster.log().contains(PASSWORD));
}

#[test]
fn a_change_behind_the_back_is_named_and_nothing_is_built_on_it() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let store = open(&cluster, 1).expect("opens");
    append(&*store, "d", 10).expect("appended");
    cluster
        .sql("UPDATE tidegate.ledger SET actor = 'eve' WHERE seq = 7")
        .expect("changed");
    let checked = store
        .read_with(|rows| Ok(verify_rows(rows, Head::empty())))
        .expect("read");
    assert!(checked.expect_err("found").to_string().contains("entry 7"));
    cluster
        .sql("DELETE FROM tidegate.ledger WHERE seq > 8")
        .expect("changed");
    assert!(matches!(
        append(&*store, "d", 1),
        Err(StoreError::BadRow { .. })
    ));
}

#[test]
fn a_database_that_stands_still_ends_every_wait_and_serves_again_when_it_goes_on() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let store: Arc<dyn Store> = open(&cluster, 1).expect("opens").into();
    append(&*store, "d", 1).expect("appended");
    store.read_with(|rows| rows.head()).expect("read");
    let still = cluster.stand_still();
    let (told, answers) = std::sync::mpsc::channel();
    let (writing, reading) = (Arc::clone(&store), Arc::clone(&store));
    let tell = told.clone();
    std::thread::spawn(move || tell.send(append(&*writing, "d", 1)));
    std::thread::spawn(move || told.send(reading.read_with(|rows| Ok(rows.head()?.seq))));
    // Far longer than any of its waits, far shorter than for ever.
    let end = std::time::Duration::from_secs(180);
    for _ in 0..2 {
        let answer = answers.recv_timeout(end).expect("the wait ends");
        assert!(
            matches!(answer, Err(StoreError::Unreachable { .. })),
            "{answer:?}"
        );
    }
    cluster.go_on(&still);
    assert_eq!(
        append(&*store, "d", 1),
        Ok(2),
        "nothing was written meanwhile"
    );
    assert_eq!(whole(&*store).seq, 2);
}

#[test]
fn a_writer_leaves_a_server_that_takes_no_writes_any_more_and_finds_the_one_that_does() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let store: Arc<dyn Store> = open(&cluster, 1).expect("opens").into();
    append(&*store, "d", 1).expect("appended");
    let system = |sql: &str| {
        cluster.sql(sql).expect("changed");
        cluster.sql("SELECT pg_reload_conf()").expect("read again");
    };
    system("ALTER SYSTEM SET default_transaction_read_only = on");
    let fresh = open(&cluster, 2).map(drop).expect_err("it is a copy");
    assert!(matches!(fresh, StoreError::Unreachable { .. }), "{fresh}");
    let writing = Arc::clone(&store);
    let writer = std::thread::spawn(move || append(&*writing, "d", 1));
    let refused = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        cluster.log().contains("in a read-only transaction")
    });
    assert!(refused, "{}", cluster.log());
    system("ALTER SYSTEM RESET default_transaction_read_only");
    assert_eq!(writer.join().expect("joined"), Ok(2));
}

#[test]
fn a_server_whose_ledger_was_upgraded_by_a_newer_one_reads_on_and_writes_nothing_more() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let store = open(&cluster, 1).expect("opens");
    append(&*store, "d", 3).expect("appended");
    cluster
        .sql("INSERT INTO tidegate.migration VALUES (99, '')")
        .expect("upgraded");
    let refused = append(&*store, "d", 1).expect_err("refused");
    assert!(
        matches!(refused, StoreError::NewerSchema { have: 99, .. }),
        "{refused}"
    );
    assert_eq!(whole(&*store).seq, 3);
    cluster
        .sql("DELETE FROM tidegate.migration WHERE number = 99")
        .expect("taken back");
    assert_eq!(append(&*store, "d", 1), Ok(4));
}
