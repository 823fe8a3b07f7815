//! Putting something on the calendar: what it does to planned work is shown first, and only what was shown is accepted.

use super::text;
use crate::cli::change::Change;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{EntryProposal, EntryRequest, EntryTime, Scope};
use tidegate_core::time::Millis;

/// When it is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Time {
    /// First instant: `2026-12-01 22:00`; with --every, not before
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First instant after it; with --every, not after
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// When it repeats: `Sun 02:00-06:00`, or `every week on Sun at 02:00` with --for
    #[arg(long, value_name = "PHRASE")]
    every: Option<String>,
    /// How long it lasts: `3h`
    #[arg(long = "for", value_name = "LENGTH")]
    lasting: Option<String>,
}

impl Time {
    /// As the API takes it.
    ///
    /// # Errors
    /// An instant or a length that cannot be read.
    pub fn read(&self, session: &Session) -> Result<EntryTime, Failure> {
        let instant = |text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| session.instant(text)).transpose()
        };
        let lasting = self.lasting.as_deref().map(Millis::parse).transpose();
        let lasting = lasting.map_err(Failure::usage)?;
        Ok(EntryTime {
            from: instant(&self.from)?,
            until: instant(&self.until)?,
            phrase: self.every.clone(),
            lasting_ms: lasting.map(|l| l.0),
        })
    }
}

/// Accepting what is done to planned work.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Accept {
    /// Accept what it does to planned work; with the digest of a proposal exactly that one
    #[arg(long, value_name = "DIGEST", num_args = 0..=1, require_equals = true)]
    accept: Option<Option<String>>,
}

impl Accept {
    /// The digest that is accepted of a proposal with this one; none when nothing is.
    pub fn digest(&self, shown: &str) -> Option<String> {
        let said = self.accept.as_ref()?;
        Some(said.clone().unwrap_or_else(|| shown.to_owned()))
    }
}

/// What is done about planned work.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Planned {
    /// Only show what it would do to planned work
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    accept: Accept,
    /// Record breaches of the vendor's terms instead of refusing them
    #[arg(long)]
    despite_terms: bool,
}

impl Planned {
    pub fn despite_terms(&self) -> bool {
        self.despite_terms
    }
    /// What it means that nothing was changed.
    pub fn exit(&self, proposal: &EntryProposal) -> Exit {
        if self.dry_run || proposal.hits == 0 {
            Exit::Done
        } else {
            Exit::Blocked
        }
    }
}

/// Put something on the calendar; what it does to planned work is shown first
#[derive(Debug, clap::Args)]
pub struct Add {
    /// What happens, in a few words
    title: String,
    #[command(flatten)]
    time: Time,
    /// Its id [default: the kind and the next number]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// IANA zone of the phrase [default: the vendor's, or the company's]
    #[arg(long, value_name = "ZONE")]
    entry_zone: Option<String>,
    /// Only these services
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<String>,
    /// Only services of these teams
    #[arg(long, value_name = "TEAM", value_delimiter = ',')]
    team: Vec<String>,
    /// Only these environments [default: those of tier production]
    #[arg(long, value_name = "ENVIRONMENT", value_delimiter = ',')]
    environment: Vec<String>,
    /// Only environments of these tiers: dev, test, production
    #[arg(long, value_name = "TIER", value_delimiter = ',')]
    tier: Vec<String>,
    /// Only this work: install, update, configuration, redeploy, rollback
    #[arg(long, value_name = "OPERATION", value_delimiter = ',')]
    operation: Vec<String>,
    /// What it does: blocks, asks or informs [default: that of its kind]
    #[arg(long, value_name = "EFFECT")]
    effect: Option<String>,
    /// Team that answers for it and consents
    #[arg(long, value_name = "TEAM")]
    owner: Option<String>,
    /// Releases that go all the same, such as the patch itself
    #[arg(long, value_name = "RELEASE", value_delimiter = ',')]
    lets: Vec<String>,
    /// The third party whose work it is
    #[arg(long, value_name = "VENDOR")]
    vendor: Option<String>,
    #[command(flatten)]
    planned: Planned,
    #[command(flatten)]
    change: Change,
}

/// Book an environment for a team: meanwhile only its services are deployed there
#[derive(Debug, clap::Args)]
pub struct Book {
    /// Environment
    environment: String,
    /// Team it is booked for
    #[arg(long, value_name = "TEAM")]
    team: String,
    #[command(flatten)]
    time: Time,
    #[command(flatten)]
    planned: Planned,
    #[command(flatten)]
    change: Change,
}

/// Book an environment, or show what that would do.
pub async fn book(args: &Book, session: &Session) -> Result<Exit, Failure> {
    let request = EntryRequest {
        kind: "booking".to_owned(),
        title: format!("{} for {}", args.environment, args.team),
        time: args.time.read(session)?,
        scope: Scope {
            environments: vec![args.environment.clone()],
            ..Scope::default()
        },
        owner: Some(args.team.clone()),
        reason: args.change.reason(session)?,
        ..EntryRequest::default()
    };
    carry_out(request, &args.planned, &args.change, session).await
}

/// Declare it, or show what it would do.
pub async fn declare(kind: &str, args: &Add, session: &Session) -> Result<Exit, Failure> {
    let request = EntryRequest {
        id: args.id.clone(),
        kind: kind.to_owned(),
        title: args.title.clone(),
        time: args.time.read(session)?,
        zone: args.entry_zone.clone(),
        scope: Scope {
            services: args.service.clone(),
            teams: args.team.clone(),
            units: Vec::new(),
            service_tiers: Vec::new(),
            environments: args.environment.clone(),
            tiers: args.tier.clone(),
            operations: args.operation.clone(),
        },
        effect: args.effect.clone(),
        owner: args.owner.clone(),
        lets: args.lets.clone(),
        vendor: args.vendor.clone(),
        reason: args.change.reason(session)?,
        accept: None,
        despite_terms: args.planned.despite_terms,
    };
    carry_out(request, &args.planned, &args.change, session).await
}

async fn carry_out(
    mut request: EntryRequest,
    planned: &Planned,
    change: &Change,
    session: &Session,
) -> Result<Exit, Failure> {
    let client = session.client()?;
    let proposal = client.entry_proposal(&request).await?;
    let Some(digest) = accepted(planned, &proposal, session)? else {
        return Ok(planned.exit(&proposal));
    };
    request.accept = Some(digest);
    let entry = client.declare_entry(&request, &change.key()?).await?;
    super::show(&entry, session)
}

/// The digest to send, when it may be carried out; else the proposal was shown.
pub fn accepted(
    planned: &Planned,
    proposal: &EntryProposal,
    session: &Session,
) -> Result<Option<String>, Failure> {
    let free = (proposal.hits == 0).then(|| proposal.digest.clone());
    let digest = planned.accept.digest(&proposal.digest).or(free);
    if digest.is_some() && !planned.dry_run {
        return Ok(digest);
    }
    session.out.show(proposal, &proposal.entry, |look| {
        text::proposal(proposal, look)
    })?;
    hint(planned.dry_run, &proposal.digest, session);
    Ok(None)
}

/// Nothing was changed, and how to go on.
pub fn hint(dry_run: bool, digest: &str, session: &Session) {
    session.out.hint(&if dry_run {
        "nothing was changed (--dry-run)".to_owned()
    } else {
        format!(
            "nothing was changed; it hits planned work: add --accept={digest} to carry out exactly this"
        )
    });
}
