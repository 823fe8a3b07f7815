//! Builds show who they are with the token of their own CI, so that no secret is stored there: signature, issuer, audience,
//! times, repository and ref are checked, and a token is used for one registration.
//!
//! The text of a token is never kept, logged or answered; what is kept is the digest of its id until it has expired.

mod claims;
mod keys;

pub(crate) use keys::{Keys, http};

use super::caller::Way;
use super::{AccessToken, Caller};
use crate::App;
use crate::error::{Problem, kind};
use crate::extract::KEY_HEADER;
use axum::http::{HeaderMap, Method};
use claims::Claims;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::digest::Digest;
use tidegate_core::spec::Trust;
use tidegate_core::stream::artifact::BuiltBy;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::{StoreError, Tx};

/// Signatures that are accepted: public-key ones only, so that a public key can never be taken for a shared secret.
const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::RS256,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
];
/// How far clocks may differ, in seconds.
pub(crate) const SKEW: u64 = 60;
/// Longest life of a token that is accepted, in seconds.
const LIFE: u64 = 24 * 3_600;
/// Longest token, in bytes.
const LONGEST: usize = 16 * 1024;
/// Ids of tokens that were used, by issuer and id.
const USED: &str = "ci-token-used";
/// Ids that are looked through for expired ones when one is added.
const SWEEP: usize = 200;

/// Does it look like a token of a CI, as opposed to one of ours?
pub(crate) fn looks_like_one(text: &str) -> bool {
    text.starts_with("ey") && text.bytes().filter(|b| *b == b'.').count() == 2
}

fn refused(because: impl Into<String>, help: &str) -> Problem {
    Problem::new(&kind::UNTRUSTED, because, help)
}

