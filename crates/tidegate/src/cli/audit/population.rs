//! `tidegate audit population`: every production change of a period with the proof that none is left out, and a sample that anybody draws
//! again.

use crate::cli::evidence::write;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use serde_json::{Value, json};
use std::path::PathBuf;
use tidegate_evidence::population::{Chosen, Item, Shown, read, sample, strata};

/// Largest file that is read.
const LARGEST: u64 = 64 << 20;

/// List every production change of a period, with the proof that none is left out
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A sample has strata by emergency, weekend and class; emergencies and weekends count double. The same file, size and seed always give the same sample."
)]
pub struct Population {
    /// File that `--out` wrote, to be checked without a server
    #[arg(conflicts_with_all = ["from", "until", "out"])]
    file: Option<PathBuf>,
    /// Beginning of the period, for example `2026-07-01` or `2026-07-01 09:00`
    #[arg(long, value_name = "TIME", required_unless_present = "file")]
    from: Option<String>,
    /// End of the period, which is not in it
    #[arg(long, value_name = "TIME", required_unless_present = "file")]
    until: Option<String>,
    /// File to write, with all proofs
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Draw so many of them
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// What the sample is drawn with
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "sample")]
    seed: u64,
    /// Write the evidence of each release in the sample into this folder
    #[arg(
        long,
        value_name = "FOLDER",
        requires = "sample",
        conflicts_with = "file"
    )]
    bundles: Option<PathBuf>,
    /// Public key of the log, known from elsewhere, that must have signed; may be repeated
    #[arg(long, value_name = "NAME+ID+KEY")]
    key: Vec<String>,
}

/// Run it.
pub async fn run(population: &Population, session: &Session) -> Result<Exit, Failure> {
    let text = match &population.file {
        Some(file) => from_file(file)?,
        None => from_server(population, session).await?,
    };
    let shown = read(&text, &population.key).map_err(|wrong| {
        Failure::new(Exit::Failed, format!("INVALID: {wrong}")).help(
            "ask for it again: `tidegate audit population --from TIME --until TIME --out FILE`",
        )
    })?;
    if let Some(out) = &population.out {
        write(out, text.as_bytes())?;
    }
    let chosen = population
        .sample
        .map(|size| sample(&shown.items, size, population.seed));
    if let (Some(folder), Some(chosen)) = (&population.bundles, &chosen) {
        bundles(folder, chosen, session).await?;
    }
    let value = value(&shown, chosen.as_deref(), population);
    session
        .out
        .show(&value, &shown.items.len().to_string(), |look| {
            told(&shown, chosen.as_deref(), population, look)
        })?;
    Ok(Exit::Done)
}

fn from_file(file: &PathBuf) -> Result<String, Failure> {
    let trouble = |why: String| {
        Failure::usage(format!("{} cannot be read: {why}", file.display())).help(
            "name a file that `tidegate audit population --from TIME --until TIME --out FILE` wrote",
        )
    };
    let size = std::fs::metadata(file)
        .map_err(|e| trouble(e.to_string()))?
        .len();
    if size > LARGEST {
        return Err(trouble(format!("it is over {} MiB", LARGEST >> 20)));
    }
    std::fs::read_to_string(file).map_err(|e| trouble(e.to_string()))
}

async fn from_server(population: &Population, session: &Session) -> Result<String, Failure> {
    let instant = |text: &Option<String>| session.instant(text.as_deref().unwrap_or_default());
    let (from, until) = (instant(&population.from)?, instant(&population.until)?);
    let bytes = session.client()?.audit_population(from, until).await?;
    String::from_utf8(bytes)
        .map_err(|_| Failure::new(Exit::Failed, "the answer of the server is not text"))
}

/// The evidence of each release in a sample.
async fn bundles(
    folder: &std::path::Path,
    chosen: &[Chosen<'_>],
    session: &Session,
) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be made: {e}", folder.display()),
        )
    })?;
    let client = session.client()?;
    let mut releases: Vec<&str> = chosen.iter().map(|c| c.item.release.as_str()).collect();
    releases.sort_unstable();
    releases.dedup();
    for release in releases {
        let file = client.release_evidence(release).await?;
        write(
            &folder.join(crate::cli::evidence::file_name(release)),
            &file,
        )?;
    }
    Ok(())
}

