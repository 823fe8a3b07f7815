//! What a good bundle shows.

use crate::world::{World, unzip};
use serde_json::json;
use tidegate_evidence::check;

#[test]
fn a_bundle_holds_everything_of_its_release_and_nothing_of_others() {
    let world = World::released();
    let file = world.bundle();
    let checked = check(&file, &[world.key.verifier().to_owned()]).unwrap();
    assert_eq!(checked.entries, 14);
    assert_eq!(checked.sealed.size, 17);
    assert_eq!(checked.signed_by, [world.key.verifier()]);
    let streams: Vec<(&str, u64)> = checked
        .streams
        .iter()
        .map(|(stream, n)| (stream.as_str(), *n))
        .collect();
    assert_eq!(
        streams,
        [
            ("artifact/payments@3.3.0", 1),
            ("change/CHG-1", 4),
            ("deployment/dep_01KJPWD6M084XFE65JDY1T1QGE", 5),
            ("release/payments@3.3.0", 3)
        ]
    );
    let claims = &checked.claims;
    assert_eq!((claims.deployments, claims.started), (1, 1));
    assert_eq!((claims.gates, claims.overridden), (2, 1));
    assert_eq!((claims.approvals, claims.elsewhere), (2, 0));
    assert!(claims.both.is_empty());
    let files = unzip(&file);
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("web@1"), "{name} holds what is not of it");
    }
}

#[test]
fn a_rule_names_the_line_of_the_configuration_that_was_in_force() {
    let files = unzip(&World::released().bundle());
    let gates = String::from_utf8_lossy(&files["gates.json"]).into_owned();
    assert!(gates.contains(r#""place":"calendar.yaml:12""#), "{gates}");
}

#[test]
fn the_page_needs_no_server_and_no_script_and_everything_in_it_is_escaped() {
    let files = unzip(&World::released().bundle());
    let page = String::from_utf8_lossy(&files["index.html"]).into_owned();
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert!(page.contains("quarter &lt;b&gt;end&lt;/b&gt; &amp; more"));
    for word in ["<script", "http://", "https://", "<b>end", " src="] {
        assert!(!page.contains(word), "{word}");
    }
    for word in [
        "Approvals",
        "hugo for risk-compliance",
        "healthy",
        "calendar.yaml:12",
        "UTC",
        "What it does not show",
    ] {
        assert!(page.contains(word), "{word}");
    }
}

#[test]
fn whoever_asked_and_approved_is_named() {
    let mut world = World::released();
    let vote = serde_json::json!({ "person": "rita", "account": "rita", "team": "payments", "reason": "mine", "subject":
        "sha256:1bb422ba774be1a3dc60edf462ff9d3faa12ec8365879169897c21b3c517784c" });
    world.add(
        "change/CHG-1",
        "change.approved/1",
        serde_json::json!({ "vote": vote }),
    );
    let checked = check(&world.bundle(), &[]).unwrap();
    assert_eq!(checked.claims.both, ["rita: CHG-1"]);
}

#[test]
fn the_page_says_which_incident_an_emergency_repairs_and_why_it_could_not_wait() {
    let mut world = World::released();
    let declared = json!({
        "declared": "emergency", "incident": "INC-31", "reason": "double charges", "root_cause": "a retry without a key",
        "by": "rita", "since": "2026-11-23T08:00:00Z", "until": "2026-11-23T12:00:00Z", "review_due": "2026-11-25T08:00:00Z",
        "whom": ["hugo"]
    });
    world.add(
        "change/CHG-1",
        "change.declared/1",
        json!({ "declared": declared }),
    );
    let files = unzip(&world.bundle());
    let page = String::from_utf8_lossy(&files["index.html"]).into_owned();
    assert!(
        page.contains("INC-31; double charges; a retry without a key"),
        "{page}"
    );
    let told = String::from_utf8_lossy(&files["communications.json"]).into_owned();
    assert!(
        told.contains("INC-31: double charges") && told.contains("hugo"),
        "{told}"
    );
}
