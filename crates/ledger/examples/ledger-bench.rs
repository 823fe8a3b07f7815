//! How fast entries become durable, beside what the disk can do: `cargo run --release -p tidegate-ledger --example ledger-bench`.
//!
//! Rounds alternate between the probe (write 4 KiB, `fdatasync`) and the ledgers, so that a busy machine bears on all alike. Where
//! the Debian package `postgresql` is installed, a server of it is started in the same folder, with its own settings for durability; with
//! `alone` as second argument it is left out. The folder given as first argument, or the system's folder for temporary files, says which
//! disk is measured.

use std::error::Error;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use tidegate_core::batch::{Batch, ModelChange, NewEntry};
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::conformance::cluster::{Cluster, PASSWORD};
use tidegate_ledger::export::{export, verify_export};
use tidegate_ledger::postgres::Address;
use tidegate_ledger::verify::{After, Check, Page, verify_along};
use tidegate_ledger::{
    Expected, Head, LedgerId, MemoryStore, NewReply, PostgresStore, Rows, SqliteStore, Store,
    persist,
};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(900);

fn main() -> Result<(), Box<dyn Error>> {
    let parent = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(&parent)?;
    let sqlite: Box<dyn Store> = Box::new(SqliteStore::open(
        &folder.path().join("ledger"),
        LedgerId::default(),
    )?);
    let in_memory: Box<dyn Store> = Box::new(MemoryStore::new());
    let is_alone = std::env::args().nth(2).is_some_and(|word| word == "alone");
    let cluster = (!is_alone).then(Cluster::start).flatten();
    let postgres: Option<Box<dyn Store>> = match &cluster {
        Some(cluster) => {
            let address = Address::parse(&cluster.url(), None, None)?;
            Some(Box::new(PostgresStore::open(address, LedgerId(1))?))
        }
        None => None,
    };
    let mut rows: Vec<(&str, &dyn Store, u64)> = vec![
        ("SQLite FULL, 1 command/commit", &*sqlite, 1),
        ("SQLite FULL, 64 commands/commit", &*sqlite, 64),
        ("memory, 64 commands/commit", &*in_memory, 64),
    ];
    if let Some(postgres) = &postgres {
        rows.push(("Postgres, 1 command/commit", &**postgres, 1));
        rows.push(("Postgres, 64 commands/commit", &**postgres, 64));
    }
    let (mut probe, mut rates, mut next) = (Vec::new(), vec![Vec::new(); rows.len()], 0);
    let mut spent = vec![(0.0, 0); rows.len()];
    // One at a time and 64 at once, of the peer: a chain of hashes as one would keep it in Postgres.
    let mut chain = [(1, Vec::new()), (64, Vec::new())];
    let mut bare = Vec::new();
    if let Some(cluster) = &cluster {
        cluster
            .sql(CHAIN)
            .ok_or("the peer's tables cannot be made")?;
    }
    for _ in 0..ROUNDS {
        probe.push(probe_rate(folder.path())?);
        if let Some(cluster) = &cluster {
            for (clients, rates) in &mut chain {
                rates.push(chain_rate(cluster, folder.path(), *clients)?);
            }
            bare.push(pgbench(cluster, folder.path(), 1, BARE)?);
        }
        for (n, (_, store, per_commit)) in rows.iter().enumerate() {
            let (before, first) = (cpu()?, next);
            rates[n].push(command_rate(*store, *per_commit, &mut next)?);
            spent[n].0 += cpu()? - before;
            spent[n].1 += next - first;
        }
    }
    println!(
        "median of {ROUNDS} rounds of {} ms each; a command is an entry with its leaf in the tree, a state, a read-model row and a reply",
        ROUND.as_millis()
    );
    let probe = median(probe);
    println!("probe, write + fdatasync         {probe:>9.0} /s");
    let named = rows.iter().map(|(name, ..)| *name);
    table(named.zip(&rates).zip(spent), probe);
    if cluster.is_some() {
        beside(&chain, &rates);
        let ratios = rates[3].iter().zip(&bare).map(|(ours, bare)| ours / bare);
        println!(
            "Postgres, one row a commit       {:>9.0} /s   ours one by one {:.2} x",
            median(bare.clone()),
            median(ratios.collect())
        );
    }
    verify(&*sqlite)?;
    if let Some(postgres) = &postgres {
        postgres.close()?;
    }
    sqlite.close()?;
    Ok(())
}

