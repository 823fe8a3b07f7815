//! Whoever is let in no more, or only elsewhere, gets nowhere with any operation.

use super::table::{Who, table};
use super::{leased, operations};
use crate::builds::Company;
use crate::enrolment::{Hands, enrolment, join};
use crate::server::Server;
use crate::users::known;
use serde_json::json;
use std::collections::BTreeSet;
use tidegate_client::wire::{EnrolmentRequest, Role, TokenRequest};
use tidegate_core::possession::HEADER;
use tidegate_core::time::Millis;
use tidegate_policy::signature::Key;

/// Somebody who was let in once, or is let in elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stranger {
    /// An admin's token that has expired.
    Expired,
    /// An admin's token that was revoked.
    Revoked,
    /// An admin's token for production only, where all is asked of staging.
    Elsewhere,
    /// A build, with a token for another audience.
    OtherAudience,
    /// The agent of another environment.
    OtherAgent,
    /// An administrator of another business unit.
    OtherUnit,
    /// A join token, which is for the exchange alone.
    Joining,
    /// A copy of an agent's credential, without its key.
    Copied,
    /// An agent with a credential of its own that was revoked.
    RevokedAgent,
    /// An agent with a credential of its own that has expired.
    ExpiredAgent,
    /// The agent of another environment, with a credential of its own.
    OtherEnrolled,
}

/// What is nobody's business in particular: lending a right of one's own, and one's own tokens.
const OWN: [&str; 4] = ["tokens", "create_token", "delegate", "revoke_delegation"];
/// Asked about something that is not there, which whoever may decide somewhere is told.
const NOTHING_THERE: [&str; 2] = ["revoke_token", "revoke_agent"];

impl Stranger {
    /// Status and code of the refusal; absent when it may.
    fn refused(self, who: Who, id: &str) -> Option<(u16, &'static str)> {
        // It names versions and no place, or ends nothing but itself, which a token is told.
        let nowhere = ["register_artifact", "create_release", "sign_out"].contains(&id);
        match self {
            Self::Expired | Self::Revoked => Some((401, "TG3001")),
            Self::Joining | Self::Copied => Some((401, "TG3001")),
            Self::RevokedAgent | Self::ExpiredAgent => Some((401, "TG3001")),
            Self::OtherEnrolled => Some((403, "TG2008")),
            Self::OtherAudience => Some((401, "TG3024")),
            // Of its own name, with a token that nobody renews.
            Self::OtherAgent if id == "renew_credential" => Some((422, "TG2004")),
            Self::OtherAgent => Some((403, "TG2008")),
            Self::OtherUnit if who == Who::Readers || OWN.contains(&id) => None,
            Self::OtherUnit if NOTHING_THERE.contains(&id) => Some((404, "TG2003")),
            Self::OtherUnit => Some((403, "TG2008")),
            Self::Elsewhere if nowhere || who == Who::Readers => None,
            Self::Elsewhere => Some((403, "TG2008")),
        }
    }
}

const UNITS: &str = "\
---
teams:
  me: { members: [ana] }
  others: { members: [ben] }
---
units:
  shop: { teams: [me], environments: [staging] }
  bank: { teams: [others], roles: { others: admin } }
";

/// What a stranger shows: a token, and for agents that were let in the key as well.
enum Shown {
    Token(String),
    Signed(Hands),
}

/// Agents that were let in once, or elsewhere.
async fn enrolled(server: &Server) -> [(Stranger, Shown); 5] {
    let client = server.client();
    let expired = EnrolmentRequest {
        credential_s: Some(60),
        ..enrolment("expired-agent", &["staging"])
    };
    let made = client.enroll_agent(&expired).await.unwrap().token;
    let (key, pem) = Key::new().unwrap();
    let answer = join(server, "expired-agent", &key, &made).await;
    let expired = Hands {
        name: "expired-agent".to_owned(),
        key,
        pem,
        token: answer.body["token"].as_str().unwrap().to_owned(),
    };
    let revoked = Hands::of(server, "revoked-agent", &["staging"]).await;
    client.revoke_agent("revoked-agent").await.unwrap();
    let copied = Hands::of(server, "copied", &["staging"]).await.token;
    let joining = enrolment("joining", &["staging"]);
    let joining = client.enroll_agent(&joining).await.unwrap().token;
    let other = Hands::of(server, "other", &["production"]).await;
    [
        (Stranger::Joining, Shown::Token(joining)),
        (Stranger::Copied, Shown::Token(copied)),
        (Stranger::RevokedAgent, Shown::Signed(revoked)),
        (Stranger::ExpiredAgent, Shown::Signed(expired)),
        (Stranger::OtherEnrolled, Shown::Signed(other)),
    ]
}

