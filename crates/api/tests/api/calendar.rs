//! Windows and freezes from the files to the decision.

use crate::server::{CONFIG, Server};
use std::collections::BTreeMap;
use tidegate_client::wire::{ApplyRequest, Condition, ConditionState, Decision};

const CALENDAR: &str = "\
---
window: office-hours
allow: Mon-Thu 09:00-15:00
zone: America/New_York
---
freeze: peak-season
why: Black Friday to Cyber Monday
from: 2026-11-25 00:00
until: 2026-12-01 06:00
zone: America/New_York
environments: [staging]
";

async fn ask(server: &Server, at: &str) -> Decision {
    let at = Some(at.parse().unwrap());
    let client = server.client();
    client.decision("web@1.0.0", "staging", at).await.unwrap()
}

fn find<'a>(decision: &'a Decision, id: &str) -> &'a Condition {
    decision.conditions.iter().find(|c| c.id == id).unwrap()
}

#[tokio::test]
async fn a_decision_names_window_and_freeze_with_their_lines_and_when_both_let_it_go() {
    let server = Server::bare().await;
    let config = CONFIG.replace("{ tier: test,", "{ tier: test, window: office-hours,");
    let files = BTreeMap::from([("tidegate.yaml".to_owned(), config + CALENDAR)]);
    let request = ApplyRequest {
        files,
        commit: None,
        reason: None,
        parent: None,
    };
    let client = server.client();
    client.apply_config(&request, "config").await.unwrap();
    server.released("1.0.0").await;

    let saturday = ask(&server, "2026-11-21T13:00:00Z").await;
    let window = find(&saturday, "window");
    assert_eq!(window.state, ConditionState::Wait);
    assert_eq!(
        window.title,
        "window office-hours opens Mon 23 Nov 09:00 New York"
    );
    let rule = window.rule.as_ref().unwrap();
    assert_eq!(
        (rule.path.as_str(), rule.line),
        ("environments.staging.window", 6)
    );
    let freeze = find(&saturday, "freeze");
    assert_eq!(freeze.state, ConditionState::Pass);
    assert_eq!(
        freeze.title,
        "no freeze now; next is peak-season, Wed 25 Nov 00:00 - Tue 1 Dec 06:00 New York"
    );
    assert_eq!(
        saturday.earliest,
        Some("2026-11-23T14:00:00Z".parse().unwrap())
    );

    // The freeze ends three hours before the window opens.
    let friday = ask(&server, "2026-11-27T15:00:00Z").await;
    let freeze = find(&friday, "freeze");
    assert_eq!(freeze.until, Some("2026-12-01T11:00:00Z".parse().unwrap()));
    assert_eq!(freeze.rule.as_ref().unwrap().line, 21);
    assert_eq!(
        friday.earliest,
        Some("2026-12-01T14:00:00Z".parse().unwrap())
    );

    let tuesday = ask(&server, "2026-12-01T14:00:00Z").await;
    assert!(tuesday.allowed, "{tuesday:?}");
}
