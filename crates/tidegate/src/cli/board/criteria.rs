//! What must hold before a board's go lets a change start: the criteria of a sitting, and answers about them.

use super::super::change::{Change, Keyed};
use super::super::session::Session;
use super::Which;
use super::say::{About, on_agenda, told};
use crate::exit::{Exit, Failure};
use crate::output::Look;
use std::fmt::Write as _;
use tidegate_client::Client;
use tidegate_client::wire::{
    BoardAttestationRequest, BoardCriteria, BoardMeeting, CriterionReading, Reason,
};

/// Show what must hold before a go lets a change start, or take over what the configuration says by now
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Criteria stay as they are from their instant on. --adopt is for those who lead the board: every vote was for the criteria before, so what was voted and decided is void."
)]
pub(super) struct Criteria {
    #[command(flatten)]
    which: Which,
    /// Take over the criteria that the configuration has by now; needs a reason
    #[arg(long)]
    adopt: bool,
    #[command(flatten)]
    change: Change,
}

/// Say whether a criterion holds for a change; for the team it asks
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("holds").required(true).args(["met", "unmet"]))]
pub(super) struct Criterion {
    #[command(flatten)]
    about: About,
    /// Name of the criterion
    criterion: String,
    /// It holds
    #[arg(long)]
    met: bool,
    /// It does not hold
    #[arg(long)]
    unmet: bool,
    /// What shows it, or why it does not hold: a link, or what was seen
    #[arg(long, value_name = "TEXT")]
    evidence: String,
    #[command(flatten)]
    keyed: Keyed,
}

pub(super) async fn criteria(
    args: &Criteria,
    client: &Client,
    session: &Session,
) -> Result<(), Failure> {
    let board = args.which.board(client).await?;
    let day = args.which.meeting.as_deref().unwrap_or("next");
    let shown = if args.adopt {
        let reason = Reason {
            reason: args.change.reason(session)?,
        };
        let key = args.change.key()?;
        client.adopt_criteria((&board, day), &reason, &key).await?
    } else {
        client.meeting(&board, day).await?
    };
    let Some(all) = &shown.criteria else {
        let because = format!("{} has no criteria", shown.id);
        return Err(Failure::new(Exit::Failed, because)
            .help("write `criteria` into the board and apply it"));
    };
    session
        .out
        .show(all, &shown.id, |look| listed(&shown, all, look))
}

pub(super) async fn criterion(
    args: &Criterion,
    client: &Client,
    session: &Session,
) -> Result<(), Failure> {
    let (board, change) = args.about.find(client).await?;
    let request = BoardAttestationRequest {
        criterion: args.criterion.clone(),
        plan: on_agenda(client, &board, &change).await?.0,
        met: args.met,
        evidence: args.evidence.clone(),
    };
    let key = args.keyed.key()?;
    let shown = client
        .attest_criterion((&board, &change), &request, &key)
        .await?;
    told(&shown, &change, session)
}

/// The criteria of a sitting, and what the configuration says otherwise.
fn listed(meeting: &BoardMeeting, all: &BoardCriteria, look: &Look) -> String {
    let mut out = format!("{}: {}\n", meeting.id, stands(all, look));
    let width = all.list.iter().map(|c| c.id.len()).max().unwrap_or(0);
    for one in &all.list {
        let _ = writeln!(
            out,
            "  {:width$}  {} ({}; {})",
            one.id, one.text, one.owner, one.proof
        );
    }
    differs(&mut out, all);
    out
}

/// `criteria frozen Mon 23 Nov 2026 14:00`.
pub(super) fn stands(all: &BoardCriteria, look: &Look) -> String {
    match (all.frozen_at, all.freeze_at, &all.changed_by) {
        (Some(at), _, Some(by)) => format!(
            "criteria changed by {by} {}: {}",
            look.zone.long(at),
            all.changed_because.as_deref().unwrap_or_default()
        ),
        (Some(at), _, None) => format!("criteria frozen {}", look.zone.long(at)),
        (None, Some(at), _) => format!("criteria may change until {}", look.zone.long(at)),
        (None, None, _) => "criteria follow the configuration".to_owned(),
    }
}

/// What the configuration says otherwise.
pub(super) fn differs(out: &mut String, all: &BoardCriteria) {
    for line in &all.differs {
        let _ = writeln!(out, "  configuration: {line}");
    }
    if !all.differs.is_empty() {
        let _ = writeln!(
            out,
            "  those who lead the board take it over: tidegate board criteria --adopt --reason ..."
        );
    }
}

/// `unknown  rehearsed  the way back was rehearsed (sre): nobody of sre answered`.
pub(super) fn reading(one: &CriterionReading, look: &Look) -> String {
    let until = one.until.map_or_else(String::new, |at| {
        format!(", good until {}", look.zone.long(at))
    });
    format!(
        "{:7}  {}  {} ({}): {}; seen {}{until}",
        one.state,
        one.id,
        one.text,
        one.owner,
        one.evidence,
        look.zone.long(one.seen)
    )
}