async fn strangers(company: &Company) -> [(Stranger, Shown); 11] {
    let server = &company.server;
    let admin = |name: &str, environments: &[&str], expires_in_s| TokenRequest {
        name: name.to_owned(),
        role: Role::Admin,
        environments: environments.iter().map(|e| (*e).to_owned()).collect(),
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s,
    };
    let made = async |request: TokenRequest| {
        let made = server.client().create_token(&request).await;
        made.unwrap().token
    };
    let expired = made(admin("expired", &[], Some(60))).await;
    let revoked = made(admin("revoked", &[], None)).await;
    server.client().revoke_token("revoked").await.unwrap();
    known(server, "ben", "viewer").await;
    company.with(UNITS).await;
    let other_unit = made(TokenRequest {
        owner: Some("ben".to_owned()),
        ..admin("other-unit", &[], None)
    });
    let other_unit = other_unit.await;
    let elsewhere = made(admin("elsewhere", &["production"], None)).await;
    let agent = server
        .token("the-agent", Role::Agent, &["production"])
        .await;
    let [
        joining,
        copied,
        revoked_agent,
        expired_agent,
        other_enrolled,
    ] = enrolled(server).await;
    server.advance(Millis::secs(61));
    let mut claims = company.claims("matrix");
    claims["aud"] = json!("somebody-else");
    [
        (Stranger::Expired, Shown::Token(expired)),
        (Stranger::Revoked, Shown::Token(revoked)),
        (Stranger::Elsewhere, Shown::Token(elsewhere)),
        (
            Stranger::OtherAudience,
            Shown::Token(company.signed(&claims)),
        ),
        (Stranger::OtherAgent, Shown::Token(agent)),
        (Stranger::OtherUnit, Shown::Token(other_unit)),
        joining,
        copied,
        revoked_agent,
        expired_agent,
        other_enrolled,
    ]
}

#[tokio::test]
async fn whoever_is_let_in_no_more_or_only_elsewhere_gets_nowhere_with_any_operation() {
    let company = Company::new().await;
    let server = &company.server;
    let deployment = server.deployed("1.0.0", "staging").await.id;
    known(server, "ana", "viewer").await;
    let worker = server.token("worker", Role::Agent, &["staging"]).await;
    let table = table(&leased(server, "worker", &worker).await);
    let strangers = strangers(&company).await;
    let before = server.seq().await;
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for (method, path, id) in operations(&deployment) {
        let (who, body) = &table[id.as_str()];
        if matches!(who, Who::Everybody | Who::Unsigned) {
            continue;
        }
        for (stranger, shown) in &strangers {
            let key = format!("{id}-{stranger:?}");
            let plan = format!("\"sha256:{}\"", "0".repeat(64));
            let (token, proof) = match shown {
                Shown::Token(token) => (token, String::new()),
                Shown::Signed(hands) => {
                    let now = server.engine.now();
                    let proof = hands.proof((&method, &path), now, body.as_ref());
                    (&hands.token, proof)
                }
            };
            let header = [
                ("idempotency-key", key.as_str()),
                ("if-match", plan.as_str()),
                (HEADER, proof.as_str()),
            ];
            let answer = server
                .send_with(&method, &path, Some(token), body.clone(), &header)
                .await;
            let code = answer.body["code"].as_str().unwrap_or_default();
            cells += 1;
            let right = match stranger.refused(*who, &id) {
                None => ![401, 403, 500].contains(&answer.status),
                Some(refusal) => (answer.status, code) == refusal,
            };
            if !right {
                let text = answer.body["detail"].as_str().unwrap_or_default();
                let status = answer.status;
                wrong.push(format!("{id} as {stranger:?}: {status} {code} {text}"));
            }
        }
    }
    println!(
        "{cells} of {cells} cells of strangers executed, {} wrong",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let filter = tidegate_client::EntryFilter {
        after: Some(before.to_string()),
        limit: Some(200),
        ..Default::default()
    };
    let all = server.client().audit(&filter).await.unwrap().items;
    let since: BTreeSet<(String, String)> = all
        .into_iter()
        // The deployment that waits there goes on by itself.
        .filter(|entry| entry.actor != "tidegate")
        .map(|entry| (entry.actor, entry.kind))
        .collect();
    let by = |who: &str, kind: &str| (who.to_owned(), kind.to_owned());
    let expected = BTreeSet::from([
        by("elsewhere", "access.refused/1"),
        by("elsewhere", "artifact.registered/1"),
        // A token of one's own is one's own business.
        by("other-unit", "access.granted/1"),
        by("other-unit", "access.refused/1"),
        by("agent:other", "access.refused/1"),
        by("the-agent", "access.refused/1"),
    ]);
    assert_eq!(since, expected);
}
