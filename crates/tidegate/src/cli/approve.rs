//! `tidegate approve` and `tidegate reject`: yes or no to exactly the plan that is shown.

mod sign;

use super::change::Keyed;
use super::changes::{header, lines, missing};
use super::reference::Reference;
use super::session::Session;
use super::signing;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use crate::output::when::short as length;
use tidegate_client::wire::{ApprovalRequest, Change, Page, Reason, VoteSignature};
use tidegate_client::{ChangeFilter, Client, Voted};
use tidegate_core::time::Millis;
use tidegate_policy::signature::Key;

/// Say yes to exactly the plan that is shown
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without an environment everything of the release is approved that waits for you.
In a script: tidegate approve web@1.1.0 prod --yes --plan sha256:77ab1c2d
Ends with 4 when this person may not, with 7 when the plan is another one by now.")]
pub struct Approve {
    /// `service@version`, `service@version/environment`, `CHG-1`, or `dep_...` for a rollout that waits for a sign-off
    what: String,
    /// Environment
    environment: Option<String>,
    /// Digest of the plan that was looked at, 8 digits or more; needed with --yes
    #[arg(long, value_name = "SHA256")]
    plan: Vec<String>,
    /// Do not ask
    #[arg(long, requires = "plan")]
    yes: bool,
    /// Team to decide for, when it could be several
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// Meaning of a sign-off: `security`, `privacy`, ...
    #[arg(long, value_name = "MEANING")]
    sign: Option<String>,
    /// Person whose delegated right is used
    #[arg(long, value_name = "PERSON")]
    instead_of: Option<String>,
    /// Why; may be left out
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Sign with this ed25519 key, a file in PEM (PKCS #8)
    #[arg(long, value_name = "FILE", env = "TIDEGATE_SIGN_WITH")]
    sign_with: Option<std::path::PathBuf>,
    #[command(flatten)]
    keyed: Keyed,
}

/// Say no: it holds until somebody who is asked changes their mind or another plan is made
#[derive(Debug, clap::Args)]
pub struct Reject {
    /// `service@version`, `service@version/environment`, `CHG-1`, or `dep_...` for a rollout that waits for a sign-off
    what: String,
    /// Environment
    environment: Option<String>,
    #[command(flatten)]
    change: super::change::Change,
}

/// Run `approve`.
pub async fn approve(args: &Approve, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    if let Some(rollout) = sign::waiting(&client, &args.what, args.environment.as_deref()).await? {
        return sign::sign(args, &rollout, (&client, session)).await;
    }
    let about = About::named(&args.what, args.environment.as_deref())?;
    let found = about.changes(&client).await?;
    let plans = plans(&args.plan, &found)?;
    let chosen = chosen(found, &plans, about.is_one());
    // Without a plan that was looked at, a yes is given only to what was shown and asked.
    if plans.is_empty()
        && let Some(done) = chosen.iter().find(|c| !may(c) && c.phase == "authorised")
    {
        let because = format!("{} is approved already, and nobody else is asked", done.id);
        return Err(Failure::new(Exit::Failed, because).help(format!(
            "`tidegate change show {}` tells who said yes",
            done.id
        )));
    }
    if plans.is_empty() && chosen.iter().any(may) && !agreed(&chosen, session)? {
        return Err(Failure::new(Exit::Rejected, "not approved"));
    }
    let plans = match plans.as_slice() {
        [] => digests(&chosen),
        named => named.to_vec(),
    };
    if plans.is_empty() {
        return Err(nothing(&about));
    }
    // A right that was lent is used when there is no own one.
    let lent = chosen.iter().find_map(|c| c.you.ballots.first());
    let mut request = ApprovalRequest {
        signature: None,
        team: args.team.clone(),
        sign: args.sign.clone(),
        instead_of: args
            .instead_of
            .clone()
            .or_else(|| lent.and_then(|b| b.instead_of.clone())),
        reason: args.reason.clone().unwrap_or_default(),
    };
    if let Some(file) = &args.sign_with {
        let key = signing::read(file)?;
        request.signature =
            Some(signed(&key, (&chosen, &plans), &request, (&client, session)).await?);
    }
    let key = args.keyed.key()?;
    let sent = client.approve(&about.voted(), &plans, &request, &key).await;
    told(&sent?, session, approved)?;
    Ok(Exit::Done)
}

/// The signature of exactly one yes.
async fn signed(
    key: &Key,
    (chosen, plans): (&[Change], &[String]),
    request: &ApprovalRequest,
    (client, session): (&Client, &Session),
) -> Result<VoteSignature, Failure> {
    let ([change], [plan]) = (chosen, plans) else {
        return Err(Failure::usage("a signature is for one plan").help(
            "name the environment: `tidegate approve <release> <environment> --sign-with <file>`",
        ));
    };
    let ballot = change.you.ballots.first();
    let team = request.team.as_deref().or(ballot.map(|b| b.team.as_str()));
    let team = team.ok_or_else(|| {
        Failure::new(
            Exit::NotAllowed,
            format!("nothing of {} waits for you", change.id),
        )
        .help("`tidegate approvals` shows what waits for whom")
    })?;
    let given = signing::Given {
        team,
        sign: request.sign.as_deref(),
        instead_of: request.instead_of.as_deref(),
    };
    signing::sign(key, (change, plan), &given, client, session).await
}

/// Run `reject`.
pub async fn reject(args: &Reject, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    if let Some(rollout) = sign::waiting(&client, &args.what, args.environment.as_deref()).await? {
        return sign::refuse(&rollout, &args.change, (&client, session)).await;
    }
    let about = About::named(&args.what, args.environment.as_deref())?;
    let found = about.changes(&client).await?;
    // A no is for what has not started.
    let open = |c: &&Change| matches!(c.phase.as_str(), "open" | "authorised");
    let open: Vec<Change> = found.iter().filter(open).cloned().collect();
    let plans = digests(if open.is_empty() { &found } else { &open });
    if plans.is_empty() {
        return Err(nothing(&about));
    }
    let reason = Reason {
        reason: args.change.reason(session)?,
    };
    let key = args.change.key()?;
    let sent = client.reject(&about.voted(), &plans, &reason, &key).await;
    told(&sent?, session, |c, _| {
        let note = c.note.as_deref().unwrap_or(&c.phase);
        format!("{}: {} in {} {note}\n", c.id, c.release, c.environment)
    })?;
    Ok(Exit::Done)
}

/// What is voted on.
enum About {
    Change(String),
    Release(String, Option<String>),
}

impl About {
    fn named(what: &str, environment: Option<&str>) -> Result<Self, Failure> {
        if what.starts_with("CHG-") {
            return Ok(Self::Change(what.to_owned()));
        }
        match (Reference::parse(what)?, environment) {
            (Reference::Placed(release, env), None) => Ok(Self::Release(release, Some(env))),
            (Reference::Release(release), env) => {
                Ok(Self::Release(release, env.map(str::to_owned)))
            }
            _ => Err(
                Failure::usage(format!("`{what}` is neither a release nor a change"))
                    .help("write it as `service@version`, then the environment, or as `CHG-1`"),
            ),
        }
    }

