//! What a person says at a board.

use super::super::change::{Change, Keyed};
use super::super::reference::Reference;
use super::super::session::{Session, ask};
use super::text;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{
    BoardAnswerRequest, BoardChoice, BoardConfirmationRequest, BoardItem, BoardMeeting,
    BoardVoteRequest,
};
use tidegate_client::{ChangeFilter, Client};
use tidegate_core::time::Timestamp;

/// Which item of which board.
#[derive(Debug, clap::Args)]
pub(super) struct About {
    /// `CHG-1`, or `service@version/environment`
    item: String,
    /// Board, when several decide about it
    #[arg(long, value_name = "BOARD")]
    board: Option<String>,
}

/// Say what you think of a change, before or at the sitting; once a person
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("says").required(true).args(["go", "no_go", "go_if", "needs_context"]),
    after_help = "\
Example: tidegate board vote CHG-7 --go-if 'load test repeated' --owner ana --until '2026-12-01 12:00'
A vote is for the plan that is on the agenda: another plan is decided anew. Until it is decided you may change your mind.
Ends with 4 when this person may not, with 7 when the plan is another one by now."
)]
pub(super) struct Vote {
    #[command(flatten)]
    about: About,
    /// Go
    #[arg(long)]
    go: bool,
    /// No-go; needs a reason and --next
    #[arg(long)]
    no_go: bool,
    /// When a no-go is looked at again: `2026-12-01`, `2026-12-01 12:00`, or RFC 3339
    #[arg(long, value_name = "DATE", requires = "no_go")]
    next: Option<String>,
    /// Go, once this is done; becomes a condition of the deployment
    #[arg(long, value_name = "TEXT", requires_all = ["owner", "until"])]
    go_if: Option<String>,
    /// Somebody who knows more is asked first; needs a reason
    #[arg(long, value_name = "PERSON", requires = "until")]
    needs_context: Option<String>,
    /// Who does what --go-if says
    #[arg(long, value_name = "PERSON")]
    owner: Option<String>,
    /// By when it is done or answered: `2026-12-01 12:00`, or RFC 3339
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Digest of the plan that was looked at [default: the one on the agenda]
    #[arg(long, value_name = "SHA256")]
    plan: Option<String>,
    /// Team to vote for, when it could be several
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Person whose delegated right is used
    #[arg(long, value_name = "PERSON")]
    instead_of: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// Answer what a board asked you about a change
#[derive(Debug, clap::Args)]
pub(super) struct Answer {
    #[command(flatten)]
    about: About,
    /// The answer
    #[arg(long, value_name = "TEXT")]
    text: String,
    #[command(flatten)]
    keyed: Keyed,
}

/// Confirm that a condition of a board is met; for people without a part in the change
#[derive(Debug, clap::Args)]
pub(super) struct Condition {
    #[command(flatten)]
    about: About,
    /// Number of the condition
    number: u32,
    /// It is met
    #[arg(long, required = true)]
    met: bool,
    /// What shows it: a link, or what was seen
    #[arg(long, value_name = "TEXT")]
    evidence: String,
    #[command(flatten)]
    keyed: Keyed,
}

pub(super) async fn vote(args: &Vote, client: &Client, session: &Session) -> Result<(), Failure> {
    let (board, change) = args.about.find(client).await?;
    let until = args.until.as_deref().map(|text| session.instant(text));
    let choice = match (args.go, args.no_go, &args.go_if) {
        (true, ..) => BoardChoice::Go,
        (_, true, _) => BoardChoice::NoGo,
        (_, _, Some(_)) => BoardChoice::GoIf,
        _ => BoardChoice::NeedsContext,
    };
    // A go may go without words; everything else is explained.
    let reason = match choice {
        BoardChoice::Go | BoardChoice::GoIf => args.change.reason.clone().unwrap_or_default(),
        BoardChoice::NoGo | BoardChoice::NeedsContext => args.change.reason(session)?,
    };
    let next = next(args, session)?;
    let (plan, criteria) = plan(args.plan.as_deref(), client, &board, &change).await?;
    let request = BoardVoteRequest {
        choice,
        plan,
        criteria,
        condition: args.go_if.clone(),
        person: args.owner.clone().or_else(|| args.needs_context.clone()),
        until: until.transpose()?,
        next,
        team: args.team.clone(),
        instead_of: args.instead_of.clone(),
        reason,
    };
    let key = args.change.key()?;
    let shown = client
        .vote_on_board((&board, &change), &request, &key)
        .await?;
    told(&shown, &change, session)
}

/// When a no-go is looked at again; a person is asked for it.
fn next(args: &Vote, session: &Session) -> Result<Option<Timestamp>, Failure> {
    if !args.no_go {
        return Ok(None);
    }
    let text = match &args.next {
        Some(text) => text.clone(),
        None if session.can_ask() => ask("When is it looked at again? ")?,
        None => {
            return Err(
                Failure::usage("a no-go does not say when it is looked at again")
                    .help("name the date: --next 2026-12-01"),
            );
        }
    };
    session.instant(text.trim()).map(Some)
}

pub(super) async fn answer(
    args: &Answer,
    client: &Client,
    session: &Session,
) -> Result<(), Failure> {
    let (board, change) = args.about.find(client).await?;
    let request = BoardAnswerRequest {
        text: args.text.clone(),
    };
    let key = args.keyed.key()?;
    let shown = client
        .answer_board((&board, &change), &request, &key)
        .await?;
    told(&shown, &change, session)
}

pub(super) async fn condition(
    args: &Condition,
    client: &Client,
    session: &Session,
) -> Result<(), Failure> {
    debug_assert!(args.met);
    let (board, change) = args.about.find(client).await?;
    let request = BoardConfirmationRequest {
        condition: args.number,
        evidence: args.evidence.clone(),
    };
    let key = args.keyed.key()?;
    let shown = client
        .confirm_condition((&board, &change), &request, &key)
        .await?;
    told(&shown, &change, session)
}

/// How the item stands now.
pub(super) fn told(shown: &BoardMeeting, change: &str, session: &Session) -> Result<(), Failure> {
    let found = item(shown, change);
    let text = |look: &crate::output::Look| match found {
        Some(item) => text::item(item, look),
        None => text::agenda(shown, look),
    };
    session.out.show(&shown, change, text)
}

fn item<'a>(meeting: &'a BoardMeeting, change: &str) -> Option<&'a BoardItem> {
    meeting.items.iter().find(|item| item.change == change)
}

