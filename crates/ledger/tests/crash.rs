//! What was acknowledged survives: a server killed in the middle of writing, and a full disk.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::{Head, LedgerId, SqliteStore, Store, StoreError};

const FOLDER: &str = "TIDEGATE_TEST_LEDGER_FOLDER";

fn open(folder: &Path) -> Box<dyn Store> {
    Box::new(SqliteStore::open(folder, LedgerId::default()).expect("opens"))
}

/// Append `count` entries and the read model that counts them in one transaction; gives the new sequence.
fn append(store: &dyn Store, count: u64, body: &str) -> Result<u64, StoreError> {
    store.write_with(|tx| {
        for _ in 0..count {
            let stream = StreamId::new(StreamKind::Deployment, "d");
            let rev = tx.rev(&stream)? + 1;
            let (kind, actor, cause) = (
                "deployment.noted/1".to_owned(),
                "ci".to_owned(),
                format!("cmd-{rev}"),
            );
            let entry = NewEntry {
                stream,
                rev,
                kind,
                actor,
                cause,
                body: body.to_owned(),
            };
            tx.append(&entry, Timestamp::UNIX_EPOCH)?;
        }
        let seq = tx.head()?.seq;
        tx.put_model("count", "entries", Some(&seq.to_string()))?;
        Ok(seq)
    })
}

/// Everything fits together; gives the newest sequence.
fn check_whole(store: &dyn Store) -> u64 {
    let (head, count) = store
        .read_with(|rows| {
            Ok((
                verify_rows(rows, Head::empty()),
                rows.model("count", "entries")?,
            ))
        })
        .expect("read");
    let head = head.expect("the chain holds");
    assert_eq!(
        count.unwrap_or_else(|| "0".to_owned()),
        head.seq.to_string(),
        "read model and ledger commit together"
    );
    head.seq
}

/// The server that is killed. Says each sequence number it was told is durable.
#[test]
#[ignore = "run as a process of its own by the test below"]
fn appends_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let store = open(&PathBuf::from(folder));
    for _ in 0..20_000 {
        let seq = append(&*store, 3, "{}").expect("appended");
        let mut out = std::io::stdout().lock();
        writeln!(out, "durable {seq}")
            .and_then(|()| out.flush())
            .expect("said");
    }
}

#[test]
fn a_killed_server_loses_nothing_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut newest = 0;
    for round in 1..=5 {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--exact",
                "appends_until_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let mut acknowledged = newest;
        let mut heard = 0;
        for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
            let line = line.expect("read");
            let Some((_, seq)) = line.split_once("durable ") else {
                continue;
            };
            acknowledged = seq.trim().parse().expect("a number");
            heard += 1;
            if heard == round * 17 {
                child.kill().expect("killed with SIGKILL");
            }
        }
        child.wait().expect("ended");
        assert!(
            heard >= round * 17,
            "the server ended by itself after {heard} writes"
        );

        let store = open(folder.path());
        newest = check_whole(&*store);
        assert!(
            newest >= acknowledged,
            "round {round}: {acknowledged} was acknowledged, {newest} is there"
        );
        assert_eq!(newest % 3, 0, "a transaction is there whole or not at all");
    }
}

/// A small file system of its own, gone with the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tidegate-test"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).status());
    }
}

#[test]
fn a_full_disk_is_named_and_leaves_the_ledger_whole() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: mounting a small file system needs root");
        return;
    };
    let filler = disk.0.path().join("filler");
    std::fs::write(&filler, vec![0; 1 << 20]).expect("written");
    let store = open(&disk.0.path().join("ledger"));
    let body = format!("\"{}\"", "x".repeat(40_000));

    let mut acknowledged = 0;
    let mut failed = None;
    for _ in 0..500 {
        match append(&*store, 2, &body) {
            Ok(seq) => acknowledged = seq,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    assert_eq!(failed, Some(StoreError::NoSpace));
    assert!(acknowledged > 0);
    assert_eq!(check_whole(&*store), acknowledged);
    assert_eq!(
        append(&*store, 2, &body),
        Err(StoreError::NoSpace),
        "still full"
    );

    std::fs::remove_file(&filler).expect("removed");
    let more = append(&*store, 2, &body).expect("works again by itself when there is room");
    assert_eq!(more, acknowledged + 2);
    store.close().expect("closes");
    drop(store);
    let store = open(&disk.0.path().join("ledger"));
    assert_eq!(check_whole(&*store), more);
    store.close().expect("closes");
}

/// A caller that goes on after a failure must not commit half of what it wanted.
#[test]
fn a_failure_that_the_caller_ignores_still_takes_everything_back() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: mounting a small file system needs root");
        return;
    };
    let store = open(disk.0.path());
    append(&*store, 1, "{}").expect("appended");
    let blob = vec![7; 200_000];
    let result = store.write(&mut |tx| {
        for n in 0..100_u8 {
            drop(tx.put_blob(&[&[n], blob.as_slice()].concat()));
            drop(tx.put_model("board", &n.to_string(), Some("{}")));
        }
        Ok(())
    });
    assert_eq!(result, Err(StoreError::NoSpace));
    assert_eq!(check_whole(&*store), 1);
    assert_eq!(
        store.read_with(|rows| rows.scan("board", "", None, 9, false)),
        Ok(Vec::new())
    );
    store.close().expect("closes");
}
