//! The whole matrix: every operation for nobody, for a stranger and for every role. Whoever adds an operation says here who
//! may use it; an operation that is not in the table fails the test.

use crate::builds::Company;
use crate::server::{CONFIG, Server, artifact};
use crate::users::known;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_client::wire::{Role, TokenRequest};
use tidegate_core::time::Millis;

const PASSWORD: &str = "four plain words here";
const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// Who may use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Everybody,
    /// Everybody, and refused for what is said, not for who says it.
    Unsigned,
    /// Somebody signed in; nobody with a token.
    Signed,
    Readers,
    Publishers,
    Approvers,
    Operators,
    Admins,
    Agents,
}

/// In the order in which they knock: those who may do least first, so that what the others do hides nothing.
const ROLES: [Role; 6] = [
    Role::Agent,
    Role::Viewer,
    Role::Publisher,
    Role::Approver,
    Role::Operator,
    Role::Admin,
];

impl Who {
    fn includes(self, role: Role) -> bool {
        match self {
            Self::Everybody => true,
            Self::Signed | Self::Unsigned => false,
            Self::Readers => role != Role::Agent,
            Self::Publishers => matches!(role, Role::Publisher | Role::Operator | Role::Admin),
            Self::Approvers => matches!(role, Role::Approver | Role::Operator | Role::Admin),
            Self::Operators => matches!(role, Role::Operator | Role::Admin),
            Self::Admins => role == Role::Admin,
            Self::Agents => role == Role::Agent,
        }
    }
}

