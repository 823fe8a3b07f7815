//! What the token of a CI says, and whether the configuration trusts it.

use super::{LIFE, SKEW, refused, shortened};
use crate::error::Problem;
use serde::Deserialize;
use tidegate_core::spec::{Ci, Trust};
use tidegate_core::stream::artifact::BuiltBy;
use tidegate_core::time::Timestamp;

/// Claims of GitHub Actions and GitLab CI, as far as they are used.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    /// One audience or several.
    #[serde(default)]
    aud: serde_json::Value,
    exp: u64,
    iat: u64,
    #[serde(default)]
    nbf: Option<u64>,
    /// Id of the token; without it a replay cannot be told.
    #[serde(default)]
    pub(super) jti: String,
    /// GitHub.
    #[serde(default)]
    repository: Option<String>,
    #[serde(default)]
    run_id: Option<serde_json::Value>,
    #[serde(default)]
    actor: Option<String>,
    /// GitLab.
    #[serde(default)]
    project_path: Option<String>,
    #[serde(default)]
    ref_type: Option<String>,
    #[serde(default)]
    pipeline_id: Option<serde_json::Value>,
    #[serde(default)]
    user_login: Option<String>,
    /// Both.
    #[serde(default, rename = "ref")]
    reference: Option<String>,
    #[serde(default)]
    sha: Option<String>,
}

impl Claims {
    fn is_for(&self, audience: &str) -> bool {
        match &self.aud {
            serde_json::Value::String(one) => one == audience,
            serde_json::Value::Array(all) => all.iter().any(|one| one == audience),
            _ => false,
        }
    }

    pub(super) fn expires(&self) -> Result<Timestamp, Problem> {
        let seconds = i64::try_from(self.exp).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).map_err(|_| {
            refused(
                "the token's times cannot be read",
                "ask the CI for a new one",
            )
        })
    }

    pub(super) fn in_time(&self, now: Timestamp) -> Result<(), Problem> {
        let now = u64::try_from(now.as_second()).unwrap_or(0);
        let again = "ask the CI for a new one; if that is refused too, compare the clocks";
        if now >= self.exp.saturating_add(SKEW) {
            return Err(refused("the token has expired", again));
        }
        let begins = self.nbf.unwrap_or(self.iat).max(self.iat);
        if begins > now.saturating_add(SKEW) {
            return Err(refused("the token is not valid yet", again));
        }
        if self.exp.saturating_sub(self.iat) > LIFE {
            return Err(refused(
                "the token lives longer than a day",
                "ask the CI for one with a shorter life",
            ));
        }
        if self.jti.is_empty() {
            return Err(refused(
                "the token has no id (`jti`), so a replay could not be told",
                "send the CI's own OIDC token",
            ));
        }
        Ok(())
    }
}

fn text(value: Option<&serde_json::Value>) -> Option<String> {
    match value? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The first entry of `trust` that this build fits, or why none does.
pub(super) fn judged<'a>(
    claims: &Claims,
    trusted: &'a [Trust],
) -> Result<(&'a Trust, BuiltBy), Problem> {
    let mut last = refused(
        "the token names no repository",
        "send the CI's own OIDC token",
    );
    // An entry with an audience of its own is not met by a token for the audience of another entry.
    for trust in trusted.iter().filter(|t| claims.is_for(&t.audience)) {
        let (repository, run, person) = match trust.ci {
            Ci::GithubActions => (&claims.repository, &claims.run_id, &claims.actor),
            Ci::GitlabCi => (
                &claims.project_path,
                &claims.pipeline_id,
                &claims.user_login,
            ),
        };
        let (Some(repository), Some(reference)) = (repository, &claims.reference) else {
            continue;
        };
        // GitLab names branches and tags without what they are.
        let reference = match (trust.ci, claims.ref_type.as_deref()) {
            (Ci::GitlabCi, Some("branch")) => format!("refs/heads/{reference}"),
            (Ci::GitlabCi, Some(kind)) => format!("refs/{kind}s/{reference}"),
            (Ci::GitlabCi, None) => format!("refs/unknown/{reference}"),
            (Ci::GithubActions, _) => reference.clone(),
        };
        if !trust.has_repository(repository) {
            last = refused(
                format!("builds of `{}` are not trusted", shortened(repository)),
                &format!(
                    "add it to `trust` under `{}` in the configuration",
                    trust.ci.as_str()
                ),
            );
            continue;
        }
        if !trust.has_ref(&reference) {
            return Err(refused(
                format!(
                    "builds of `{}` at `{}` are not trusted",
                    shortened(repository),
                    shortened(&reference)
                ),
                &format!("`trust` allows the refs {}", trust.refs.join(", ")),
            ));
        }
        let built = BuiltBy {
            ci: trust.ci.as_str().to_owned(),
            issuer: claims.iss.clone(),
            subject: shortened(&claims.sub),
            repository: repository.clone(),
            reference,
            commit: claims.sha.clone(),
            run: text(run.as_ref()),
            person: person.clone(),
        };
        return Ok((trust, built));
    }
    Err(last)
}
