//! Calendars of others: what an import brings, changes and calls off, and what it leaves alone.

use crate::server::{CONFIG, Server, refused};
use std::collections::BTreeMap;
use tidegate_client::wire::{
    ApplyRequest, CalendarImport, CalendarImportRequest, ImportAction, ImportedItem, Role,
};
use tidegate_core::calendar::Zone;
use tidegate_core::time::Millis;

const DAY: u64 = 86_400_000;

async fn server() -> Server {
    let server = Server::bare().await;
    let text = CONFIG.to_owned() + "---\nteams:\n  me: {}\n  shop: { members: [rita] }\n";
    let request = ApplyRequest {
        files: BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
        commit: None,
        reason: None,
        parent: None,
    };
    server
        .client()
        .apply_config(&request, "config")
        .await
        .unwrap();
    server
}

/// A time of the format, so many days ahead at this hour UTC.
fn stamp(server: &Server, days: u64, hour: u8) -> String {
    let at = Millis(days * DAY).after(server.engine.now());
    let day = Zone::utc().civil(at).date().strftime("%Y%m%d").to_string();
    format!("{day}T{hour:02}0000Z")
}

fn event(uid: &str, lines: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:Database {uid}\r\n{lines}\r\nEND:VEVENT\r\n")
}

fn file(events: &[String]) -> String {
    let events = events.concat();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Vendor\r\n{events}BEGIN:VTODO\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )
}

fn request(text: String) -> CalendarImportRequest {
    CalendarImportRequest {
        kind: "maintenance".to_owned(),
        calendar: "vendor".to_owned(),
        text,
        owner: Some("shop".to_owned()),
        environments: vec!["production".to_owned()],
        reason: "sent by mail".to_owned(),
        ..CalendarImportRequest::default()
    }
}

async fn import(server: &Server, text: String) -> CalendarImport {
    let client = server.client();
    client.import_calendar(&request(text), false).await.unwrap()
}

fn actions(done: &CalendarImport) -> Vec<ImportAction> {
    done.items.iter().map(|item| item.action).collect()
}

fn entries(done: &CalendarImport) -> Vec<Option<&str>> {
    done.items
        .iter()
        .map(|item: &ImportedItem| item.entry.as_deref())
        .collect()
}

#[tokio::test]
async fn importing_again_changes_only_what_changed() {
    let server = server().await;
    let single = |server: &Server, hour: u8, sequence: u32, more: &str| {
        let start = stamp(server, 20, hour);
        event(
            "patch",
            &format!("SEQUENCE:{sequence}\r\nDTSTART:{start}\r\nDURATION:PT2H{more}"),
        )
    };
    let weekly = |server: &Server, count: u32| {
        let start = stamp(server, 5, 22);
        event(
            "weekly",
            &format!("DTSTART:{start}\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT={count}"),
        )
    };
    let first = file(&[single(&server, 20, 1, ""), weekly(&server, 3)]);

    let before = server.seq().await;
    let dry = server
        .client()
        .import_calendar(&request(first.clone()), true)
        .await
        .unwrap();
    assert!(!dry.applied && dry.items.len() == 4);
    assert_eq!(server.seq().await, before, "a dry run changes nothing");

    let done = import(&server, first.clone()).await;
    assert_eq!(actions(&done), vec![ImportAction::Declare; 4], "{done:?}");
    assert_eq!(
        (done.title.as_deref(), done.passed_over.as_slice()),
        (Some("Vendor"), &["1 VTODO".to_owned()][..])
    );
    let ids: Vec<String> = entries(&done)
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    assert_eq!(ids.len(), 4);

    let again = import(&server, first.clone()).await;
    assert_eq!(actions(&again), vec![ImportAction::Unchanged; 4]);
    assert_eq!(entries(&again), entries(&done));

    // Two hours later, and one occurrence fewer.
    let moved = import(
        &server,
        file(&[single(&server, 22, 2, ""), weekly(&server, 2)]),
    )
    .await;
    assert_eq!(
        actions(&moved),
        [
            ImportAction::Move,
            ImportAction::Unchanged,
            ImportAction::Unchanged,
            ImportAction::Cancel
        ]
    );
    assert_eq!(entries(&moved)[0], Some(ids[0].as_str()));
    // An old mail is found again.
    let old = import(&server, first).await;
    assert_eq!(old.items[0].action, ImportAction::Skip);
    assert!(
        old.items[0].because.as_ref().unwrap().contains("newer"),
        "{old:?}"
    );

    let off = import(
        &server,
        file(&[single(&server, 22, 3, "\r\nSTATUS:CANCELLED")]),
    )
    .await;
    assert_eq!(off.items[0].action, ImportAction::Cancel);
    // A file that does not name an event leaves it alone, unless it is the whole calendar.
    assert_eq!(off.items.len(), 1, "{off:?}");
    let mut whole = request(file(&[]));
    whole.whole = true;
    let gone = server
        .client()
        .import_calendar(&whole, false)
        .await
        .unwrap();
    assert_eq!(actions(&gone), vec![ImportAction::Cancel; 3]);
    // What its own calendar called off may be announced again.
    let back = import(&server, file(&[single(&server, 22, 4, "")])).await;
    assert_eq!(actions(&back), [ImportAction::Declare]);
}

