//! The life of an agent: open the target, work, and stop without touching what runs.

use crate::credential::Credential;
use crate::options::Access;
use crate::trust::Guard;
use crate::{error::Error, lease, observe, options::AgentOptions};
use std::sync::Arc;
use tidegate_client::Client;
use tidegate_drivers::ProcessTarget;
use tidegate_faults::kill_point;
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What the parts of an agent share.
#[derive(Debug)]
pub struct Shared {
    /// Settings.
    pub options: AgentOptions,
    /// The server.
    pub client: Client,
    /// The target.
    pub target: ProcessTarget,
    /// Its own say, with a trust file.
    pub guard: Option<Guard>,
    /// Actions under way.
    pub tasks: TaskTracker,
    /// Set when the agent has no more time.
    pub ending: CancellationToken,
}

impl Shared {
    /// Path of one of this agent's resources.
    pub fn path(&self, resource: &str) -> String {
        format!("/api/v1/agents/{}/{resource}", self.options.name)
    }
}

/// Works until `shutdown` is ready. Actions under way then get a moment to end; instances and router go on without an agent,
/// and the next one finds them.
///
/// # Errors
/// [`Error::Setting`] and [`Error::Target`] before anything happens; [`Error::Refused`] when the server does not accept this
/// agent at the first contact.
pub async fn run(
    mut options: AgentOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    options.check()?;
    let mut shutdown = std::pin::pin!(shutdown);
    let (client, credential) = tokio::select! {
        connected = connected(&mut options) => connected?,
        () = &mut shutdown => return Ok(()),
    };
    let target = ProcessTarget::open(options.target.clone()).await?;
    kill_point("agent.target.opened");
    let guard = options.trust.as_deref();
    let guard = guard
        .map(|text| Guard::open(text, &options.target.root))
        .transpose()?;
    tracing::info!(
        "agent {} serves {} for {}",
        options.name,
        options.environments.join(", "),
        client.base()
    );
    let (tasks, ending) = (TaskTracker::new(), CancellationToken::new());
    let shared = Arc::new(Shared {
        options,
        client,
        target,
        guard,
        tasks,
        ending,
    });
    let telling = tokio::spawn(observe::keep_telling(Arc::clone(&shared)));
    let renewing = credential.map(|credential| credential.keep_renewed(shared.client.clone()));
    let renewing = renewing.map(tokio::spawn);
    let result = tokio::select! {
        result = lease::work(Arc::clone(&shared)) => result,
        () = &mut shutdown => Ok(()),
    };
    shared.tasks.close();
    if timeout(shared.options.shutdown_grace, shared.tasks.wait())
        .await
        .is_err()
    {
        tracing::info!("actions under way are left; they go on when they are leased again");
    }
    shared.ending.cancel();
    telling.abort();
    if let Some(renewing) = renewing {
        renewing.abort();
    }
    shared.target.close().await;
    result
}

/// A client that is let in, and what lets it in when that is to be renewed. The environments are filled in from it.
async fn connected(options: &mut AgentOptions) -> Result<(Client, Option<Arc<Credential>>), Error> {
    let client = |token: &str| {
        Client::new(&options.server, token).map_err(|e| Error::Setting {
            setting: "server",
            reason: e.to_string(),
        })
    };
    let join_token = match &options.access {
        Access::Token(token) => return Ok((client(token)?, None)),
        Access::Enrolled { join_token } => join_token.as_deref(),
    };
    let known = (options.server.as_str(), options.name.as_str());
    let credential = Credential::open(&options.target.root, known, join_token).await?;
    let client = client("")?.proving(Arc::clone(&credential) as _);
    if options.environments.is_empty() {
        options.environments = credential.environments();
    }
    Ok((client, Some(credential)))
}
