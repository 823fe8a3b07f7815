//! What is said between this server and the provider. Issuer, audience, signature, nonce and times of its word are checked by
//! the library; only RS256 is taken, so that no other kind of key can stand in.

use super::failed;
use crate::App;
use crate::auth::workload::http;
use crate::error::{Problem, kind};
use openidconnect::core::{CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, PkceCodeVerifier, RedirectUrl, TokenResponse,
};
use std::collections::BTreeSet;
use tidegate_core::spec::SignIn;
use tidegate_core::time::Timestamp;

/// How far clocks may differ, in seconds.
const SKEW: i64 = 60;
/// Largest answer, in bytes.
const LARGEST: usize = 256 * 1024;

/// A client of the provider.
pub(super) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What the provider says of a person.
pub(super) struct Told {
    /// Stable id at the provider.
    pub(super) subject: String,
    /// Name by which the person is known there.
    pub(super) username: Option<String>,
    /// Groups.
    pub(super) groups: BTreeSet<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unanswered(String);

async fn exchange(request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let broken = |e: reqwest::Error| {
        Unanswered(if e.is_timeout() {
            "it did not answer within 5 s".to_owned()
        } else if e.is_connect() {
            "it cannot be reached".to_owned()
        } else {
            "the answer broke off".to_owned()
        })
    };
    let (parts, body) = request.into_parts();
    let url = parts.uri.to_string();
    let client = http(&url).map_err(|_| Unanswered("no connection can be made".to_owned()))?;
    let mut answer = client
        .request(parts.method, url)
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .map_err(broken)?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    while let Some(chunk) = answer.chunk().await.map_err(broken)? {
        if response.body().len() + chunk.len() > LARGEST {
            return Err(Unanswered("the answer is larger than 256 KiB".to_owned()));
        }
        response.body_mut().extend_from_slice(&chunk);
    }
    Ok(response)
}

fn down(sign_in: &SignIn, because: &str) -> Problem {
    Problem::new(
        &kind::PROVIDER,
        format!(
            "the identity provider at {} cannot be used: {because}",
            sign_in.oidc
        ),
        "nobody was signed in; try again when it answers, or sign in with an account of this server",
    )
}

/// Ask the provider what it is, and meet it as configured.
pub(super) async fn client(app: &App, sign_in: &SignIn) -> Result<Client, Problem> {
    let issuer = IssuerUrl::new(sign_in.oidc.clone())
        .map_err(|e| down(sign_in, &format!("its address cannot be read: {e}")))?;
    let metadata = CoreProviderMetadata::discover_async(issuer, &exchange)
        .await
        .map_err(|error| {
            let because = match &error {
                openidconnect::DiscoveryError::Request(e) => e.to_string(),
                openidconnect::DiscoveryError::Validation(e) => e.clone(),
                _ => "what it says about itself cannot be read".to_owned(),
            };
            down(sign_in, &because)
        })?;
    let secret = match &sign_in.secret {
        Some(reference) => {
            let text = app.options().secret(reference).map_err(|because| {
                down(
                    sign_in,
                    &format!("the secret of this server there is not known: {because}"),
                )
            })?;
            Some(ClientSecret::new(text))
        }
        None => None,
    };
    let back = RedirectUrl::new(format!("{}/login/callback", app.options().base)).map_err(|e| {
        down(
            sign_in,
            &format!("this server's own address cannot be read: {e}"),
        )
    })?;
    let client =
        CoreClient::from_provider_metadata(metadata, ClientId::new(sign_in.client.clone()), secret)
            .set_redirect_uri(back);
    Ok(client)
}

/// Exchange the code for what the provider says of the person, checked.
pub(super) async fn told(
    client: &Client,
    sign_in: &SignIn,
    (code, verifier, nonce): (String, PkceCodeVerifier, &Nonce),
    now: Timestamp,
) -> Result<Told, Problem> {
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|_| down(sign_in, "it names no endpoint for tokens"))?
        .set_pkce_verifier(verifier)
        .request_async(&exchange)
        .await
        .map_err(|error| match error {
            openidconnect::RequestTokenError::ServerResponse(e) => {
                failed(format!("the identity provider refused the code: {e}"))
            }
            openidconnect::RequestTokenError::Request(e) => down(sign_in, &e.to_string()),
            _ => down(sign_in, "its answer cannot be read"),
        })?;
    let token = answer
        .id_token()
        .ok_or_else(|| failed("the identity provider sent no ID token"))?;
    let latest = now.as_second().saturating_add(SKEW);
    let verifier = client
        .id_token_verifier()
        .set_issue_time_verifier_fn(move |at| {
            if at.timestamp() <= latest {
                Ok(())
            } else {
                Err("it was issued in the future".to_owned())
            }
        });
    let claims = token.claims(&verifier, nonce).map_err(|error| {
        failed(format!(
            "the word of the identity provider is not believed: {error}"
        ))
    })?;
    // The groups are under a name of the company's own; the token they stand in was checked above.
    let all: serde_json::Value =
        jsonwebtoken::dangerous::insecure_decode(token.to_string().as_bytes())
            .map(|data| data.claims)
            .map_err(|_| failed("the ID token cannot be read"))?;
    let groups = match &all[sign_in.groups_claim.as_str()] {
        serde_json::Value::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        serde_json::Value::String(one) => BTreeSet::from([one.clone()]),
        _ => BTreeSet::new(),
    };
    Ok(Told {
        subject: claims.subject().to_string(),
        username: claims.preferred_username().map(|name| name.to_string()),
        groups,
    })
}