    fn is_one(&self) -> bool {
        !matches!(self, Self::Release(_, None))
    }

    fn voted(&self) -> Voted<'_> {
        match self {
            Self::Change(id) => Voted::Change(id),
            Self::Release(release, _) => Voted::Release(release),
        }
    }

    /// Changes it may be about: those that wait for people; of one environment the newest even when somebody said no.
    async fn changes(&self, client: &Client) -> Result<Vec<Change>, Failure> {
        let (release, environment) = match self {
            Self::Change(id) => return Ok(vec![client.change(id).await?]),
            Self::Release(release, environment) => (release, environment),
        };
        let filter = ChangeFilter {
            release: Some(release.clone()),
            environment: environment.clone(),
            all: environment.is_some(),
            ..ChangeFilter::default()
        };
        let mut found = client.changes(&filter).await?.items;
        if environment.is_some() {
            found.truncate(1);
        }
        Ok(found)
    }
}

/// The plans that were named, whole. A short one that fits none goes no further.
fn plans(named: &[String], found: &[Change]) -> Result<Vec<String>, Failure> {
    let whole = |text: &String| {
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        if hex.len() < 8 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Failure::usage(format!("`{text}` is no digest of a plan"))
                .help("write `--plan sha256:` and at least 8 digits, as `tidegate approve` shows them"));
        }
        let wanted = format!("sha256:{}", hex.to_ascii_lowercase());
        let all = digests(found);
        let fits = all.into_iter().find(|digest| digest.starts_with(&wanted));
        match fits {
            Some(digest) => Ok(digest),
            None if hex.len() == 64 => Ok(wanted),
            None => Err(other(&wanted, found)),
        }
    };
    named.iter().map(whole).collect()
}

fn other(wanted: &str, found: &[Change]) -> Failure {
    let mut failure = Failure::new(
        Exit::Conflict,
        format!("{wanted} is no longer what would be done; nothing was recorded"),
    );
    for change in found {
        failure = failure.note(header(change));
    }
    failure.help("look at the new plan, then decide again")
}

/// Those whose plans were named; without names those that wait for this person, or all when none does.
fn chosen(found: Vec<Change>, plans: &[String], one: bool) -> Vec<Change> {
    let named = |c: &Change| {
        let digest = c.plan.as_ref().map(|p| &p.digest);
        digest.is_some_and(|d| plans.contains(d))
    };
    if !plans.is_empty() {
        return found.into_iter().filter(named).collect();
    }
    if !one && found.iter().any(may) {
        return found.into_iter().filter(may).collect();
    }
    found
}

