//! `tidegate release ready`: one page on which a go/no-go can be decided, and what must be brought for a go.

use super::reference::Reference;
use super::session::Session;
use super::why::{condition_lines, exit_of};
use crate::exit::{Exit, Failure};
use crate::output::{Look, Mark};
use std::fmt::Write as _;
use tidegate_client::wire::{Change, CriterionReading, Demand, Readiness, ReadyPlace, Supply};

/// Go or no-go: criteria, documents, approvals, risk, gates and environments on one page
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ends with 0 for go, with 3 for no-go, and with 8 when a person or a board said no."
)]
pub struct Args {
    /// `service@version`, or `service@version/environment`
    release: String,
    /// Environment [default: the first of tier production on its path]
    environment: Option<String>,
}

/// Ask and show.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let (release, environment) = match (Reference::parse(&args.release)?, &args.environment) {
        (Reference::Placed(release, environment), None) => (release, Some(environment)),
        (Reference::Release(release), environment) => (release, environment.clone()),
        _ => {
            return Err(
                Failure::usage(format!("`{}` is not a release", args.release))
                    .help("write it as `service@version`, then the environment"),
            );
        }
    };
    let page = session
        .client()?
        .readiness(&release, environment.as_deref())
        .await?;
    session
        .out
        .show(&page, &page.decision.release, |look| text(&page, look))?;
    Ok(match (page.ready, exit_of(&page.decision)) {
        (false, Exit::Done) => Exit::Blocked,
        (_, exit) => exit,
    })
}

/// The page: the answer first, what is missing last.
fn text(page: &Readiness, look: &Look) -> String {
    let decision = &page.decision;
    let met = decision.conditions.iter().filter(|c| c.state.passes());
    let word = if page.ready { "GO" } else { "NO-GO" };
    let mut out = format!(
        "{word} {} -> {}   {} of {}   risk {} {}   asked {}\n",
        decision.release,
        decision.environment,
        met.count(),
        decision.conditions.len(),
        page.risk.value,
        page.risk.band,
        look.zone.long(decision.asked_at)
    );
    for board in &page.boards {
        let _ = writeln!(
            out,
            "board {}, {}: {} ({})",
            board.board,
            look.zone.long(board.begins),
            board.state,
            board.note
        );
        if let Some(next) = board.next {
            let _ = writeln!(out, "  looked at again {}", look.zone.long(next));
        }
        for one in &board.criteria {
            out.push_str(&criterion(one, look));
        }
    }
    if let Some(record) = &page.record {
        out.push_str(&asked(record, look));
    }
    out.push_str("environments\n");
    for place in &page.places {
        out.push_str(&environment(place, look));
    }
    out.push_str("gates\n");
    let (met, open): (Vec<_>, Vec<_>) = decision
        .conditions
        .iter()
        .cloned()
        .partition(|c| c.state.passes());
    for part in [&open, &met] {
        for line in condition_lines(part, look, false) {
            let _ = writeln!(out, "  {line}");
        }
    }
    if let Some(at) = decision.earliest.filter(|_| !decision.allowed) {
        let _ = writeln!(out, "Earliest possible: {}.", look.zone.long(at));
    }
    if !page.supply.is_empty() {
        let _ = writeln!(out, "missing");
        for one in &page.supply {
            out.push_str(&missing(one));
        }
    }
    out
}

fn criterion(one: &CriterionReading, look: &Look) -> String {
    let mark = match one.state.as_str() {
        "met" => Mark::Ok,
        "unmet" => Mark::No,
        _ => Mark::Broken,
    };
    format!(
        "  {} {}: {} ({}); {}, seen {}\n",
        mark.padded(look, 8),
        one.id,
        one.text,
        one.owner,
        one.evidence,
        look.zone.long(one.seen)
    )
}

/// What people are asked for: approvals and sign-offs with who gave them, and the document pack.
fn asked(record: &Change, look: &Look) -> String {
    let mut out = format!("change {}   {}", record.id, record.phase);
    if let Some(class) = &record.class {
        let _ = write!(out, "   class {class}");
    }
    out.push('\n');
    for demand in &record.required {
        let mark = if demand.met { Mark::Ok } else { Mark::No };
        let _ = writeln!(
            out,
            "  {} {}",
            mark.padded(look, 8),
            approval(demand, record, look)
        );
    }
    for document in &record.documents {
        let (mark, said) = match (&document.by, document.at) {
            (Some(by), Some(at)) => (Mark::Ok, format!("by {by}, {}", look.zone.long(at))),
            _ if document.text.is_some() => (Mark::Ok, "written".to_owned()),
            _ => (Mark::No, "not written".to_owned()),
        };
        let name = &document.document;
        let _ = writeln!(out, "  {} document {name}: {said}", mark.padded(look, 8));
    }
    out
}

/// `sign-off privacy by legal: 1 of 1, lea Mon 23 Nov 2026 09:00 Berlin, good until …`.
fn approval(demand: &Demand, record: &Change, look: &Look) -> String {
    let name = match &demand.sign {
        Some(sign) => format!("sign-off {sign} by {}", demand.team),
        None => format!("approval of {}", demand.team),
    };
    let of = |who: &String| {
        let mut votes = record.votes.iter().rev();
        let vote = votes.find(|v| v.person == *who && v.sign == demand.sign);
        match vote {
            Some(vote) => format!("{who} {}", look.zone.long(vote.at)),
            None => who.clone(),
        }
    };
    let have: Vec<String> = demand.have.iter().map(of).collect();
    let mut text = format!("{name}: {} of {}", demand.have.len(), demand.count);
    if !have.is_empty() {
        let _ = write!(text, ", {}", have.join(", "));
    }
    if let Some(until) = demand.until {
        let _ = write!(text, ", good until {}", look.zone.long(until));
    }
    text
}

fn environment(place: &ReadyPlace, look: &Look) -> String {
    let mark = if place.ready { Mark::Ok } else { Mark::No };
    let seen = match place.seen {
        Some(at) => format!("agent seen {}", look.zone.long(at)),
        None => "no agent seen".to_owned(),
    };
    format!(
        "  {} {}: {} ({}); {seen}\n",
        mark.padded(look, 8),
        place.environment,
        place.note,
        place.owner
    )
}

fn missing(one: &Supply) -> String {
    let who = match one.who.as_slice() {
        [] => String::new(),
        who => format!(" ({})", who.join(", ")),
    };
    let how = match one.how.as_str() {
        "" => String::new(),
        how => format!("\n           {how}"),
    };
    format!("  {}{who}{how}\n", one.what)
}
