//! Artifacts.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::id::{ReleaseId, StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::artifact::{Artifact, Bits, Phase};

/// Authors of one artifact.
const AUTHORS: usize = 500;

/// What a request says about the bits.
pub(crate) fn bits(request: wire::ArtifactRequest) -> Result<(ReleaseId, Bits), Problem> {
    let id = format!("{}@{}", request.service, request.version).parse::<ReleaseId>()?;
    let source = request.source.unwrap_or_default();
    let bits = Bits {
        built_by: None,
        digest: request.digest.parse()?,
        size: request.size,
        location: request.location,
        commit: source.commit,
        repository: source.repository,
        build: request.build.and_then(|build| build.url),
        authors: authors(source.authors)?,
        commits: source.commits,
        migrates: source.migrates,
    };
    for (what, text) in [
        ("commit", &bits.commit),
        ("repository", &bits.repository),
        ("build URL", &bits.build),
    ] {
        crate::command::text(what, text.as_deref().unwrap_or_default())?;
    }
    Ok((id, bits))
}

/// Names and addresses of authors, each once.
fn authors(named: Vec<String>) -> Result<Vec<String>, Problem> {
    if named.len() > AUTHORS {
        return Err(Refusal::OverLimit {
            what: "the number of authors".to_owned(),
            limit: AUTHORS as u64,
        }
        .into());
    }
    let mut kept: Vec<String> = Vec::new();
    for author in named {
        let author = author.trim().to_owned();
        crate::command::text("author", &author)?;
        if author.is_empty() || author.chars().any(char::is_whitespace) {
            return Err(Refusal::Invalid {
                because: format!("`{author}` names no author"),
                help: "write the address of a commit, or the name of a person".to_owned(),
            }
            .into());
        }
        if !kept.contains(&author) {
            kept.push(author);
        }
    }
    Ok(kept)
}

/// A stored artifact.
pub(crate) fn artifact(look: &Look<'_>, key: &str) -> Result<wire::Artifact, Problem> {
    let state: Artifact = look.load("artifact", key)?;
    let id: ReleaseId = key.parse()?;
    let missing = || Refusal::NotFound {
        what: "artifact".to_owned(),
        name: key.to_owned(),
    };
    let bits = state.bits().ok_or_else(missing)?;
    let stream = StreamId::new(StreamKind::Artifact, key);
    let first = look.rows.entries_of(&stream, 1, 1)?;
    Ok(wire::Artifact {
        id: key.to_owned(),
        service: id.service.to_string(),
        version: id.version.to_string(),
        digest: bits.digest.to_string(),
        size: bits.size,
        location: bits.location.clone(),
        phase: match &state.phase {
            Phase::Absent | Phase::Registered { .. } => wire::ArtifactPhase::Registered,
            Phase::Verified { .. } => wire::ArtifactPhase::Verified,
            Phase::Retired { .. } => wire::ArtifactPhase::Retired,
            Phase::Recalled { .. } => wire::ArtifactPhase::Recalled,
        },
        commit: bits.commit.clone(),
        repository: bits.repository.clone(),
        build: bits.build.clone(),
        authors: bits.authors.clone(),
        built_by: bits.built_by.as_ref().map(|built| wire::BuiltBy {
            ci: built.ci.clone(),
            repository: built.repository.clone(),
            reference: built.reference.clone(),
            commit: built.commit.clone(),
            run: built.run.clone(),
            person: built.person.clone(),
        }),
        registered_at: first.first().ok_or_else(missing)?.at,
    })
}