/// Every operation: who may use it, and a body it understands.
fn table(action: &str) -> BTreeMap<&'static str, (Who, Option<Value>)> {
    let because = || Some(json!({ "reason": "because" }));
    let passenger = || Some(json!({ "release": "web@1.0.0", "reason": "because" }));
    let seldom =
        |who, ids: &[&'static str]| ids.iter().map(|id| (*id, (who, None))).collect::<Vec<_>>();
    let account = || Some(json!({ "account": "oidc:1", "reason": "because" }));
    let mut all = BTreeMap::new();
    all.extend(seldom(
        Who::Everybody,
        &["openapi", "health", "problem_page", "calendar_feed"],
    ));
    all.extend(seldom(
        Who::Readers,
        &[
            "agents",
            "artifacts",
            "artifact",
            "users",
            "user",
            "whoami",
            "sign_out",
            "audit",
            "audit_checkpoint",
            "audit_consistency",
            "audit_export",
            "audit_proof",
            "audit_verification",
            "config",
            "effective_config",
            "config_revisions",
            "decision",
            "deployments",
            "deployment",
            "deployment_events",
            "doctor",
            "environments",
            "environment",
            "queue",
            "events",
            "exception",
            "exceptions",
            "freeze",
            "freezes",
            "approvals",
            "change",
            "changes",
            "delegation",
            "delegations",
            "vote_statement",
            "calendar",
            "calendar_entries",
            "calendar_entry",
            "imported_calendars",
            "conflicts",
            "next_slots",
            "standing",
            "windows",
            "vendors",
            "legacy",
            "releases",
            "release",
            "release_risk",
            "status",
            "usage",
            "trains",
            "train",
            "departure",
            "whereabouts",
        ],
    ));
    let files = json!({ "files": { "tidegate.yaml": CONFIG } });
    let new = json!({ "release": "web@1.0.0", "environment": "staging" });
    let back = json!({ "service": "web", "environment": "staging", "reason": "because" });
    let work = json!({ "environments": ["staging"], "max": 1, "wait_ms": 0 });
    let report =
        json!({ "action": action, "epoch": 1, "state": { "state": "running", "note": "at it" } });
    all.extend([
        ("plan_config", (Who::Readers, Some(files.clone()))),
        (
            "register_artifact",
            (Who::Publishers, Some(json!(artifact("web", "2.0.0")))),
        ),
        (
            "create_release",
            (Who::Publishers, Some(json!({ "release": "web@1.0.0" }))),
        ),
        ("recall_artifact", (Who::Operators, because())),
        ("retire_artifact", (Who::Operators, because())),
        ("deploy", (Who::Operators, Some(new))),
        ("roll_back", (Who::Operators, Some(back))),
        (
            "promote",
            (Who::Operators, Some(json!({ "to": "staging" }))),
        ),
        ("unhold_release", (Who::Operators, because())),
        ("cancel_release", (Who::Operators, because())),
        (
            "declare_freeze",
            (
                Who::Operators,
                Some(json!({ "name": "matrix", "reason": "because" })),
            ),
        ),
        ("extend_freeze", (Who::Operators, because())),
        (
            "declare_entry",
            (
                Who::Operators,
                Some(json!({
                    "kind": "board", "title": "Weekly board", "reason": "because",
                    "time": { "phrase": "Wed 14:00-15:00" },
                })),
            ),
        ),
        (
            "move_entry",
            (
                Who::Operators,
                Some(json!({ "time": { "phrase": "Thu 14:00-15:00" }, "reason": "because" })),
            ),
        ),
        ("cancel_entry", (Who::Operators, because())),
        ("consent_to_release", (Who::Operators, passenger())),
        ("withdraw_consent", (Who::Operators, passenger())),
        ("lift_freeze", (Who::Operators, because())),
        (
            "ask_exception",
            (
                Who::Operators,
                Some(json!({ "release": "web@1.0.0", "reason": "because" })),
            ),
        ),
        ("grant_exception", (Who::Approvers, because())),
        ("refuse_exception", (Who::Approvers, because())),
        ("revoke_exception", (Who::Operators, because())),
        ("review_exception", (Who::Approvers, because())),
        (
            "delegate",
            (
                Who::Approvers,
                Some(json!({
                    "team": "nobody", "to": "ana", "until": "2126-01-01T00:00:00Z", "reason": "because"
                })),
            ),
        ),
        ("revoke_delegation", (Who::Approvers, because())),
        ("approve_change", (Who::Approvers, Some(json!({})))),
        ("approve_release", (Who::Approvers, Some(json!({})))),
        ("reject_change", (Who::Approvers, because())),
        ("reject_release", (Who::Approvers, because())),
        (
            "raise_change",
            (
                Who::Approvers,
                Some(json!({ "class": "major", "reason": "because" })),
            ),
        ),
        ("lower_change", (Who::Approvers, because())),
        (
            "write_document",
            (
                Who::Approvers,
                Some(json!({ "document": "impact", "text": "none" })),
            ),
        ),
        (
            "review_change",
            (Who::Approvers, Some(json!({ "findings": "a typo" }))),
        ),
        (
            "declare_emergency",
            (
                Who::Operators,
                Some(json!({
                    "environment": "production", "incident": "INC-1", "reason": "because"
                })),
            ),
        ),
        ("hold_environment", (Who::Operators, because())),
        ("open_environment", (Who::Operators, because())),
        ("break_lock", (Who::Admins, because())),
        ("fence_environment", (Who::Admins, because())),
        ("abort", (Who::Operators, because())),
        ("advance", (Who::Operators, because())),
        ("pause", (Who::Operators, because())),
        ("resume", (Who::Operators, Some(json!({})))),
        ("settle", (Who::Operators, because())),
        (
            "board",
            (Who::Operators, Some(json!({ "release": "web@1.0.0" }))),
        ),
        ("leave_departure", (Who::Operators, passenger())),
        ("admit_passenger", (Who::Operators, passenger())),
        (
            "promise_feature",
            (
                Who::Operators,
                Some(json!({ "feature": "checkout", "requires": ["web@1.0.0"] })),
            ),
        ),
        (
            "decide_departure",
            (
                Who::Approvers,
                Some(json!({ "go": true, "reason": "because" })),
            ),
        ),
        ("postpone_departure", (Who::Operators, because())),
        ("cancel_departure", (Who::Operators, because())),
        ("depart", (Who::Operators, because())),
        ("keep_pace", (Who::Operators, because())),
        (
            "import_calendar",
            (
                Who::Operators,
                Some(json!({
                    "kind": "maintenance", "calendar": "vendor", "reason": "because",
                    "text": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
                })),
            ),
        ),
        ("end_imported_calendar", (Who::Operators, because())),
        ("apply_config", (Who::Admins, Some(files))),
        ("tokens", (Who::Admins, None)),
        ("calendar_feeds", (Who::Admins, None)),
        (
            "create_calendar_feed",
            (Who::Admins, Some(json!({ "name": "planners" }))),
        ),
        ("revoke_calendar_feed", (Who::Admins, None)),
        (
            "create_token",
            (
                Who::Admins,
                Some(json!({ "name": "another", "role": "viewer" })),
            ),
        ),
        ("revoke_token", (Who::Admins, None)),
        (
            "sign_in",
            (
                Who::Everybody,
                Some(json!({ "account": "ana", "password": PASSWORD })),
            ),
        ),
        (
            "begin_sign_in",
            (
                Who::Everybody,
                Some(json!({ "port": 9, "challenge": format!("sha256:{}", "0".repeat(64)) })),
            ),
        ),
        (
            "complete_sign_in",
            (Who::Unsigned, Some(json!({ "code": "x", "verifier": "y" }))),
        ),
        (
            "create_user",
            (
                Who::Admins,
                Some(json!({ "name": "hugo", "role": "viewer" })),
            ),
        ),
        ("link_account", (Who::Admins, account())),
        ("unlink_account", (Who::Admins, account())),
        (
            "change_user_role",
            (
                Who::Admins,
                Some(json!({ "role": "operator", "reason": "because" })),
            ),
        ),
        (
            "change_addresses",
            (
                Who::Admins,
                Some(json!({ "emails": [], "reason": "because" })),
            ),
        ),
        (
            "set_password",
            (Who::Admins, Some(json!({ "password": PASSWORD }))),
        ),
        ("end_sessions", (Who::Admins, because())),
        ("disable_user", (Who::Admins, because())),
        ("restore_user", (Who::Admins, because())),
        (
            "register_key",
            (
                Who::Signed,
                Some(json!({ "name": "laptop", "publicKey": KEY })),
            ),
        ),
        (
            "revoke_key",
            (
                Who::Admins,
                Some(json!({ "name": "laptop", "reason": "because" })),
            ),
        ),
        ("lease", (Who::Agents, Some(work))),
        (
            "observe",
            (
                Who::Agents,
                Some(json!({ "environments": ["staging"], "seen": {} })),
            ),
        ),
        ("report", (Who::Agents, Some(report))),
    ]);
    all
}