fn may(change: &Change) -> bool {
    !change.you.ballots.is_empty()
}

fn digests(changes: &[Change]) -> Vec<String> {
    let plans = changes.iter().filter_map(|c| c.plan.as_ref());
    plans.map(|p| p.digest.clone()).collect()
}

fn nothing(about: &About) -> Failure {
    let name = match about {
        About::Change(id) => id.clone(),
        About::Release(release, None) => release.clone(),
        About::Release(release, Some(env)) => format!("{release} in {env}"),
    };
    Failure::new(Exit::Failed, format!("nothing of {name} waits for anybody")).help(
        "`tidegate approvals` shows what waits for whom; `tidegate why` shows every condition",
    )
}

/// Show what would be approved, and ask.
fn agreed(chosen: &[Change], session: &Session) -> Result<bool, Failure> {
    for change in chosen {
        session.out.hint(&header(change));
        session
            .out
            .hint(lines(change, &session.out.look).trim_end());
    }
    if let Some(first) = chosen.iter().find(|c| may(c)) {
        session.out.hint(&standing(first));
    }
    let valid = chosen.iter().filter_map(|c| c.valid_ms).min();
    let valid = valid.map_or_else(String::new, |ms| format!(" for {}", length(Millis(ms))));
    let what = match chosen.len() {
        1 => "exactly this plan".to_owned(),
        n => format!("exactly these {n} plans"),
    };
    let digests: Vec<String> = digests(chosen)
        .iter()
        .map(|d| format!("--plan {}", d.get(..15).unwrap_or(d)))
        .collect();
    loop {
        let question = format!("Approve {what}{valid}? [y/N/d = steps]");
        let answer = session.choose(&question, &format!("--yes {}", digests.join(" ")))?;
        match answer.to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "d" => chosen.iter().for_each(|c| session.out.hint(&steps(c))),
            _ => return Ok(false),
        }
    }
}

/// `You approve as: hugo (risk-compliance). You are not requester.   needed after you: none`
fn standing(change: &Change) -> String {
    let person = change.you.person.as_deref().unwrap_or("nobody");
    let team = change.you.ballots.first().map_or("", |b| &b.team);
    let holder = change
        .you
        .ballots
        .first()
        .and_then(|b| b.instead_of.as_ref());
    let holder = holder.map_or_else(String::new, |h| format!(", in the place of {h}"));
    let parts: Vec<&str> = change.never_by.iter().map(|b| b.part.as_str()).collect();
    let parts = match parts.as_slice() {
        [] => String::new(),
        [one] => format!(" You are not {one}."),
        [first @ .., last] => format!(" You are not {} or {last}.", first.join(", ")),
    };
    let after = match change.you.missing_after.as_slice() {
        [] => "none".to_owned(),
        missing => missing.join(", "),
    };
    format!("You approve as: {person} ({team}{holder}).{parts}   needed after you: {after}")
}

fn steps(change: &Change) -> String {
    let Some(plan) = &change.plan else {
        return String::new();
    };
    let list = |word: &str, all: &[String]| {
        let lines: Vec<String> = all.iter().map(|step| format!("    {step}")).collect();
        format!("  {word}\n{}\n", lines.join("\n"))
    };
    format!(
        "{} -> {}\n{}{}{}",
        change.release,
        change.environment,
        list("differs", &plan.differs),
        list("there", &plan.steps),
        list("back", &plan.undo)
    )
}

fn approved(change: &Change, look: &Look) -> String {
    let (release, env) = (&change.release, &change.environment);
    let left = missing(change);
    let rest = match (change.phase.as_str(), left.as_slice()) {
        ("open", [_, ..]) => format!("still missing: {}", left.join("; ")),
        ("reviewing", [_, ..]) => format!("still owed: {}", left.join("; ")),
        ("reviewing", []) => match change.review_due {
            Some(due) => format!("its review is due {}", look.zone.long(due)),
            None => "its review is owed".to_owned(),
        },
        ("implementing", _) => "it goes now".to_owned(),
        ("closed", _) => "it went".to_owned(),
        _ => format!(
            "everybody who is asked said yes; `tidegate why {release} {env}` shows the rest"
        ),
    };
    format!("Approved {}: {release} in {env}; {rest}\n", change.id)
}

fn told(
    page: &Page<Change>,
    session: &Session,
    words: impl Fn(&Change, &Look) -> String,
) -> Result<(), Failure> {
    if session.out.wants_data() {
        return session.out.data(page);
    }
    for change in &page.items {
        session.out.line(&words(change, &session.out.look))?;
    }
    Ok(())
}
