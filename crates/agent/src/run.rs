//! The life of an agent: open the target, work, and stop without touching what runs.

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
pub async fn run(options: AgentOptions, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
    options.check()?;
    let client = Client::new(&options.server, &options.token).map_err(|e| Error::Setting {
        setting: "server",
        reason: e.to_string(),
    })?;
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
    let result = tokio::select! {
        result = lease::work(Arc::clone(&shared)) => result,
        () = shutdown => Ok(()),
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
    shared.target.close().await;
    result
}
