//! Calendar feeds: one address, one calendar, and nothing else behind it.

use crate::server::{CONFIG, Server, refused};
use std::collections::BTreeMap;
use tidegate_client::wire::{ApplyRequest, CalendarFeedRequest, Role};
use tidegate_config::ics::{Ics, Item, Reach};
use tidegate_core::calendar::{Span, Zone};
use tidegate_core::time::{Millis, Timestamp};

const DAY: Millis = Millis(86_400_000);

struct Answer {
    status: u16,
    tag: String,
    text: String,
}

async fn get(url: &str, tag: Option<&str>) -> Answer {
    let mut request = reqwest::Client::new().get(url);
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let answer = request.send().await.unwrap();
    let tag = answer.headers().get("etag");
    Answer {
        status: answer.status().as_u16(),
        tag: tag.map_or_else(String::new, |t| t.to_str().unwrap().to_owned()),
        text: answer.text().await.unwrap(),
    }
}

fn day(now: Timestamp, days: u64) -> String {
    let at = Millis(DAY.0 * days).after(now);
    Zone::utc().civil(at).date().to_string()
}

/// A window, and a freeze of five days that begins after so many.
async fn apply(server: &Server, key: &str, freeze: Option<u64>) {
    let now = server.engine.now();
    let mut text = CONFIG.replace("soak: 1h,", "soak: 1h, window: nights,");
    text.push_str("---\nwindow: nights\nallow: Mon-Fri 22:00-04:00\n");
    if let Some(days) = freeze {
        text.push_str(&format!(
            "---\nfreeze: peak\nwhy: told by ana\nfrom: {}\nuntil: {}\nzone: UTC\n",
            day(now, days),
            day(now, days + 5)
        ));
    }
    let request = ApplyRequest {
        files: BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
        commit: None,
        reason: None,
        parent: None,
    };
    server.client().apply_config(&request, key).await.unwrap();
}

async fn create(
    server: &Server,
    name: &str,
    change: impl FnOnce(&mut CalendarFeedRequest),
) -> String {
    let mut request = CalendarFeedRequest {
        name: name.to_owned(),
        ..CalendarFeedRequest::default()
    };
    change(&mut request);
    let made = server
        .client()
        .create_calendar_feed(&request)
        .await
        .unwrap();
    made.url
}

/// The feed, read by our own reader.
fn items(text: &str, now: Timestamp) -> Vec<Item> {
    let utc = Zone::utc();
    let ics = Ics::read(text, &utc).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let time = Span::new(now, Millis(DAY.0 * 300).after(now)).unwrap();
    ics.items(&utc, Reach { time, most: 5_000 }).unwrap()
}

fn freeze(text: &str, now: Timestamp) -> Item {
    let all = items(text, now);
    let mut found = all.into_iter().filter(|item| item.title.contains("freeze"));
    found
        .next()
        .unwrap_or_else(|| panic!("no freeze in {text}"))
}

#[tokio::test]
async fn a_change_rises_the_sequence_and_what_was_lifted_is_called_off() {
    let server = Server::bare().await;
    apply(&server, "1", Some(10)).await;
    let now = server.engine.now();
    let url = create(&server, "planners", |_| {}).await;
    let first = get(&url, None).await;
    assert_eq!(first.status, 200);
    let before = freeze(&first.text, now);
    assert_eq!(before.title, "freeze peak (production)");
    assert_eq!(
        before.details,
        "told by ana\nFrom freezes.peak in tidegate.yaml"
    );
    let nights = |text: &str| {
        items(text, now)
            .iter()
            .filter(|i| i.title.contains("nights"))
            .count()
    };
    assert!(nights(&first.text) > 200, "{}", nights(&first.text));
    assert_eq!(get(&url, Some(&first.tag)).await.status, 304);

    // Another reader does not change what the first one sees.
    let other = create(&server, "other", |_| {}).await;
    assert_eq!(freeze(&get(&other, None).await.text, now), before);
    let again = get(&url, None).await;
    assert_eq!(again.tag, first.tag);

    apply(&server, "2", Some(12)).await;
    let moved = get(&url, Some(&first.tag)).await;
    assert_eq!(moved.status, 200);
    let after = freeze(&moved.text, now);
    assert_eq!(after.uid, before.uid);
    assert!(after.sequence > before.sequence, "{after:?}");
    assert_eq!(
        after.span.start(),
        Millis(DAY.0 * 2).after(before.span.start())
    );

    apply(&server, "3", None).await;
    let lifted = freeze(&get(&url, None).await.text, now);
    assert!(
        lifted.cancelled && lifted.sequence > after.sequence,
        "{lifted:?}"
    );
    assert_eq!(lifted.uid, before.uid);

    server.advance(Millis(DAY.0 * 31));
    let text = get(&url, None).await.text;
    assert!(!text.contains("freeze"), "{text}");
}

