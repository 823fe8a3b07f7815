//! `tidegate board`: boards that decide about changes, their agendas, votes and minutes.

mod criteria;
mod say;
mod text;

use super::change::Change;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::Client;
use tidegate_client::wire::{BoardMeeting, ChangeBoard, Reason};

/// Look at boards that decide about changes, vote, and see what they decided
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List boards, their rules and next sittings
    List,
    /// Show what a sitting decides about, the riskiest first, and who is still asked
    Agenda {
        #[command(flatten)]
        which: Which,
    },
    /// Hold a sitting before its time; its agenda takes nothing more
    Open {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        change: Change,
    },
    /// Say what you think of a change, before or at the sitting; once a person
    Vote(say::Vote),
    /// Answer what a board asked you about a change
    Answer(say::Answer),
    /// Confirm that a condition of a board is met; for people without a part in the change
    Condition(say::Condition),
    Criteria(criteria::Criteria),
    Criterion(criteria::Criterion),
    /// Show what a sitting decided, with the votes and who voted otherwise
    Minutes {
        #[command(flatten)]
        which: Which,
    },
}

/// Which sitting.
#[derive(Debug, clap::Args)]
struct Which {
    /// Board; may be left out when there is one
    board: Option<String>,
    /// Day of the sitting, such as 2026-11-25 [default: the next one; for minutes the last one]
    #[arg(long, value_name = "DATE")]
    meeting: Option<String>,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::List => list(&client.boards(None).await?.items, session)?,
        Verb::Agenda { which } => {
            let board = which.board(&client).await?;
            let day = which.meeting.as_deref().unwrap_or("next");
            let shown = client.meeting(&board, day).await?;
            session
                .out
                .show(&shown, &shown.id, |look| text::agenda(&shown, look))?;
        }
        Verb::Open { which, change } => {
            let board = which.board(&client).await?;
            let day = which.meeting.as_deref().unwrap_or("next");
            let reason = Reason {
                reason: change.reason(session)?,
            };
            let key = change.key()?;
            let shown = client.open_meeting((&board, day), &reason, &key).await?;
            session
                .out
                .show(&shown, &shown.id, |look| text::agenda(&shown, look))?;
        }
        Verb::Minutes { which } => {
            let board = which.board(&client).await?;
            let day = which.meeting.as_deref().unwrap_or("last");
            let shown = minutes(&client, &board, day).await?;
            session
                .out
                .show(&shown, &shown.id, |look| text::minutes(&shown, look))?;
        }
        Verb::Criteria(args) => criteria::criteria(args, &client, session).await?,
        Verb::Criterion(args) => criteria::criterion(args, &client, session).await?,
        Verb::Vote(args) => say::vote(args, &client, session).await?,
        Verb::Answer(args) => say::answer(args, &client, session).await?,
        Verb::Condition(args) => say::condition(args, &client, session).await?,
    }
    Ok(Exit::Done)
}

/// Minutes are of what is over.
async fn minutes(client: &Client, board: &str, day: &str) -> Result<BoardMeeting, Failure> {
    let found = client.meeting(board, day).await?;
    if found.closed_at.is_some() {
        return Ok(found);
    }
    let because = format!("{} is not over: {}", found.id, found.phase);
    Err(Failure::new(Exit::Failed, because).help(format!(
        "`tidegate board agenda {board}` shows how it stands"
    )))
}

impl Which {
    /// The board that is named, or the only one.
    async fn board(&self, client: &Client) -> Result<String, Failure> {
        if let Some(name) = &self.board {
            return Ok(name.clone());
        }
        only(&client.boards(None).await?.items)
    }
}

fn only(all: &[ChangeBoard]) -> Result<String, Failure> {
    let names: Vec<&str> = all.iter().map(|b| b.name.as_str()).collect();
    match names.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(Failure::new(Exit::Failed, "there are no boards")
            .help("write a `board` document into the configuration")),
        many => Err(Failure::usage("there are several boards")
            .help(format!("name one of {}", many.join(", ")))),
    }
}

fn list(items: &[ChangeBoard], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("BOARD"),
        Column::Always("MEETS"),
        Column::Always("NEXT"),
        Column::Always("AGENDA-CLOSES"),
        Column::Always("UNDECIDED"),
        Column::Always("QUORUM"),
        Column::Always("REVIEWS"),
        Column::Wide("MEMBERS"),
        Column::Wide("RULE"),
    ]);
    let zone = &session.out.look.zone;
    for b in items {
        let next = b.sittings.first();
        let members: Vec<String> = b
            .members
            .iter()
            .map(|m| format!("{} {} ({})", m.team, m.count, m.people.join(", ")))
            .collect();
        let seats: u32 = b.members.iter().map(|m| m.count).sum();
        table.row([
            b.name.clone(),
            format!("{} {}", b.meets, b.zone),
            match (next, &b.problem) {
                (Some(next), _) => zone.stamp(next.begins),
                (None, Some(problem)) => problem.clone(),
                (None, None) => "not in sight".to_owned(),
            },
            next.map_or_else(String::new, |n| zone.stamp(n.agenda_closes)),
            b.undecided.to_string(),
            format!("{} of {seats}", b.quorum),
            b.reviews.clone(),
            members.join("; "),
            format!("{}:{}", b.rule.file, b.rule.line),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |b| b.name.clone(),
        table,
        none: "no board decides about changes",
    })
}
