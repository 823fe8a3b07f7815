//! `tidegate where`: which releases carry a commit, version or artifact, and how far each came.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::{Format, Look, Mark, Table, listing, table::Column};
use tidegate_client::wire::{Found, StageState, Stop};

/// Find a commit, version or artifact
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Commit, version, digest, or `service@version`; a beginning is enough
    what: String,
}

/// Ask and show.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let items = session.client()?.whereabouts(&args.what).await?.items;
    let out = &session.out;
    match out.format {
        None if out.terminal.is_tty() => {
            out.line(&items.iter().map(|f| line(f, &out.look)).collect::<String>())?
        }
        Some(Format::Table | Format::Wide) | None => out.list(&listing::Listing {
            items: &items,
            name: |f| f.release.clone(),
            table: rows(&items, &out.look),
            none: "",
        })?,
        _ => out.list(&listing::Listing {
            items: &items,
            name: |f| f.release.clone(),
            table: Table::default(),
            none: "",
        })?,
    }
    if items.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            format!("nothing known carries `{}`", args.what),
        )
        .help("a commit is known once an artifact with --commit was registered"));
    }
    Ok(Exit::Done)
}

/// `c0ffee1  payments@3.3.0   dev [done] 20 Nov 14:03 Berlin  prod-eu [10%]`.
fn line(found: &Found, look: &Look) -> String {
    let commit = found
        .commit
        .as_deref()
        .map(|c| c.chars().take(7).collect::<String>() + "  ")
        .unwrap_or_default();
    let stops: Vec<_> = found
        .stages
        .iter()
        .map(|stop| {
            let more = match (stop.since, stop.why.as_deref()) {
                (Some(at), _) => format!(" {}", look.zone.long(at)),
                (None, Some(why)) => format!(" {why}"),
                (None, None) => String::new(),
            };
            format!("{} {}{more}", stop.environment, state(stop))
        })
        .collect();
    format!("{commit}{}   {}\n", found.release, stops.join("   "))
}

fn rows(items: &[Found], look: &Look) -> Table {
    let mut table = Table::new(&[
        Column::Always("RELEASE"),
        Column::Always("ENVIRONMENT"),
        Column::Always("STATE"),
        Column::Always("SINCE"),
        Column::Always("WHY"),
        Column::Wide("COMMIT"),
    ]);
    for found in items {
        for stop in &found.stages {
            table.row([
                found.release.clone(),
                stop.environment.clone(),
                state(stop),
                stop.since.map(|at| look.zone.stamp(at)).unwrap_or_default(),
                stop.why.clone().unwrap_or_default(),
                found.commit.clone().unwrap_or_default(),
            ]);
        }
    }
    table
}

fn state(stop: &Stop) -> String {
    match (stop.state, stop.share) {
        (StageState::Started, Some(share)) => format!("[{}]", tidegate_core::spec::Share(share)),
        (StageState::Started, None) => Mark::Running.text().to_owned(),
        (StageState::Done, _) => Mark::Done.text().to_owned(),
        (StageState::Failed, _) => Mark::No.text().to_owned(),
        (StageState::None | StageState::Unknown, _) => Mark::Open.text().to_owned(),
    }
}
