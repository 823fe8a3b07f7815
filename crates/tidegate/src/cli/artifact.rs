//! `tidegate artifact`: make bits known under a service and version, and look at what is known.

use super::change::{Change, Keyed};
use super::ci::build_of_environment;
use super::pages::{Amount, collect};
use super::reference::release_of;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use std::path::{Path, PathBuf};
use tidegate_client::wire::{Artifact, ArtifactRequest, Build, Reason, Source};
use tidegate_client::{Client, ListFilter};
use tidegate_core::digest::Digest;
use tidegate_core::id::ServiceId;

/// Register artifacts and look at them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make bits known under a service and version, for ever
    #[command(
        after_help = "Examples:\n  tidegate artifact register web@1.1.0 ./web\n  tidegate artifact register web --version 1.1.0 --url https://example.com/web.tar.gz --digest sha256:..."
    )]
    Register(Box<Register>),
    /// List artifacts
    List(List),
    /// Show one artifact
    Show {
        /// `service@version`
        artifact: String,
    },
    /// No longer offer an artifact; what runs keeps running
    Retire(Named),
    /// Forbid an artifact everywhere: no gate lets it pass again
    Recall(Named),
}

#[derive(Debug, clap::Args)]
struct Named {
    /// `service@version`
    artifact: String,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Args)]
struct Register {
    /// `service@version`, or a service with --version
    artifact: String,
    /// File or folder with the bits; its digest is computed
    #[arg(conflicts_with_all = ["file", "url"])]
    path: Option<PathBuf>,
    /// Version
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// File or folder with the bits; its digest is computed
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    file: Option<PathBuf>,
    /// Where agents fetch the bits
    #[arg(long, value_name = "URL", requires = "digest")]
    url: Option<String>,
    /// Digest of the bits; with a file it must be the same
    #[arg(long, value_name = "SHA256")]
    digest: Option<Digest>,
    /// Commit it was built from [default: that of the CI job]
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// Repository of that commit [default: that of the CI job]
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
    /// Who wrote what is new in it: an address of a commit, or a person; may be repeated
    #[arg(long, value_name = "AUTHOR")]
    author: Vec<String>,
    /// How many commits are new in it
    #[arg(long, value_name = "NUMBER")]
    commits: Option<u32>,
    /// Whether it changes a database
    #[arg(long, value_name = "TRUE|FALSE")]
    migrates: Option<bool>,
    /// Page of the build [default: that of the CI job]
    #[arg(long, value_name = "URL")]
    build: Option<String>,
    #[command(flatten)]
    keyed: Keyed,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only of this service
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    amount: Amount,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Register(register) => {
            let request = request(register)?;
            let artifact = session
                .client()?
                .register_artifact(&request, &register.keyed.key()?)
                .await?;
            session.out.show(&artifact, &artifact.id, |look| {
                format!("Registered {}\n{}", artifact.id, text(&artifact, look))
            })?;
            session
                .out
                .hint(&format!("next: tidegate release create {}", artifact.id));
        }
        Verb::List(list) => self::list(list, &session.client()?, session).await?,
        Verb::Show { artifact } => show(
            &session.client()?.artifact(&release_of(artifact)?).await?,
            session,
        )?,
        Verb::Retire(named) => {
            let (id, reason, key) = named.parts(session)?;
            let artifact = session
                .client()?
                .retire_artifact(&id, &reason, &key)
                .await?;
            show(&artifact, session)?;
        }
        Verb::Recall(named) => {
            let (id, reason, key) = named.parts(session)?;
            let artifact = session
                .client()?
                .recall_artifact(&id, &reason, &key)
                .await?;
            show(&artifact, session)?;
        }
    }
    Ok(Exit::Done)
}

impl Named {
    /// Which, why, and the key of the change.
    fn parts(&self, session: &Session) -> Result<(String, Reason, String), Failure> {
        let reason = Reason {
            reason: self.change.reason(session)?,
        };
        Ok((release_of(&self.artifact)?, reason, self.change.key()?))
    }
}

fn show(artifact: &Artifact, session: &Session) -> Result<(), Failure> {
    session.out.show(artifact, &artifact.id, |look| {
        format!("{}\n{}", artifact.id, text(artifact, look))
    })
}

