//! Yes and no over the wire: whose signature it is, and that each one that was refused is on record with its reason.

use crate::server::{Answer, CONFIG, Server, deploy};
use crate::users::{known, signed_in};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_client::EntryFilter;
use tidegate_client::wire::{ApplyRequest, Role};
use tidegate_policy::signature::Key;

const POLICY: &str = "\
---
teams:
  me: { members: [ana] }
  risk: { members: [grace, hugo] }
---
policy: dual-control
applies-to: { tier: production }
approvals: [{ from: risk }]
never-by: [requester]
signed: true
valid: 24h
";

/// A release waits in production for the signed yes of grace or hugo.
async fn waiting() -> Server {
    let server = Server::bare().await;
    let files = BTreeMap::from([("tidegate.yaml".to_owned(), format!("{CONFIG}{POLICY}"))]);
    let request = ApplyRequest {
        files,
        commit: None,
        parent: None,
        reason: None,
    };
    let client = server.client();
    client.apply_config(&request, "config").await.unwrap();
    for who in ["ana", "grace", "hugo"] {
        known(&server, who, "approver").await;
    }
    let release = server.released("1.0.0").await;
    let request = deploy(&release, "production");
    client.deploy(&request, "deploy").await.unwrap();
    server
}

async fn plan(server: &Server) -> String {
    let admin = Some(server.admin.as_str());
    let change = server
        .send("GET", "/api/v1/changes/CHG-1", admin, None)
        .await;
    change.body["plan"]["digest"].as_str().unwrap().to_owned()
}

/// A vote with a key of its own.
async fn votes(
    server: &Server,
    (token, key): (&str, &str),
    path: &str,
    (plans, body): (&[&str], Value),
) -> Answer {
    let tags: Vec<String> = plans.iter().map(|plan| format!("\"{plan}\"")).collect();
    let headers = [("idempotency-key", key), ("if-match", &tags.join(", "))];
    let path = format!("/api/v1/{path}");
    server
        .send_with("POST", &path, Some(token), Some(body), &headers)
        .await
}

/// What the ledger says about votes of somebody that were refused: what about and why.
async fn refused(server: &Server, who: &str) -> Vec<(String, String)> {
    let filter = EntryFilter {
        stream: Some(format!("access/{who}")),
        ..EntryFilter::default()
    };
    let entries = server.client().audit(&filter).await.unwrap().items;
    let refused = entries.iter().filter(|e| e.kind == "access.refused/1");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    refused
        .map(|entry| {
            let body: Value = serde_json::to_value(&entry.body).unwrap();
            (text(&body["about"]), text(&body["because"]))
        })
        .collect()
}

/// A pair of somebody, registered as `laptop`.
async fn key(server: &Server, who: &str, token: &str) -> Key {
    let (key, _) = Key::new().unwrap();
    let body = json!({ "name": "laptop", "publicKey": key.public() });
    let path = format!("/api/v1/users/{who}/keys");
    let made = server.send("POST", &path, Some(token), Some(body)).await;
    assert_eq!(made.status, 200, "{made:?}");
    key
}

/// The yes of somebody for risk, signed with a key under the name `laptop`.
async fn signature(server: &Server, token: &str, key: &Key) -> Value {
    let path = "/api/v1/changes/CHG-1/statement?team=risk";
    let offered = server.send("GET", path, Some(token), None).await;
    let statement = offered.body["statement"].as_str().unwrap();
    json!({ "key": "laptop", "value": key.sign(statement), "statement": statement })
}

/// Key, path, plans and body of a vote that is refused, what it is about, and why.
type Case<'a> = (&'a str, &'a str, Vec<&'a str>, Value, &'a str, &'a str);

fn cases<'a>(plan: &'a str, other: &'a str) -> [Case<'a>; 7] {
    let yes = || json!({});
    let change = "changes/CHG-1/approvals";
    [
        (
            "a",
            change,
            vec![plan],
            yes(),
            "change/CHG-1",
            "only with a signature",
        ),
        (
            "b",
            change,
            vec![other],
            yes(),
            "change/CHG-1",
            "is no longer what would be done",
        ),
        (
            "c",
            "changes/CHG-9/approvals",
            vec![plan],
            yes(),
            "change/CHG-9",
            "",
        ),
        (
            "d",
            "releases/web@9.9.9/approvals",
            vec![plan],
            yes(),
            "release/web@9.9.9",
            "",
        ),
        (
            "e",
            "releases/web@1.0.0/approvals",
            vec![plan, other],
            json!({ "signature": { "key": "k", "value": "v", "statement": "s" } }),
            "release/web@1.0.0",
            "a signature is for one plan",
        ),
        (
            "f",
            change,
            vec![plan],
            json!({ "team": "me" }),
            "change/CHG-1",
            "grace does not decide for me",
        ),
        (
            "g",
            "changes/CHG-1/rejections",
            vec![other],
            json!({ "reason": "no" }),
            "change/CHG-1",
            "is no longer what would be done",
        ),
    ]
}