/// Who carries this token: a build, which may register artifacts and nothing else.
pub(crate) async fn caller(
    app: &App,
    (method, path): (&Method, &str),
    headers: &HeaderMap,
    token: &str,
) -> Result<Caller, Problem> {
    if (method, path) != (&Method::POST, "/api/v1/artifacts") {
        return Err(refused(
            "a CI's own token registers artifacts and nothing else",
            "use a token of Tidegate: `tidegate token create <name> --role publisher`",
        ));
    }
    if token.len() > LONGEST {
        return Err(refused(
            "the token is longer than 16 KiB",
            "send the CI's own token",
        ));
    }
    if token.ends_with('.') {
        return Err(refused(
            "tokens without a signature are not accepted",
            "send the token exactly as the CI gave it",
        ));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| unreadable())?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refused(
            format!("tokens signed with {:?} are not accepted", header.alg),
            "the CI must sign with RS256, PS256, ES256 or EdDSA",
        ));
    }
    let unproven: serde_json::Value = jsonwebtoken::dangerous::insecure_decode(token)
        .map_err(|_| unreadable())?
        .claims;
    let issuer = unproven["iss"].as_str().ok_or_else(unreadable)?.to_owned();
    let trusted: Vec<Trust> = app
        .engine()
        .in_force()
        .spec
        .trust
        .iter()
        .filter(|t| t.issuer.trim_end_matches('/') == issuer.trim_end_matches('/'))
        .cloned()
        .collect();
    if trusted.is_empty() {
        return Err(refused(
            format!("no `trust` names the issuer `{}`", shortened(&issuer)),
            "add it to `trust` in the configuration, or use a token of Tidegate",
        ));
    }
    let key = app
        .keys()
        .key(&issuer, header.kid.as_deref(), app.engine().now())
        .await?;
    let claims = proven(
        token,
        header.alg,
        &key,
        &issuer,
        &trusted,
        app.engine().now(),
    )?;
    let (trust, built) = claims::judged(&claims, &trusted)?;
    let command = headers
        .get(KEY_HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let id = format!(
        "{}/{}",
        Digest::of(issuer.as_bytes()),
        Digest::of(claims.jti.as_bytes())
    );
    let until = Millis(SKEW * 1_000).after(claims.expires()?);
    app.blocking(move |engine| {
        let now = engine.now();
        if engine.write_rows(|tx| once(tx, &id, &command, until, now))? {
            return Ok(());
        }
        Err(refused(
            "the token was used before, for another registration",
            "each registration needs a token of its own: ask the CI for a new one",
        ))
    })
    .await?;
    let name = format!("{}:{}", trust.ci.as_str(), built.repository);
    let actor = Actor::machine(name, Role::Publisher);
    Ok(Caller::new(actor, Way::Build(built), Some(until)))
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

fn unreadable() -> Problem {
    refused(
        "the token cannot be read as one of a CI",
        "send the CI's own OIDC token, or one of Tidegate",
    )
}

/// Signature, issuer, audience and times.
fn proven(
    token: &str,
    algorithm: Algorithm,
    key: &DecodingKey,
    issuer: &str,
    trusted: &[Trust],
    now: Timestamp,
) -> Result<Claims, Problem> {
    let mut rules = Validation::new(algorithm);
    rules.set_issuer(&[issuer]);
    let audiences: Vec<&str> = trusted.iter().map(|t| t.audience.as_str()).collect();
    rules.set_audience(&audiences);
    rules.set_required_spec_claims(&["exp", "iat", "aud", "iss", "sub"]);
    // The times are compared with the server's clock below.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, key, &rules)
        .map_err(|error| wrong(error.kind(), &audiences))?
        .claims;
    claims.in_time(now)?;
    Ok(claims)
}

fn wrong(kind: &jsonwebtoken::errors::ErrorKind, audiences: &[&str]) -> Problem {
    use jsonwebtoken::errors::ErrorKind as Kind;
    match kind {
        Kind::InvalidSignature => refused(
            "the signature of the token is wrong",
            "send the token exactly as the CI gave it",
        ),
        Kind::InvalidAudience => refused(
            "the token is for another audience",
            &format!(
                "ask the CI for one with the audience `{}`",
                audiences.join("` or `")
            ),
        ),
        Kind::InvalidAlgorithm => refused(
            "the token is signed with another algorithm than its key is for",
            "send the token exactly as the CI gave it",
        ),
        Kind::MissingRequiredClaim(claim) => refused(
            format!("the token has no `{claim}`"),
            "send the CI's own OIDC token",
        ),
        _ => unreadable(),
    }
}

/// Note that a token was used. False when it was, for another registration: the same one may be repeated.
fn once(
    tx: &mut dyn Tx,
    id: &str,
    command: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for (key, body) in tx.scan(USED, "", None, SWEEP, false)? {
        let ended = body
            .split_once(' ')
            .and_then(|(end, _)| end.parse::<Timestamp>().ok());
        if ended.is_some_and(|end| now >= end) {
            tx.put_model(USED, &key, None)?;
        }
    }
    if let Some(body) = tx.model(USED, id)? {
        let same = body.split_once(' ').is_some_and(|(_, by)| by == command);
        return Ok(same && !command.is_empty());
    }
    tx.put_model(USED, id, Some(&format!("{until} {command}")))?;
    Ok(true)
}

/// What a registration says and what the token proves must be the same build.
pub(crate) fn bound(
    built: &BuiltBy,
    bits: &mut tidegate_core::stream::artifact::Bits,
) -> Result<(), Problem> {
    let differs = |what: &str, said: &str, proven: &str| {
        refused(
            format!(
                "the registration names the {what} `{}`, and the token proves `{proven}`",
                shortened(said)
            ),
            "leave it out, or register from the build it belongs to",
        )
    };
    match &bits.repository {
        Some(said) if *said != built.repository => {
            return Err(differs("repository", said, &built.repository));
        }
        _ => bits.repository = Some(built.repository.clone()),
    }
    match (&bits.commit, &built.commit) {
        (Some(said), Some(proven)) if said != proven => {
            return Err(differs("commit", said, proven));
        }
        (None, Some(proven)) => bits.commit = Some(proven.clone()),
        _ => {}
    }
    bits.built_by = Some(built.clone());
    Ok(())
}

/// Of the token in a header, if it is not one of ours.
pub(crate) fn of_header(text: &str) -> Option<&str> {
    (AccessToken::parse(text).is_none() && looks_like_one(text)).then_some(text)
}