async fn list(list: &List, client: &Client, session: &Session) -> Result<(), Failure> {
    let items: Vec<Artifact> = collect(list.amount.limit, async |after, limit| {
        client
            .artifacts(&ListFilter {
                tag: None,
                service: list.service.clone(),
                limit: Some(limit),
                after,
            })
            .await
    })
    .await?;
    let mut table = Table::new(&[
        Column::Always("ARTIFACT"),
        Column::Always("PHASE"),
        Column::Always("DIGEST"),
        Column::Always("COMMIT"),
        Column::Always("REGISTERED"),
        Column::Wide("SIZE"),
        Column::Wide("LOCATION"),
        Column::Wide("REPOSITORY"),
        Column::Wide("BUILD"),
    ]);
    for a in &items {
        table.row([
            a.id.clone(),
            phase(a),
            short_digest(&a.digest),
            a.commit
                .as_deref()
                .map(|c| c.chars().take(12).collect())
                .unwrap_or_default(),
            session.out.look.zone.stamp(a.registered_at),
            a.size.map(|n| n.to_string()).unwrap_or_default(),
            a.location.clone(),
            a.repository.clone().unwrap_or_default(),
            a.build.clone().unwrap_or_default(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |a| a.id.clone(),
        table,
        none: "no artifacts yet: tidegate artifact register web@1.0.0 ./web",
    })
}

/// `sha256:3b1f8a2c9d4e`.
pub fn short_digest(digest: &str) -> String {
    digest.chars().take("sha256:".len() + 12).collect()
}

fn phase(artifact: &Artifact) -> String {
    format!("{:?}", artifact.phase).to_lowercase()
}

fn text(a: &Artifact, look: &Look) -> String {
    let mut text = format!(
        "  phase       {}\n  digest      {}\n  location    {}\n",
        phase(a),
        a.digest,
        a.location
    );
    let more = [
        ("size", a.size.map(|n| format!("{n} bytes"))),
        ("commit", a.commit.clone()),
        ("repository", a.repository.clone()),
        ("build", a.build.clone()),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            text.push_str(&format!("  {name:<10}  {value}\n"));
        }
    }
    text.push_str(&format!(
        "  registered  {}\n",
        look.zone.stamp(a.registered_at)
    ));
    text
}

fn request(r: &Register) -> Result<ArtifactRequest, Failure> {
    let (service, version) = match (r.artifact.split_once('@'), &r.version) {
        (Some((service, version)), None) => (service.to_owned(), version.to_owned()),
        (None, Some(version)) => (r.artifact.clone(), version.clone()),
        (Some(_), Some(_)) => {
            return Err(Failure::usage("the version is named twice")
                .help("write `web@1.1.0`, or `web --version 1.1.0`"));
        }
        (None, None) => {
            return Err(
                Failure::usage(format!("which version of {} is it?", r.artifact))
                    .help(format!("write `{}@1.1.0`", r.artifact)),
            );
        }
    };
    ServiceId::new(&service).map_err(|bad| Failure::usage(bad.to_string()))?;
    release_of(&format!("{service}@{version}"))?;
    let (digest, size, location) = bits(r)?;
    let ci = build_of_environment();
    let source = Source {
        repository: r.repository.clone().or(ci.repository),
        commit: r.commit.clone().or(ci.commit),
        branch: ci.branch,
        authors: r.author.clone(),
        commits: r.commits,
        migrates: r.migrates,
    };
    let build = r.build.clone().or(ci.url);
    Ok(ArtifactRequest {
        service,
        version,
        digest,
        size,
        location,
        source: (source != Source::default()).then_some(source),
        build: build.map(|url| Build { url: Some(url) }),
    })
}

/// Digest, size and location of the bits.
fn bits(r: &Register) -> Result<(String, Option<u64>, String), Failure> {
    if let (Some(url), Some(digest)) = (&r.url, &r.digest) {
        return Ok((digest.to_string(), None, url.clone()));
    }
    let Some(path) = r.path.as_deref().or(r.file.as_deref()) else {
        return Err(Failure::usage("where are the bits?")
            .help("name a file or folder, or --url with --digest"));
    };
    let path = absolute(path)?;
    let measured = tidegate_drivers::digest_of(&path)
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    if let Some(wanted) = r
        .digest
        .as_ref()
        .filter(|wanted| **wanted != measured.digest)
    {
        return Err(Failure::new(
            Exit::Conflict,
            format!(
                "{} has digest {}, not {wanted}",
                path.display(),
                measured.digest
            ),
        )
        .help("these are other bits than expected; nothing was registered"));
    }
    Ok((
        measured.digest.to_string(),
        Some(measured.size),
        path.display().to_string(),
    ))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|e| {
        Failure::usage(format!("{} cannot be read: {e}", path.display()))
            .help("name the file or folder that holds the bits; nothing was registered")
    })
}
