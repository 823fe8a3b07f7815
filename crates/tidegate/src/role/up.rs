//! Server, agent and router for the configuration of a folder.

use super::database::DatabaseArgs;
use super::serve::{CHECKPOINT_DIR, ServeArgs, Server};
use super::{agent, signal};
use crate::cli::tree;
use crate::context::FOLDER;
use crate::exit::{Exit, Failure};
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tidegate_config::{Files, Loaded, Severity};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::CommandId;
use tidegate_core::spec::Spec;
use tidegate_engine::Apply;

/// Options of `up`.
#[derive(Debug, Clone, Args)]
pub struct UpArgs {
    /// Folder of the configuration
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Address of the server; the next free port is taken when it is in use
    #[arg(long, default_value = "127.0.0.1:7400", env = "TIDEGATE_LISTEN")]
    pub listen: SocketAddr,
    /// Stop the services too when this command is stopped
    #[arg(long)]
    pub stop_services: bool,
}

/// `tidegate up`.
pub async fn run(args: UpArgs) -> Result<Exit, Failure> {
    let (files, loaded, spec) = read(&args.path)?;
    let dir = args.path.join(FOLDER);
    let serve = ServeArgs {
        listen: args.listen,
        dir: dir.clone(),
        next_free_port: true,
        checkpoint_dir: std::env::var_os(CHECKPOINT_DIR).map(PathBuf::from),
        database: DatabaseArgs::file(),
    };
    let server = Server::start(&serve).await?;
    let engine = server.engine.clone();
    let commit = tree::commit_of(&args.path);
    let (origins, wanted) = (loaded.origins.clone(), spec.clone());
    let applied = blocking(move || apply(&engine, wanted, origins, commit)).await??;
    let environments: Vec<String> = spec.environments.keys().map(ToString::to_string).collect();
    let token = {
        let (engine, file, names) = (
            server.engine.clone(),
            dir.join("agent.token"),
            spec.environments.keys().cloned().collect(),
        );
        blocking(move || tidegate_api::ensure_agent_token(&engine, "local", &names, &file))
            .await?
            .map_err(|e| {
                Failure::new(
                    Exit::Failed,
                    format!("the agent's token cannot be made: {e}"),
                )
            })?
    };
    let options = agent::options(
        &server.url,
        token.reveal(),
        "local",
        environments,
        &dir.join("agent"),
    )?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let working = tokio::spawn(tidegate_agent::run(
        options,
        async move { drop(stopped.await) },
    ));
    greet(&server, &files, &loaded, &spec, &applied);
    let ended = tokio::select! {
        () = signal::stop() => None,
        ended = wait(working) => Some(ended),
    };
    drop(stop);
    if let Some(Err(failure)) = ended {
        server.stop().await?;
        return Err(failure);
    }
    // The agent ends its work in hand; instances and router go on without it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop().await?;
    if args.stop_services {
        return super::down::run(super::down::DownArgs { dir }).await;
    }
    println!(
        "Stopped. Services go on running; `tidegate up` takes them over again, `tidegate down` stops them."
    );
    Ok(Exit::Done)
}

async fn wait(
    working: tokio::task::JoinHandle<Result<(), tidegate_agent::Error>>,
) -> Result<(), Failure> {
    match working.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(e)) => Err(Failure::new(Exit::Failed, e.to_string())),
        Err(e) => Err(Failure::new(Exit::Failed, format!("the agent ended: {e}"))),
    }
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(f)
        .await
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))
}

/// The checked configuration of a folder.
///
/// # Errors
/// It cannot be read, or has errors; they were printed.
pub fn read(path: &Path) -> Result<(Files, Loaded, Spec), Failure> {
    let files = tree::read(path)?;
    let loaded = tidegate_config::load_at(&files, crate::clock::now());
    let color = std::io::IsTerminal::is_terminal(&std::io::stderr());
    if !loaded.diagnostics.is_empty() {
        eprintln!(
            "{}",
            tidegate_config::render(&loaded.diagnostics, &files, color)
        );
    }
    let Some(spec) = loaded.spec.clone() else {
        return Err(Failure::new(
            Exit::Invalid,
            "the configuration has errors, so nothing was started".to_owned(),
        )
        .help("mend what is listed above; `tidegate explain <code>` says more"));
    };
    Ok((files, loaded, spec))
}

/// What bringing the folder's configuration into force did.
struct Applied {
    revision: u64,
    changed: bool,
}

fn apply(
    engine: &tidegate_engine::Engine,
    spec: Spec,
    origins: tidegate_core::spec::Origins,
    commit: Option<String>,
) -> Result<Applied, Failure> {
    let in_force = engine.in_force();
    let digest = spec
        .digest()
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    if in_force.digest.as_ref() == Some(&digest) && in_force.origins == origins {
        return Ok(Applied {
            revision: in_force.revision,
            changed: false,
        });
    }
    let changes = tidegate_config::diff(&in_force.spec, &spec, &origins);
    let line = |c: &tidegate_config::Change| format!("{:?} {}", c.kind, c.path).to_lowercase();
    let id = CommandId(format!("up/{digest}/{}", in_force.revision));
    let admin = Actor::machine("up", Role::Admin);
    let owned = tidegate_config::owned(&in_force.spec, &spec);
    let apply = Apply {
        owned,
        spec,
        origins,
        commit,
        reason: None,
        parent: in_force.digest.clone(),
        changes: changes.iter().map(line).collect(),
        weakens: changes.iter().filter_map(|c| c.weakens.clone()).collect(),
    };
    engine.apply_config(&admin, id, apply).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("the configuration cannot be applied: {e}"),
        )
    })?;
    Ok(Applied {
        revision: engine.in_force().revision,
        changed: true,
    })
}

fn greet(server: &Server, files: &Files, loaded: &Loaded, spec: &Spec, applied: &Applied) {
    let warnings = loaded
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Warning)
        .count();
    println!(
        "tidegate {}  {}  {} services  {} environments        config: {} files, 0 errors, {warnings} warnings",
        env!("CARGO_PKG_VERSION"),
        spec.company,
        spec.services.len(),
        spec.environments.len(),
        files.0.len(),
    );
    println!(
        "  API      {}/api/v1          OpenAPI  {}/api/openapi.json",
        server.url, server.url
    );
    let entries = server
        .engine
        .read(|rows| rows.head())
        .map_or(0, |head| head.seq);
    println!("  store    ./{FOLDER}/data (SQLite, WAL)             ledger   {entries} entries");
    let state = if applied.changed {
        "applied now"
    } else {
        "unchanged"
    };
    println!("  config   revision {} ({state})", applied.revision);
    let names: Vec<&str> = spec
        .environments
        .keys()
        .map(tidegate_core::id::EnvId::as_str)
        .collect();
    println!("  agent    local ({})", names.join(", "));
    for service in spec.services.keys() {
        for env in spec.path_of(service) {
            let port = spec
                .resolve(service, env)
                .ok()
                .and_then(|r| r.run)
                .and_then(|r| r.port);
            if let Some(port) = port {
                println!("  route    {env}/{service}  http://127.0.0.1:{port}");
            }
        }
    }
    println!(
        "Ready. In another terminal: tidegate status   (Ctrl-C stops this; services go on running)"
    );
}
