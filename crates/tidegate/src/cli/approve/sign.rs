//! Yes and no to what a rollout under way waits for.

use super::Approve;
use crate::cli::change::Change;
use crate::cli::reference::Reference;
use crate::cli::session::Session;
use crate::cli::status;
use crate::exit::{Exit, Failure};
use tidegate_client::wire::{Deployment, Reason, SignOff, SignatureRequest};
use tidegate_client::{Client, DeploymentFilter};

/// A rollout, and the signature it waits for.
pub struct Rollout {
    deployment: Deployment,
    asked: SignOff,
}

/// The rollout that waits for a signature, when one is meant.
pub async fn waiting(
    client: &Client,
    what: &str,
    environment: Option<&str>,
) -> Result<Option<Rollout>, Failure> {
    let named = if what.starts_with("CHG-") {
        return Ok(None);
    } else {
        Reference::parse(what)?
    };
    let found = match (named, environment) {
        (Reference::Deployment(id), _) => {
            let deployment = client.deployment(&id).await?;
            if deployment.sign_off.is_none() {
                let phase = deployment.phase.as_str();
                let because = format!("{id} ({phase}) waits for no signature");
                return Err(Failure::new(Exit::Failed, because)
                    .help("`tidegate approvals` shows what waits for whom"));
            }
            vec![deployment]
        }
        (Reference::Placed(release, env), None) => live(client, release, &env).await?,
        (Reference::Release(release), Some(env)) => live(client, release, env).await?,
        _ => return Ok(None),
    };
    Ok(found.into_iter().find_map(|deployment| {
        let asked = deployment.sign_off.as_deref()?.clone();
        Some(Rollout { deployment, asked })
    }))
}

async fn live(
    client: &Client,
    release: String,
    environment: &str,
) -> Result<Vec<Deployment>, Failure> {
    let filter = DeploymentFilter {
        release: Some(release),
        environment: Some(environment.to_owned()),
        live: Some(true),
        ..DeploymentFilter::default()
    };
    Ok(client.deployments(&filter).await?.items)
}

/// Sign exactly the plan that is shown.
pub async fn sign(
    args: &Approve,
    rollout: &Rollout,
    (client, session): (&Client, &Session),
) -> Result<Exit, Failure> {
    let Rollout { deployment, asked } = rollout;
    let plan = match args.plan.as_slice() {
        [] => agreed(rollout, session)?,
        [one] => named(one, asked)?,
        _ => {
            return Err(Failure::usage("a rollout carries out one plan").help("name one `--plan`"));
        }
    };
    let request = SignatureRequest {
        sign: args.sign.clone(),
        instead_of: args.instead_of.clone(),
        reason: args.reason.clone().unwrap_or_default(),
    };
    let key = args.keyed.key()?;
    let sent = client
        .sign_off(&deployment.id, (&plan, &request), &key)
        .await?;
    if session.out.wants_data() {
        session.out.data(&sent)?;
        return Ok(Exit::Done);
    }
    session.out.line(&format!(
        "Signed {} for {}: {} in {} goes on\n",
        asked.sign, asked.team, asked.release, asked.environment
    ))?;
    Ok(Exit::Done)
}

/// Refuse to sign.
pub async fn refuse(
    rollout: &Rollout,
    change: &Change,
    (client, session): (&Client, &Session),
) -> Result<Exit, Failure> {
    let reason = Reason {
        reason: change.reason(session)?,
    };
    let about = (rollout.asked.plan.as_str(), &reason);
    let key = change.key()?;
    let sent = client.refuse_to_sign(&rollout.deployment.id, about, &key);
    status::show_deployment(&sent.await?, session)?;
    Ok(Exit::Done)
}

/// The digest that was looked at, whole.
fn named(text: &str, asked: &SignOff) -> Result<String, Failure> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    if hex.len() < 8 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(
            Failure::usage(format!("`{text}` is no digest of a plan")).help(
                "write `--plan sha256:` and at least 8 digits, as `tidegate approve` shows them",
            ),
        );
    }
    let wanted = format!("sha256:{}", hex.to_ascii_lowercase());
    if asked.plan.starts_with(&wanted) {
        return Ok(asked.plan.clone());
    }
    Err(Failure::new(
        Exit::Conflict,
        format!(
            "{} carries out another plan; nothing was recorded",
            asked.deployment
        ),
    )
    .help(format!(
        "`tidegate status {}` shows it; then decide again",
        asked.deployment
    )))
}

/// Show what would be signed, and ask.
fn agreed(rollout: &Rollout, session: &Session) -> Result<String, Failure> {
    let asked = &rollout.asked;
    session.out.hint(&format!(
        "{} in {}: {} (sha256:{})",
        asked.release,
        asked.environment,
        rollout.deployment.phase.as_str(),
        short(&asked.plan)
    ));
    for line in status::sign_off_lines(asked, &session.out.look) {
        session.out.hint(&line);
    }
    let question = format!("Sign {} for {}? [y/N]", asked.sign, asked.team);
    let instead = format!("--yes --plan sha256:{}", short(&asked.plan));
    match session
        .choose(&question, &instead)?
        .to_ascii_lowercase()
        .as_str()
    {
        "y" | "yes" => Ok(asked.plan.clone()),
        _ => Err(Failure::new(Exit::Rejected, "not signed")),
    }
}

fn short(digest: &str) -> &str {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex.get(..8).unwrap_or(hex)
}
