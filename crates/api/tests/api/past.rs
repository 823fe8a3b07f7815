//! Questions as of an instant or an entry, over HTTP.

use crate::server::Server;
use tidegate_client::wire::{ConditionState, FreezePolicy, FreezeRequest, Scope};

#[tokio::test]
async fn a_decision_as_of_then_knows_nothing_of_the_freeze_that_came_later() {
    let server = Server::start().await;
    let client = server.client();
    let unborn = server.seq().await;
    server.released("1.0.0").await;
    let then = server.seq().await;
    let freeze = FreezeRequest {
        name: Some("outage".to_owned()),
        scope: Scope {
            environments: vec!["staging".to_owned()],
            ..Scope::default()
        },
        reason: "network".to_owned(),
        until: None,
        lasting_ms: None,
        policy: FreezePolicy::default(),
    };
    client.declare_freeze(&freeze, "freeze").await.unwrap();

    let ask = async |client: &tidegate_client::Client| {
        let found = client.decision("web@1.0.0", "staging", None).await.unwrap();
        let mut conditions = found.conditions.into_iter();
        conditions.find(|c| c.id == "freeze").unwrap().state
    };
    assert_ne!(ask(&client).await, ConditionState::Pass);
    let back = server.client().as_of(then.to_string());
    assert_eq!(ask(&back).await, ConditionState::Pass);

    // Before there was a release there is no answer about it, and the server's own counters have no past.
    let unborn = server.client().as_of(unborn.to_string());
    let answer = unborn.decision("web@1.0.0", "staging", None).await;
    assert_eq!(answer.unwrap_err().status(), Some(404));
    assert!(back.status().await.is_err());
}
