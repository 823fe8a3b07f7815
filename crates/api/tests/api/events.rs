//! Event streams: begin where the reader left off, then follow.

use crate::server::{Server, artifact};
use crate::users::{change, known, signed_in};
use serde_json::json;
use std::time::Duration;
use tidegate_client::wire::{Event, Role, TokenRequest};
use tidegate_client::{Client, EventFilter, Events};
use tidegate_core::time::Millis;

/// The next event; fails when none comes.
async fn next(events: &mut Events) -> Event {
    tokio::time::timeout(Duration::from_secs(20), events.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn a_stream_goes_on_after_the_event_its_reader_knows() {
    let server = Server::start().await;
    let client = server.client();
    for n in 0..5 {
        client
            .register_artifact(&artifact("web", &format!("1.{n}")), &format!("a{n}"))
            .await
            .unwrap();
    }
    let head = server.seq().await;
    let mut events = client
        .events(&EventFilter::default(), Some(head - 3))
        .await
        .unwrap();
    for expected in head - 2..=head {
        assert_eq!(next(&mut events).await.seq(), Some(expected));
    }
    client
        .register_artifact(&artifact("api", "2.0"), "later")
        .await
        .unwrap();
    let live = next(&mut events).await;
    assert_eq!(
        (live.seq(), live.name(), live.subject.as_str()),
        (Some(head + 1), "artifact.registered", "api@2.0")
    );
    assert_eq!(live.kind, "dev.tidegate.artifact.registered.v1");
    assert_eq!(
        (live.source.as_str(), live.data.service.as_deref()),
        (server.url.as_str(), Some("api"))
    );
    assert_eq!(events.seq(), Some(head + 1));
}

#[tokio::test]
async fn a_reader_far_behind_misses_nothing() {
    let server = Server::start().await;
    let client = server.client();
    let mut events = client
        .events(&EventFilter::default(), Some(0))
        .await
        .unwrap();
    let many = 600;
    for n in 0..many {
        client
            .register_artifact(&artifact("web", &format!("1.{n}")), &format!("a{n}"))
            .await
            .unwrap();
    }
    let head = server.seq().await;
    assert!(head >= many);
    for expected in 1..=head {
        assert_eq!(next(&mut events).await.seq(), Some(expected));
    }
}

#[tokio::test]
async fn a_stream_is_filtered_by_topic_service_and_environment() {
    let server = Server::start().await;
    let client = server.client();
    let filter = EventFilter {
        topics: vec!["deployment".to_owned()],
        service: Some("web".to_owned()),
        environment: Some("staging".to_owned()),
    };
    let mut events = client.events(&filter, Some(0)).await.unwrap();
    client
        .register_artifact(&artifact("api", "2.0"), "x")
        .await
        .unwrap();
    let deployment = server.deployed("1.0.0", "staging").await;
    let first = next(&mut events).await;
    assert_eq!(
        (first.name(), first.subject.as_str()),
        ("deployment.proposed", "web@1.0.0/staging")
    );
    assert_eq!(first.data.stream, format!("deployment/{}", deployment.id));
}

#[tokio::test]
async fn a_reader_that_knows_more_than_the_ledger_is_told_to_begin_anew() {
    let server = Server::start().await;
    let client = server.client();
    let mut events = client
        .events(&EventFilter::default(), Some(9_999))
        .await
        .unwrap();
    let head = server.seq().await;
    client
        .register_artifact(&artifact("web", "1.0"), "x")
        .await
        .unwrap();
    assert_eq!(next(&mut events).await.seq(), Some(head + 1));
}

#[tokio::test]
async fn a_new_token_is_heard_of_at_once() {
    let server = Server::bare().await;
    let client = server.client();
    let head = server.seq().await;
    let mut events = client
        .events(&EventFilter::default(), Some(head))
        .await
        .unwrap();
    server
        .token("eve", tidegate_client::wire::Role::Viewer, &[])
        .await;
    let heard = next(&mut events).await;
    assert_eq!(
        (heard.name(), heard.seq()),
        ("access.granted", Some(head + 1))
    );
}

/// That the stream ends, without another event.
async fn ends(events: &mut Events) {
    let end = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
    assert_eq!(end.unwrap().unwrap(), None);
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked_and_when_it_expires() {
    let server = Server::start().await;
    let short = TokenRequest {
        name: "short".to_owned(),
        role: Role::Viewer,
        environments: Vec::new(),
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s: Some(60),
    };
    let short = server.client().create_token(&short).await.unwrap().token;
    let lasting = server.token("lasting", Role::Viewer, &[]).await;
    let open = async |token: &str| {
        let client = Client::new(&server.url, token).unwrap();
        client.events(&EventFilter::default(), None).await.unwrap()
    };
    let (mut short, mut lasting, mut admin) = (
        open(&short).await,
        open(&lasting).await,
        open(&server.admin).await,
    );
    server.advance(Millis::secs(61));
    server
        .client()
        .register_artifact(&artifact("web", "1.0"), "x")
        .await
        .unwrap();
    ends(&mut short).await;
    for still in [&mut lasting, &mut admin] {
        assert_eq!(next(still).await.name(), "artifact.registered");
    }
    server.client().revoke_token("lasting").await.unwrap();
    ends(&mut lasting).await;
    assert_eq!(next(&mut admin).await.name(), "access.revoked");
}

#[tokio::test]
async fn a_stream_ends_with_the_sign_in_and_when_the_person_leaves() {
    let server = Server::start().await;
    known(&server, "ana", "viewer").await;
    let open = async || {
        let client = Client::new(&server.url, &signed_in(&server, "ana").await).unwrap();
        client.events(&EventFilter::default(), None).await.unwrap()
    };
    let mut out = open().await;
    change(&server, "ana", "sign-outs", json!({ "reason": "lost" })).await;
    ends(&mut out).await;
    let mut left = open().await;
    change(&server, "ana", "disablements", json!({ "reason": "left" })).await;
    ends(&mut left).await;
}