/// Rates beside the probe, and the processor time of each command: microseconds in all, and how many there were.
fn table<'a>(rows: impl Iterator<Item = ((&'a str, &'a Vec<f64>), (f64, u64))>, probe: f64) {
    for ((name, rates), (spent, count)) in rows {
        let rate = median(rates.clone());
        let each = spent / count as f64;
        println!(
            "{name:<32} {rate:>9.0} /s   {:>6.2} x probe   {each:>6.1} CPU-us each",
            rate / probe
        );
    }
}

/// Entries verified a second, in the store and in an export of it.
fn verify(sqlite: &dyn Store) -> Result<(), Box<dyn Error>> {
    let head = sqlite.read_with(|rows| rows.head())?;
    let in_order = |rows: &dyn Rows| Ok(verify_rows(rows, Head::empty()));
    let rates = rounds(|| Ok(sqlite.read_with(in_order)??.seq))?;
    println!(
        "verify SQLite, chain and tree    {rates} entries/s of {}, one thread",
        head.seq
    );
    let read = |after: &After| sqlite.read_with(|rows| Page::read(rows, after));
    let rates = rounds(|| Ok(verify_along(&read, Head::empty(), &mut |_, _| true)?.seq))?;
    println!("the same, by two threads         {rates} entries/s");
    let (mut check, mut pages) = (Check::new(Head::empty()), Vec::new());
    let begin = Instant::now();
    let mut after = check.after();
    loop {
        let page = sqlite.read_with(|rows| Page::read(rows, &after))?;
        after = page.next(&after);
        pages.push(page);
        if pages.last().is_some_and(Page::is_last) {
            break;
        }
    }
    let rate = head.seq as f64 / begin.elapsed().as_secs_f64();
    println!("  reading alone                  {rate:>9.0} entries/s");
    let begin = Instant::now();
    for page in &pages {
        check.page(page)?;
    }
    let rate = head.seq as f64 / begin.elapsed().as_secs_f64();
    println!("  checking alone                 {rate:>9.0} entries/s");
    drop(pages);
    let mut text = Vec::new();
    sqlite.read_with(|rows| export(rows, &mut text))?;
    let rates = rounds(|| Ok(verify_export(text.as_slice())?.entries))?;
    println!("verify an export, by two threads {rates} entries/s");
    Ok(())
}

/// Processor time of all threads of this process, in microseconds, exact to 10 ms: what others do on the machine bears on it least.
fn cpu() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let rest = text.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(2);
    Ok(ticks.map(|n| n.parse::<f64>().unwrap_or(0.0) * 1e4).sum())
}

/// Median, least and most of what `f` counts a second, and the processor time of each.
fn rounds(mut f: impl FnMut() -> Result<u64, Box<dyn Error>>) -> Result<String, Box<dyn Error>> {
    let (mut rates, mut all, before) = (Vec::new(), 0.0, cpu()?);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let count = f()? as f64;
        rates.push(count / begin.elapsed().as_secs_f64());
        all += count;
    }
    let each = (cpu()? - before) / all;
    let least = rates.iter().copied().fold(f64::MAX, f64::min);
    let most = rates.iter().copied().fold(0.0, f64::max);
    let median = median(rates);
    Ok(format!(
        "{median:>9.0} (min {least:.0}, max {most:.0}; {each:.2} CPU-us each)"
    ))
}

/// The peer's rates, and ours over them: the first two rows have as many commands in a commit as it has clients.
fn beside(chain: &[(u32, Vec<f64>)], rates: &[Vec<f64>]) {
    for ((clients, theirs), ours) in chain.iter().zip(rates) {
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a / b).collect();
        let least = ratios.iter().copied().fold(f64::MAX, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        let rate = median(theirs.clone());
        println!("Postgres hash chain, {clients:>2} clients  {rate:>9.0} /s");
        println!(
            "ratio entries a second, SQLite with {clients} commands a commit / Postgres hash chain with {clients} clients: {:.2} (median; min \
             {least:.2}, max {most:.2})",
            median(ratios)
        );
    }
}

/// A row and its commit, with nothing around it.
const BARE: &str = "INSERT INTO bare (body) VALUES (repeat('x', 300));";