fn value(shown: &Shown, chosen: Option<&[Chosen<'_>]>, population: &Population) -> Value {
    let strata: Vec<Value> = strata(&shown.items)
        .iter()
        .map(|(stratum, n)| json!({ "stratum": stratum.to_string(), "items": n }))
        .collect();
    let sample = chosen.map(|chosen| {
        let items = chosen
            .iter()
            .map(|c| json!({ "stratum": c.stratum.to_string(), "item": c.item }));
        json!({ "seed": population.seed, "items": items.collect::<Vec<_>>() })
    });
    json!({
        "ok": true,
        "from": shown.header.from,
        "until": shown.header.until,
        "environments": shown.header.environments,
        "configuration": shown.header.configuration,
        "first": shown.first,
        "last": shown.last,
        "closed": shown.closed,
        "erased": shown.erased,
        "items": shown.items,
        "strata": strata,
        "findings": shown.findings,
        "sample": sample,
        "checkpoint": {
            "origin": shown.sealed.origin, "size": shown.sealed.size, "root": shown.sealed.root.to_string(),
            "signedBy": shown.sealed.by, "keyPinned": !population.key.is_empty(),
        },
    })
}

fn told(
    shown: &Shown,
    chosen: Option<&[Chosen<'_>]>,
    population: &Population,
    look: &Look,
) -> String {
    let header = &shown.header;
    let (from, until) = (look.zone.long(header.from), look.zone.long(header.until));
    let several = |n: usize| format!("{n} production change{}", if n == 1 { "" } else { "s" });
    let mut lines = vec![format!(
        "VALID  {} from {from} until {until}",
        several(shown.items.len())
    )];
    lines.push(match shown.last >= shown.first {
        true => format!(
            "       entries {} to {}, no gap, in the log {} of {} entries",
            shown.first, shown.last, shown.sealed.origin, shown.sealed.size
        ),
        false => format!(
            "       no entry is in the period, in the log {} of {} entries",
            shown.sealed.origin, shown.sealed.size
        ),
    });
    if !shown.closed {
        let at = look.zone.long(header.at);
        lines.push(format!(
            "       nothing after the period is in the log yet; complete as of {at}"
        ));
    }
    let environments: Vec<&str> = header.environments.keys().map(String::as_str).collect();
    lines.push(match environments.as_slice() {
        [] => format!(
            "       no environment is production (configuration {})",
            header.configuration
        ),
        names => format!(
            "       production is {} (configuration {})",
            names.join(", "),
            header.configuration
        ),
    });
    for (stratum, n) in strata(&shown.items) {
        lines.push(format!("       {n:>5}  {stratum}"));
    }
    lines.extend(agreement(shown, population));
    match chosen {
        None => lines.extend(shown.items.iter().map(|item| line(item, look))),
        Some(chosen) => {
            lines.push(format!(
                "sample of {} with seed {}",
                chosen.len(),
                population.seed
            ));
            lines.extend(
                chosen
                    .iter()
                    .map(|c| format!("{}   ({})", line(c.item, look), c.stratum)),
            );
        }
    }
    lines.join("\n")
}

/// Whether the agents agree, and who signed.
fn agreement(shown: &Shown, population: &Population) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match shown.findings.as_slice() {
        [] => "       agents reported all work that was asked for, and see what the log says"
            .to_owned(),
        _ => "       does not agree with what agents said:".to_owned(),
    });
    lines.extend(
        shown
            .findings
            .iter()
            .map(|finding| format!("         {finding}")),
    );
    if !shown.erased.is_empty() {
        lines.push(format!(
            "       {} texts about deployments were erased",
            shown.erased.len()
        ));
    }
    let known = match population.key.is_empty() {
        true => "   (key taken from the file itself; name one you know with --key)",
        false => "",
    };
    lines.push(format!(
        "       signed by {}{known}",
        shown.signed_by.join(", ")
    ));
    lines
}

/// `18204  Mon 23 Nov 09:00 Berlin  payments@3.3.0 -> prod-eu  normal  CHG-7  confirmed`
fn line(item: &Item, look: &Look) -> String {
    format!(
        "{:>7}  {}  {} -> {}  {}  {}  {}  {}",
        item.seq,
        look.zone.long(item.at),
        item.release,
        item.environment,
        item.purpose,
        item.class,
        item.change.as_deref().unwrap_or("no change record"),
        item.end.as_deref().unwrap_or("not ended by then"),
    )
}