/// Plan and criteria of an item as they stand on the agenda that decides about it.
async fn looked_at(
    client: &Client,
    board: &str,
    change: &str,
) -> Result<Option<(String, Option<String>)>, Failure> {
    let meetings = client.meetings(board).await?.items;
    let items = meetings.iter().filter_map(|m| Some((m, item(m, change)?)));
    let mut live = items.filter(|(_, i)| !matches!(i.state.as_str(), "moved" | "dropped"));
    Ok(live.next().map(|(meeting, item)| {
        let criteria = meeting.criteria.as_ref().map(|c| c.digest.clone());
        (item.plan.clone(), criteria)
    }))
}

/// The same, or that no board decides about it.
pub(super) async fn on_agenda(
    client: &Client,
    board: &str,
    change: &str,
) -> Result<(String, Option<String>), Failure> {
    let found = looked_at(client, board, change).await?;
    found.ok_or_else(|| nothing(change))
}

/// The plan that was looked at, with the criteria beside it: as named, or as it stands on the agenda.
async fn plan(
    named: Option<&str>,
    client: &Client,
    board: &str,
    change: &str,
) -> Result<(String, Option<String>), Failure> {
    let found = looked_at(client, board, change).await?;
    let Some(named) = named else {
        return found.ok_or_else(|| nothing(change));
    };
    let (on_agenda, criteria) = match found {
        Some((plan, criteria)) => (Some(plan), criteria),
        None => (None, None),
    };
    let hex = named.strip_prefix("sha256:").unwrap_or(named);
    if hex.len() < 8 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(
            Failure::usage(format!("`{named}` is no digest of a plan")).help(
                "write `--plan sha256:` and at least 8 digits, as `tidegate board agenda` shows them",
            ),
        );
    }
    let wanted = format!("sha256:{}", hex.to_ascii_lowercase());
    match on_agenda {
        Some(plan) if plan.starts_with(&wanted) => Ok((plan, criteria)),
        _ if hex.len() == 64 => Ok((wanted, criteria)),
        Some(plan) => Err(Failure::new(
            Exit::Conflict,
            format!("{change} has another plan by now: {}", text::short(&plan)),
        )
        .help("look at the agenda again, then vote on that plan")),
        None => Err(nothing(change)),
    }
}

fn nothing(change: &str) -> Failure {
    Failure::new(Exit::Failed, format!("no board decides about {change} now"))
        .help("`tidegate board agenda` shows what is decided about")
}

impl About {
    /// Board and change.
    pub(super) async fn find(&self, client: &Client) -> Result<(String, String), Failure> {
        let change = self.change(client).await?;
        if let Some(board) = &self.board {
            return Ok((board.clone(), change));
        }
        let all = client.boards(Some(&change)).await?.items;
        let names: Vec<&str> = all.iter().map(|b| b.name.as_str()).collect();
        match names.as_slice() {
            [one] => Ok(((*one).to_owned(), change)),
            [] => Err(nothing(&change)),
            many => Err(
                Failure::usage(format!("several boards decide about {change}"))
                    .help(format!("name one with --board: {}", many.join(", "))),
            ),
        }
    }

    async fn change(&self, client: &Client) -> Result<String, Failure> {
        if self.item.starts_with("CHG-") {
            return Ok(self.item.clone());
        }
        let (release, environment) = match Reference::parse(&self.item)? {
            Reference::Placed(release, environment) => (release, Some(environment)),
            Reference::Release(release) => (release, None),
            _ => {
                return Err(Failure::usage(format!(
                    "`{}` is neither a change nor a release",
                    self.item
                ))
                .help("write it as `CHG-1`, or as `service@version/environment`"));
            }
        };
        let filter = ChangeFilter {
            release: Some(release),
            environment,
            all: true,
            ..ChangeFilter::default()
        };
        let found = client.changes(&filter).await?.items;
        let open: Vec<&str> = found
            .iter()
            .filter(|c| matches!(c.phase.as_str(), "open" | "authorised"))
            .map(|c| c.id.as_str())
            .collect();
        match open.as_slice() {
            [one] => Ok((*one).to_owned()),
            [] => Err(
                Failure::new(Exit::Failed, format!("no change of {} waits", self.item))
                    .help("`tidegate change list` shows those that do"),
            ),
            many => Err(Failure::usage(format!("{} has several changes", self.item))
                .help(format!("name one: {}", many.join(", ")))),
        }
    }
}