/// The work that waits in staging, leased by an agent of it.
async fn leased(server: &Server, agent: &str, token: &str) -> String {
    let path = format!("/api/v1/agents/{agent}/leases");
    let body = json!({ "environments": ["staging"], "max": 1, "wait_ms": 10_000 });
    let answer = server.send("POST", &path, Some(token), Some(body)).await;
    let action = answer.body["actions"][0]["id"].as_str();
    action.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// Method, path and operation of everything in the OpenAPI document, with names filled in that exist.
fn operations(deployment: &str) -> Vec<(String, String, String)> {
    let document = serde_json::to_value(tidegate_api::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path
                .replace("{id}", deployment)
                .replace("{reference}", "web@1.0.0")
                .replace("{environment}", "staging")
                .replace("{freeze}", "FRZ-nothing")
                .replace("{exception}", "EXC-9")
                .replace("{delegation}", "DLG-9")
                .replace("{change}", "CHG-9")
                .replace("{entry}", "board-9")
                .replace("{feed}", "board-cab")
                .replace("{agent}", "the-agent")
                .replace("{train}", "retail")
                .replace("{number}", "next")
                .replace("{user}", "ana")
                .replace("{name}", "nobody")
                .replace("{slug}", "blocked");
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let query = match id.as_str() {
                "audit_consistency" => "?from=1",
                "audit_proof" => "?seq=1",
                "effective_config" => "?service=web&environment=staging",
                "decision" => "?release=web@1.0.0&environment=staging",
                "next_slots" => "?service=web&environment=staging",
                "vote_statement" => "?team=me",
                "whereabouts" => "?q=web",
                _ => "",
            };
            all.push((method.to_uppercase(), path + query, id));
        }
    }
    all
}