#[tokio::test]
async fn what_cannot_be_imported_is_told_with_its_line_and_changes_nothing() {
    let server = server().await;
    let before = server.seq().await;
    let start = stamp(&server, 5, 10);
    let strange = file(&[event(
        "a",
        "DTSTART;TZID=Customized Time Zone:20270101T100000\r\nDURATION:PT1H",
    )]);
    // An event that cannot be read is left out with its line; the file is not refused for it.
    let done = import(&server, strange).await;
    assert_eq!((done.items.len(), done.broken.len()), (0, 1));
    let lost = &done.broken[0];
    assert_eq!((lost.uid.as_deref(), lost.line), (Some("a"), 7));
    assert!(
        lost.because.contains("Customized Time Zone") && !lost.help.is_empty(),
        "{lost:?}"
    );
    for (text, line) in [
        (
            format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:{start}\n"),
            "line 4",
        ),
        ("x".repeat(10 * 1024 * 1024 + 1), "10 MiB"),
    ] {
        let no = refused(server.client().import_calendar(&request(text), false).await);
        assert_eq!(no.code, "TG2004");
        assert!(no.detail.contains(line) && !no.help.is_empty(), "{no:?}");
    }
    let change: [fn(&mut CalendarImportRequest); 4] = [
        |r| r.kind = "party".to_owned(),
        |r| r.effect = Some("stops".to_owned()),
        |r| r.zone = Some("Europe/Berln".to_owned()),
        |r| r.calendar = " ".to_owned(),
    ];
    for change in change {
        let mut wrong = request(file(&[]));
        change(&mut wrong);
        let no = refused(server.client().import_calendar(&wrong, true).await);
        assert_eq!(no.code, "TG2004", "{no:?}");
    }
    assert_eq!(server.seq().await, before);

    // One entry that is refused is told and holds up no other.
    let mut nobody = request(file(&[event(
        "a",
        &format!("DTSTART:{start}\r\nDURATION:PT1H"),
    )]));
    nobody.environments = vec!["nowhere".to_owned()];
    let done = server
        .client()
        .import_calendar(&nobody, false)
        .await
        .unwrap();
    assert_eq!(actions(&done), [ImportAction::Refused]);
    assert!(
        done.items[0].because.as_ref().unwrap().contains("nowhere"),
        "{done:?}"
    );
    let publisher = server.token("ci", Role::Publisher, &[]).await;
    let body = serde_json::to_value(request(file(&[]))).unwrap();
    let answer = server
        .send(
            "POST",
            "/api/v1/calendar/imports?dry_run=true",
            Some(&publisher),
            Some(body),
        )
        .await;
    answer.is_problem(403, "TG2008");
}

#[tokio::test]
async fn what_was_imported_is_on_the_feed_and_what_was_called_off_is_shown_as_that() {
    let server = server().await;
    let start = stamp(&server, 20, 10);
    let one = |more: &str| {
        file(&[event(
            "patch",
            &format!("SUMMARY2:x\r\nDTSTART:{start}\r\nDURATION:PT2H{more}"),
        )])
    };
    import(&server, one("")).await;
    let feed = tidegate_client::wire::CalendarFeedRequest {
        name: "wall".to_owned(),
        kinds: vec!["maintenance".to_owned()],
        public: true,
        ..Default::default()
    };
    let feed = server.client().create_calendar_feed(&feed).await.unwrap();
    let read = async || {
        let answer = reqwest::get(&feed.url).await.unwrap();
        answer.text().await.unwrap()
    };
    let text = read().await;
    for line in [
        "UID:entry/maintenance-1@",
        "SUMMARY:Database patch (production)",
        "STATUS:CONFIRMED",
        &format!("DTSTART:{start}"),
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("sent by mail"), "{text}");
    import(&server, one("\r\nSTATUS:CANCELLED")).await;
    let text = read().await;
    assert!(text.contains("UID:entry/maintenance-1@") && text.contains("STATUS:CANCELLED"));
}
