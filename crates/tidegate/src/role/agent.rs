//! The agent as a process of its own.

mod settings;

use super::signal;
use crate::exit::{Exit, Failure};
use clap::Args;
use settings::Settings;
use std::path::{Path, PathBuf};
use tidegate_agent::{Access, AgentOptions};

/// Variable that names the folder of secrets.
const SECRET_DIR: &str = "TIDEGATE_SECRET_DIR";

/// Options of the agent.
#[derive(Debug, Clone, Args)]
pub struct AgentArgs {
    /// Address of the server; several that share a ledger are separated by commas
    #[arg(long, env = "TIDEGATE_URL")]
    pub server: String,
    /// File with the join token of `tidegate agent enroll`: used once, when there is no credential in the folder
    #[arg(long, value_name = "FILE", conflicts_with = "token_file")]
    pub join_token_file: Option<PathBuf>,
    /// File with a token that somebody made for the agent, instead of a credential it renews by itself
    #[arg(long, value_name = "FILE", env = "TIDEGATE_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// Name of this agent
    #[arg(long, default_value = "local")]
    pub name: String,
    /// Environments it serves [default: all it was let in for]
    #[arg(long, value_delimiter = ',')]
    pub environments: Vec<String>,
    /// Folder that belongs to this agent alone: its key and credential, and what it runs
    #[arg(long, default_value = ".tidegate/agent")]
    pub root: PathBuf,
    /// Folder with a file for each secret: `secret:file/web/db` is the text of `web/db` in it
    #[arg(long, env = SECRET_DIR)]
    pub secret_dir: Option<PathBuf>,
    /// Trust file: people with their keys, and how many must have signed a plan before anything of it begins here
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// What the target is told
    #[command(flatten)]
    pub settings: Settings,
}

/// `tidegate agent run`.
pub async fn run(args: AgentArgs) -> Result<Exit, Failure> {
    let mut options = plain(&args.server, "", &args.name, args.environments, &args.root)?;
    options.access = match &args.token_file {
        Some(file) => Access::Token(token(file)?),
        None => Access::Enrolled {
            join_token: joining(args.join_token_file.as_deref(), &options.target.root)?,
        },
    };
    args.settings.put_into(&mut options);
    options.target.secret_dir = args.secret_dir.map(|dir| secrets(&dir)).transpose()?;
    options.trust = args.trust.map(|file| trust(&file)).transpose()?;
    let serves = match options.environments.as_slice() {
        [] => "what it was let in for".to_owned(),
        named => named.join(", "),
    };
    println!("agent {} serves {serves} for {}", args.name, args.server);
    tidegate_agent::run(options, signal::stop())
        .await
        .map_err(|e| match &e {
            tidegate_agent::Error::NotEnrolled { agent, because } => Failure::new(
                Exit::NotAllowed,
                format!("agent {agent} is not let in: {because}"),
            )
            .help(format!(
                "an administrator makes a join token with `tidegate agent enroll {agent} --environments ...`; it is given with --join-token-file"
            )),
            _ => Failure::new(Exit::Failed, e.to_string()),
        })?;
    Ok(Exit::Done)
}

/// The join token. Its file may be gone once it was used.
fn joining(file: Option<&Path>, root: &Path) -> Result<Option<String>, Failure> {
    let Some(file) = file else {
        return Ok(None);
    };
    match token(file) {
        Ok(text) => Ok(Some(text)),
        Err(_) if root.join("credential.json").exists() && !file.exists() => Ok(None),
        Err(e) => Err(e),
    }
}

/// Options of the agent inside `up`. Its secrets are in the folder that `TIDEGATE_SECRET_DIR` names, or in `secrets` beside
/// `root` when that exists.
pub fn options(
    server: &str,
    token: &str,
    name: &str,
    environments: Vec<String>,
    root: &Path,
) -> Result<AgentOptions, Failure> {
    let mut options = plain(server, token, name, environments, root)?;
    options.target.secret_dir = match std::env::var_os(SECRET_DIR) {
        Some(dir) => Some(secrets(Path::new(&dir))?),
        None => Some(options.target.root.with_file_name("secrets")).filter(|dir| dir.is_dir()),
    };
    Ok(options)
}

/// Options of an agent that starts this very binary for shim and router.
fn plain(
    server: &str,
    token: &str,
    name: &str,
    environments: Vec<String>,
    root: &Path,
) -> Result<AgentOptions, Failure> {
    let trouble = |what: String| Failure::new(Exit::Failed, what);
    let program = std::env::current_exe()
        .map_err(|e| trouble(format!("the path of this program is unknown: {e}")))?;
    std::fs::create_dir_all(root)
        .map_err(|e| trouble(format!("{} cannot be made: {e}", root.display())))?;
    let root = root
        .canonicalize()
        .map_err(|e| trouble(format!("{} cannot be used: {e}", root.display())))?;
    Ok(AgentOptions::new(
        server,
        token,
        name,
        environments,
        root,
        program,
    ))
}

/// The folder of secrets, which must be there: a typing error would otherwise show with the first deployment.
fn secrets(dir: &Path) -> Result<PathBuf, Failure> {
    let trouble = |why: String| {
        Failure::usage(format!("secret folder {} {why}", dir.display())).help(format!(
            "make the folder, or name another with --secret-dir (or {SECRET_DIR})"
        ))
    };
    let dir = dir
        .canonicalize()
        .map_err(|e| trouble(format!("cannot be used: {e}")))?;
    match dir.is_dir() {
        true => Ok(dir),
        false => Err(trouble("is not a folder".to_owned())),
    }
}

/// A trust file that is named must be there: without it the agent would believe the server.
fn trust(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|e| Failure::usage(format!("trust file {} cannot be read: {e}", path.display())))
}

fn token(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::new(
            Exit::NotAllowed,
            format!("{} cannot be read: {e}", path.display()),
        )
    })?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_inside_up_finds_the_folder_of_secrets_beside_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("agent");
        let environments = || vec!["dev".to_owned()];
        let options =
            |root: &Path| options("http://127.0.0.1:1", "t", "local", environments(), root);
        assert_eq!(options(&root).unwrap().target.secret_dir, None);
        std::fs::create_dir(dir.path().join("secrets")).unwrap();
        let found = options(&root).unwrap().target.secret_dir.unwrap();
        assert_eq!(found, dir.path().canonicalize().unwrap().join("secrets"));
    }

    #[test]
    fn a_folder_of_secrets_that_is_not_there_is_named_before_anything_starts() {
        let dir = tempfile::tempdir().unwrap();
        let failure = secrets(&dir.path().join("none")).unwrap_err();
        assert!(
            failure.message.contains("none cannot be used"),
            "{failure:?}"
        );
        assert!(failure.help.unwrap().contains("--secret-dir"));
        std::fs::write(dir.path().join("file"), "").unwrap();
        let failure = secrets(&dir.path().join("file")).unwrap_err();
        assert!(failure.message.ends_with("is not a folder"), "{failure:?}");
    }
}