/// A chain of hashes under the lock of its newest row, with nothing around it.
const CHAIN: &str = "
    CREATE TABLE chain (seq BIGINT PRIMARY KEY, body TEXT NOT NULL, hash BYTEA NOT NULL);
    CREATE TABLE bare (seq BIGSERIAL PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE newest (one BOOLEAN PRIMARY KEY, seq BIGINT NOT NULL, hash BYTEA NOT NULL);
    INSERT INTO newest VALUES (true, 0, '');
    CREATE FUNCTION chained(body TEXT) RETURNS BIGINT LANGUAGE plpgsql AS $$
    DECLARE last newest; made BYTEA;
    BEGIN
        SELECT * INTO last FROM newest FOR UPDATE;
        made := sha256(last.hash || convert_to(body, 'UTF8'));
        INSERT INTO chain VALUES (last.seq + 1, body, made);
        UPDATE newest SET seq = last.seq + 1, hash = made;
        RETURN last.seq + 1;
    END $$";

/// Entries a second of the peer, by Postgres's own bench program.
fn chain_rate(cluster: &Cluster, folder: &Path, clients: u32) -> Result<f64, Box<dyn Error>> {
    let script = format!("SELECT chained('{}');", "x".repeat(300));
    pgbench(cluster, folder, clients, &script)
}

/// How often a second a script is carried out by Postgres's own bench program.
fn pgbench(
    cluster: &Cluster,
    folder: &Path,
    clients: u32,
    text: &str,
) -> Result<f64, Box<dyn Error>> {
    let script = folder.join("script.sql");
    std::fs::write(&script, format!("{text}\n"))?;
    let output = std::process::Command::new("pgbench")
        .args([
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-T",
            "1",
            "-c",
            &clients.to_string(),
        ])
        .args([
            "-h",
            "127.0.0.1",
            "-p",
            &cluster.port().to_string(),
            "-U",
            "tidegate",
        ])
        .arg("-f")
        .arg(&script)
        .arg("postgres")
        .env("PGPASSWORD", PASSWORD)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| format!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Synchronous writes a second.
fn probe_rate(folder: &Path) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(folder.join("probe"))?;
    file.write_all(&[0; 4096])?;
    file.sync_all()?;
    for_a_while(|| {
        file.rewind()?;
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        Ok(1)
    })
}

/// Commands a second.
fn command_rate(store: &dyn Store, per_commit: u64, next: &mut u64) -> Result<f64, Box<dyn Error>> {
    for_a_while(|| {
        let first = *next;
        store.write_with(|tx| {
            let commands: Vec<_> = (first..first + per_commit).map(command).collect();
            // As the engine does.
            tx.expect(&Expected {
                replies: commands
                    .iter()
                    .map(|(_, reply)| reply.command_id.clone())
                    .collect(),
                revs: commands
                    .iter()
                    .map(|(batch, _)| batch.entries[0].stream.clone())
                    .collect(),
                ..Expected::default()
            })?;
            for (batch, reply) in commands {
                persist(tx, Timestamp::UNIX_EPOCH, &batch, Some(&reply))?;
            }
            Ok(())
        })?;
        *next += per_commit;
        Ok(per_commit)
    })
}

/// Repeat for one round; gives what `f` counts, a second.
fn for_a_while(mut f: impl FnMut() -> Result<u64, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let (begin, mut count) = (Instant::now(), 0);
    while begin.elapsed() < ROUND {
        count += f()?;
    }
    Ok(count as f64 / begin.elapsed().as_secs_f64())
}

/// A command as the engine writes one.
fn command(n: u64) -> (Batch, NewReply) {
    let stream = StreamId::new(StreamKind::Deployment, &format!("d{n}"));
    let body = format!("{{\"n\":{n},\"pad\":\"{}\"}}", "x".repeat(300));
    let entry = NewEntry {
        stream: stream.clone(),
        rev: 1,
        kind: "deployment.noted/1".to_owned(),
        actor: "ci".to_owned(),
        cause: format!("cmd-{n}"),
        body: body.clone(),
    };
    let wake = tidegate_core::decider::Decision::<()>::resting(Vec::new()).wake;
    let row = tidegate_core::view::StateRow {
        rev: 1,
        fold: 1,
        body: body.clone(),
    };
    let state = tidegate_core::batch::NewState {
        stream,
        row: Some(row),
        parsed: None,
        wake,
    };
    let model = ModelChange {
        model: "board",
        key: format!("prod/s{}", n % 1_000),
        body: Some(body),
    };
    let batch = Batch {
        entries: vec![entry],
        states: vec![state],
        models: vec![model],
        ..Batch::default()
    };
    let reply = NewReply {
        command_id: CommandId(format!("cmd-{n}")),
        fingerprint: Digest::of(b"body"),
        outcome: "{}".to_owned(),
        expires: Timestamp::UNIX_EPOCH,
    };
    (batch, reply)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