#[tokio::test]
async fn each_refused_yes_and_no_is_an_entry_with_its_reason_and_a_repeated_one_is_the_same() {
    let server = waiting().await;
    let grace = signed_in(&server, "grace").await;
    let plan = plan(&server).await;
    let other = format!("sha256:{}", "0".repeat(64));
    let change = "changes/CHG-1/approvals";
    for (n, (key, path, plans, body, about, because)) in cases(&plan, &other).iter().enumerate() {
        let cast = (plans.as_slice(), body.clone());
        for _ in 0..2 {
            let answer = votes(&server, (&grace, key), path, cast.clone()).await;
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
        let told = refused(&server, "grace").await;
        assert_eq!(told.len(), n + 1, "one entry for {key}: {told:#?}");
        let (last_about, last) = told.last().unwrap();
        assert_eq!(last_about, about);
        assert!(!last.is_empty() && last.contains(because), "{last}");
    }
    // Whoever may not vote at all.
    let viewer = server.token("eve", Role::Viewer, &[]).await;
    for key in ["x", "y"] {
        votes(&server, (&viewer, key), change, (&[&plan], json!({})))
            .await
            .is_problem(403, "TG2008");
    }
    assert_eq!(refused(&server, "eve").await.len(), 2);
}

#[tokio::test]
async fn a_signature_counts_by_the_registered_key_of_whoever_votes_and_by_no_other() {
    let server = waiting().await;
    let (grace, hugo) = (
        signed_in(&server, "grace").await,
        signed_in(&server, "hugo").await,
    );
    let (own, his) = (
        key(&server, "grace", &grace).await,
        key(&server, "hugo", &hugo).await,
    );
    let plan = plan(&server).await;
    let vote = async |key: &str, signature: Value| {
        let body = json!({ "signature": signature });
        let change = "changes/CHG-1/approvals";
        votes(&server, (&grace, key), change, (&[&plan], body)).await
    };
    let refuses = async |key: &str, signature: Value, because: &str| {
        let answer = vote(key, signature).await;
        answer.is_problem(422, "TG2004");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(because), "{detail}");
        let told = refused(&server, "grace").await;
        assert!(told.last().unwrap().1.contains(because), "{told:#?}");
    };
    let forged = signature(&server, &grace, &Key::new().unwrap().0).await;
    refuses("a", forged, "key laptop of grace did not sign this").await;
    let borrowed = signature(&server, &grace, &his).await;
    refuses("b", borrowed, "a key of somebody else than grace signed it").await;
    // His own text, signed by him: it says another person.
    let given = signature(&server, &hugo, &his).await;
    refuses("c", given, "a key of somebody else than grace signed it").await;
    let copied = signature(&server, &hugo, &own).await;
    refuses("d", copied, "something else was signed than this vote").await;
    let good = signature(&server, &grace, &own).await;
    let answer = vote("e", good.clone()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let revoke = json!({ "name": "laptop", "reason": "lost" });
    let path = "/api/v1/users/grace/key-revocations";
    server.send("POST", path, Some(&grace), Some(revoke)).await;
    // The change is looked at again because of it, by and by.
    let mut phase = Value::Null;
    for _ in 0..200 {
        let path = "/api/v1/changes/CHG-1";
        let change = server.send("GET", path, Some(&grace), None).await;
        phase = change.body["phase"].clone();
        if phase == "open" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(phase, "open", "her yes counts no more");
    refuses("f", good, "key laptop of grace was revoked").await;
}

const TWO_PLACES: &str = "\
tidegate: 1
company: Acme
zone: Europe/Berlin
---
environments:
  eu: { tier: production, port-offset: 1000 }
  us: { tier: production, port-offset: 2000 }
---
service: web
owner: me
run: { command: ./web --port $PORT, port: 18080, instances: 1 }
---
teams:
  me: { members: [ana] }
  risk: { members: [grace] }
---
policy: europe
applies-to: { environments: [eu] }
approvals: [{ from: risk }]
---
policy: america
applies-to: { environments: [us] }
approvals: [{ from: me }]
";

#[tokio::test]
async fn of_several_votes_in_one_call_all_are_recorded_or_none_is() {
    let server = Server::bare().await;
    let apply = async |text: String, key: &str| {
        let request = ApplyRequest {
            files: BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
            commit: None,
            parent: None,
            reason: None,
        };
        server.client().apply_config(&request, key).await.unwrap();
    };
    apply(TWO_PLACES.to_owned(), "one").await;
    for who in ["ana", "grace"] {
        known(&server, who, "approver").await;
    }
    let grace = signed_in(&server, "grace").await;
    let release = server.released("1.0.0").await;
    for place in ["eu", "us"] {
        let request = deploy(&release, place);
        server.client().deploy(&request, place).await.unwrap();
    }
    let plans = async || {
        let all = server.client().changes(&Default::default()).await.unwrap();
        let mut all: Vec<_> = all
            .items
            .into_iter()
            .map(|c| (c.environment, c.plan.unwrap().digest, c.votes.len()))
            .collect();
        all.sort();
        all
    };
    let before = plans().await;
    let both = [
        before[0].1.as_str(),
        before[1].1.as_str(),
        before[0].1.as_str(),
    ];
    let path = "releases/web@1.0.0/approvals";
    let answer = votes(&server, (&grace, "first"), path, (&both, json!({}))).await;
    answer.is_problem(403, "TG2013");
    assert_eq!(
        plans().await,
        before,
        "her yes for eu is not recorded either"
    );
    let told = refused(&server, "grace").await;
    assert!(told[0].1.contains("grace is not asked"), "{told:?}");

    apply(TWO_PLACES.replace("from: me", "from: risk"), "two").await;
    let answer = votes(&server, (&grace, "second"), path, (&both, json!({}))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let filter = EntryFilter {
        limit: Some(200),
        ..EntryFilter::default()
    };
    let given = async || {
        let all = server.client().audit(&filter).await.unwrap();
        let yes = all.items.into_iter();
        yes.filter(|e| e.kind == "change.approved/1").count()
    };
    assert_eq!(given().await, 2);
    let again = votes(&server, (&grace, "second"), path, (&both, json!({}))).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(given().await, 2, "sent twice, said once");
}