#[tokio::test]
async fn every_operation_opens_for_the_roles_in_the_table_and_for_nobody_else() {
    let server = Server::start().await;
    let deployment = server.deployed("1.0.0", "staging").await.id;
    let ana = json!({ "name": "ana", "role": "viewer", "password": PASSWORD });
    let made = server
        .send("POST", "/api/v1/users", Some(&server.admin), Some(ana))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let mut tokens = Vec::new();
    for role in ROLES {
        let name = format!("the-{role:?}").to_lowercase();
        let environments: &[&str] = if role == Role::Agent {
            &["staging"]
        } else {
            &[]
        };
        tokens.push((role, server.token(&name, role, environments).await));
    }
    let stranger = format!("tg_{}", "0".repeat(43));
    let table = table(&leased(&server, "the-agent", &tokens[0].1).await);
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (method, path, id) in operations(&deployment) {
        let Some((who, body)) = table.get(id.as_str()) else {
            panic!("who may use `{id}` ({method} {path})? say so in the table of this test");
        };
        seen.insert(id.clone());
        let without = [None, Some(stranger.as_str()), Some("tg_short")].map(|token| (None, token));
        let with = tokens
            .iter()
            .map(|(role, token)| (Some(*role), Some(token.as_str())));
        for (n, (role, token)) in without.into_iter().chain(with).enumerate() {
            let key = format!("{id}-{n}");
            let plan = format!("\"sha256:{}\"", "0".repeat(64));
            let header = [
                ("idempotency-key", key.as_str()),
                ("if-match", plan.as_str()),
            ];
            let answer = server
                .send_with(&method, &path, token, body.clone(), &header)
                .await;
            let open = role.map_or(*who == Who::Everybody, |role| who.includes(role));
            let right = match (open, role) {
                _ if *who == Who::Unsigned => answer.body["code"] == "TG3026",
                (true, _) => {
                    ![401, 403, 500].contains(&answer.status) && answer.body["code"] != "TG3006"
                }
                (false, None) => {
                    (answer.status, answer.body["code"].as_str()) == (401, Some("TG3001"))
                }
                (false, Some(_)) => {
                    (answer.status, answer.body["code"].as_str()) == (403, Some("TG2008"))
                }
            };
            if !right {
                let text = answer.body["detail"].as_str().unwrap_or_default();
                wrong.push(format!(
                    "{method} {path} as {role:?}: {} {text}",
                    answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let named: BTreeSet<String> = table.keys().map(|id| (*id).to_owned()).collect();
    assert_eq!(seen, named, "the table names operations that do not exist");
}

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
}

impl Stranger {
    /// Status and code of the refusal; absent when it may.
    fn refused(self, who: Who, id: &str) -> Option<(u16, &'static str)> {
        // It names versions and no place, or ends nothing but itself, which a token is told.
        let nowhere = ["register_artifact", "create_release", "sign_out"].contains(&id);
        match self {
            Self::Expired | Self::Revoked => Some((401, "TG3001")),
            Self::OtherAudience => Some((401, "TG3024")),
            Self::OtherAgent => Some((403, "TG2008")),
            Self::Elsewhere if nowhere || who == Who::Readers => None,
            Self::Elsewhere => Some((403, "TG2008")),
        }
    }
}

async fn strangers(company: &Company) -> [(Stranger, String); 5] {
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
    let elsewhere = made(admin("elsewhere", &["production"], None)).await;
    let agent = server
        .token("the-agent", Role::Agent, &["production"])
        .await;
    server.advance(Millis::secs(61));
    let mut claims = company.claims("matrix");
    claims["aud"] = json!("somebody-else");
    [
        (Stranger::Expired, expired),
        (Stranger::Revoked, revoked),
        (Stranger::Elsewhere, elsewhere),
        (Stranger::OtherAudience, company.signed(&claims)),
        (Stranger::OtherAgent, agent),
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
    let mut wrong = Vec::new();
    for (method, path, id) in operations(&deployment) {
        let (who, body) = &table[id.as_str()];
        if matches!(who, Who::Everybody | Who::Unsigned) {
            continue;
        }
        for (stranger, token) in &strangers {
            let key = format!("{id}-{stranger:?}");
            let plan = format!("\"sha256:{}\"", "0".repeat(64));
            let header = [
                ("idempotency-key", key.as_str()),
                ("if-match", plan.as_str()),
            ];
            let answer = server
                .send_with(&method, &path, Some(token), body.clone(), &header)
                .await;
            let code = answer.body["code"].as_str().unwrap_or_default();
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
        by("the-agent", "access.refused/1"),
    ]);
    assert_eq!(since, expected);
}
