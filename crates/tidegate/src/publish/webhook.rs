//! A checkpoint posted to an address.

use serde_json::json;
use std::time::Duration;
use tidegate_ledger::seal::Sealed;
use tidegate_policy::webhook::signature;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A POST; any answer but 2xx is a failure, redirects are not followed.
pub(super) async fn post(
    url: &str,
    key: Option<&str>,
    note: &str,
    sealed: &Sealed,
) -> Result<String, String> {
    let address =
        reqwest::Url::parse(url).map_err(|e| format!("the webhook is no address: {e}"))?;
    // A password in the address, or a token in its query, is not shown.
    let shown = address.host_str().unwrap_or("the webhook").to_owned();
    let bad = |e: reqwest::Error| format!("webhook at {shown}: {}", told(&e.without_url()));
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(bad)?;
    let body = json!({
        "origin": sealed.origin, "size": sealed.size, "root": sealed.root.to_string(), "note": note,
    });
    let body = body.to_string();
    // The same checkpoint has the same id, so that a receiver can tell a repetition.
    let id = format!("{}/{}", sealed.origin, sealed.size);
    let at = crate::clock::now().as_second();
    let mut request = client
        .post(address)
        .header("content-type", "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", at);
    if let Some(key) = key {
        let value = signature(key, &id, at, &body);
        let value = value.map_err(|why| format!("webhook at {shown}: {why}"))?;
        request = request.header("webhook-signature", value);
    }
    let answer = request.body(body).send().await.map_err(bad)?;
    match answer.status() {
        status if status.is_success() => Ok(format!("posted to {shown} ({status})")),
        status => Err(format!("webhook at {shown}: it answered {status}")),
    }
}

/// With what lies behind it: "error sending request" alone helps nobody.
fn told(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