#[tokio::test]
async fn a_feed_shows_no_more_than_it_was_made_for() {
    let server = Server::bare().await;
    apply(&server, "1", Some(10)).await;
    let wall = create(&server, "wall", |feed| {
        feed.public = true;
        feed.kinds = vec!["freeze".to_owned()];
        feed.environments = vec!["production".to_owned()];
    })
    .await;
    let text = get(&wall, None).await.text;
    assert!(text.contains("freeze peak (production)") && !text.contains("nights"));
    assert!(
        !text.contains("ana") && !text.contains("DESCRIPTION"),
        "{text}"
    );
    for wider in [
        "?kinds=window",
        "?environment=staging",
        "?kinds=window&environment=production",
    ] {
        let text = get(&format!("{wall}{wider}"), None).await.text;
        assert!(!text.contains("VEVENT"), "{wider}: {text}");
    }
    let all = create(&server, "all", |_| {}).await;
    let text = get(&format!("{all}?kinds=window&environment=production"), None)
        .await
        .text;
    assert!(text.contains("nights") && !text.contains("peak"));
    for wrong in ["?kinds=frost", "?secret=1"] {
        let answer = get(&format!("{all}{wrong}"), None).await;
        assert!((400..500).contains(&answer.status), "{}", answer.text);
    }
}

#[tokio::test]
async fn the_secret_of_a_feed_opens_nothing_else_and_ends_when_it_is_revoked() {
    let server = Server::bare().await;
    apply(&server, "1", Some(10)).await;
    let url = create(&server, "planners", |feed| feed.expires_in_s = Some(3_600)).await;
    let secret = url
        .rsplit('/')
        .next()
        .unwrap()
        .trim_end_matches(".ics")
        .to_owned();
    for (method, path) in [
        ("GET", "/api/v1/status"),
        ("GET", "/api/v1/tokens"),
        ("GET", "/api/v1/calendar/feeds"),
        ("POST", "/api/v1/deployments"),
    ] {
        let answer = server.send(method, path, Some(&secret), None).await;
        answer.is_problem(403, "TG2008");
    }
    // A token of a person is no feed, and nothing tells why.
    let unknown = format!("{}/calendar/{}.ics", server.url, server.admin);
    let refused_answer = get(&unknown, None).await;
    assert_eq!(refused_answer.status, 404);
    assert!(
        !refused_answer.text.contains(&server.admin),
        "{}",
        refused_answer.text
    );
    let none = get(&format!("{}/calendar/x.ics", server.url), None).await;
    assert_eq!(none.status, 404);

    let listed = server.client().calendar_feeds().await.unwrap().items;
    let [feed] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    assert!(feed.name == "planners" && feed.expires_at.is_some());
    let viewer = server.token("eve", Role::Viewer, &[]).await;
    server
        .send("GET", "/api/v1/calendar/feeds", Some(&viewer), None)
        .await
        .is_problem(403, "TG2008");
    // Tokens of persons are not ended here, and feeds are not made there.
    let no = server.client().revoke_calendar_feed("eve", None).await;
    assert_eq!(refused(no).code, "TG2003");
    let request = tidegate_client::wire::TokenRequest {
        name: "f".to_owned(),
        role: Role::Feed,
        environments: Vec::new(),
        services: Vec::new(),
        account: None,
        owner: None,
        expires_in_s: None,
    };
    let no = server.client().create_token(&request).await;
    assert_eq!(refused(no).code, "TG2004");
    let wrong = CalendarFeedRequest {
        name: "g".to_owned(),
        environments: vec!["nowhere".to_owned()],
        ..CalendarFeedRequest::default()
    };
    let no = server.client().create_calendar_feed(&wrong).await;
    assert_eq!(refused(no).code, "TG2003");

    let short = create(&server, "short", |feed| feed.expires_in_s = Some(60)).await;
    assert_eq!(get(&short, None).await.status, 200);
    server
        .client()
        .revoke_calendar_feed("planners", Some("the address leaked"))
        .await
        .unwrap();
    assert_eq!(get(&url, None).await.status, 404);
    server.advance(Millis::minutes(2));
    assert_eq!(get(&short, None).await.status, 404);
}
