//! Calendars of others as Outlook and Google write them: imported with an event that cannot be read, again, moved, called off.
//! And ours at an address, until it is revoked.

use crate::world::{Ran, World};
use tidegate_core::calendar::Zone;
use tidegate_core::time::Timestamp;

/// `20261201`, so many days from today, in UTC.
fn day(days: i64) -> String {
    let now = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let at = Timestamp::from_second(i64::try_from(seconds).unwrap() + days * 86_400).unwrap();
    Zone::utc().civil(at).strftime("%Y%m%d").to_string()
}

/// As Google exports it: times in UTC, escaped commas, an event whose day may not exist.
fn google(hour: u8, sequence: u8, status: &str, rotation: &str) -> String {
    let day = day(20);
    let end = hour + 2;
    format!(
        "BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Card scheme
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
DTSTART:{day}T{hour:02}0000Z
DTEND:{day}T{end:02}0000Z
DTSTAMP:20260101T000000Z
UID:7kukuqrfedlm2f9t01@google.com
SEQUENCE:{sequence}
STATUS:{status}
SUMMARY:Switch\\, second site
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART:{rotation}T220000Z
DTEND:{rotation}T230000Z
UID:7kukuqrfedlm2f9t02@google.com
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Key rotation
END:VEVENT
END:VCALENDAR
"
    )
    .replace('\n', "\r\n")
}

/// As Outlook exports it: a zone by the name of Windows, folded lines, a series of which one occurrence was moved.
fn outlook() -> String {
    let (first, second, moved) = (day(7), day(14), day(15));
    format!(
        "BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
X-MS-OLK-FORCEINSPECTOROPEN:TRUE
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PUBLIC
DTSTART;TZID=\"W. Europe Standard Time\":{first}T210000
DTEND;TZID=\"W. Europe Standard Time\":{first}T230000
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY;LANGUAGE=de:Datenbank
  wird gewartet
UID:040000008200E00074C5B7101A82E008000000
 00A0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
END:VALARM
END:VEVENT
BEGIN:VEVENT
RECURRENCE-ID;TZID=\"W. Europe Standard Time\":{second}T210000
DTSTART;TZID=\"W. Europe Standard Time\":{moved}T210000
DTEND;TZID=\"W. Europe Standard Time\":{moved}T230000
SUMMARY;LANGUAGE=de:Datenbank wird gewartet
UID:040000008200E00074C5B7101A82E00800000000A0
SEQUENCE:1
END:VEVENT
END:VCALENDAR
"
    )
    .replace('\n', "\r\n")
}

fn import(world: &World, text: &str, more: &[&str]) -> Ran {
    std::fs::write(world.root().join("theirs.ics"), text).unwrap();
    let usual = [
        "calendar",
        "import",
        "theirs.ics",
        "--as",
        "maintenance",
        "--owner",
        "shop",
        "--environment",
        "dev",
        "--reason",
        "sent by mail",
        "--zone",
        "UTC",
    ];
    world.run(&[&usual[..], more].concat())
}

fn rows(ran: &Ran) -> Vec<Vec<&str>> {
    let lines = ran.out.lines();
    lines.map(|line| line.split('\t').collect()).collect()
}

/// Action and entry of each row.
fn done(ran: &Ran) -> Vec<String> {
    let two = |row: &Vec<&str>| format!("{} {}", row[0], row[1]);
    rows(ran).iter().map(two).collect()
}

#[test]
fn calendars_of_others_lose_only_what_cannot_be_read_and_change_only_what_changed() {
    let mut world = World::written();
    let teams = "---\nteams:\n  web: {}\n  api: {}\n  shop: { members: [hugo] }\n";
    world.write(&format!("{}{teams}", world.configuration()));
    world.start();
    let cards = ["--calendar", "cards"];
    let later = day(30);

    let first = import(&world, &google(10, 0, "CONFIRMED", "20270230"), &cards).ends(1);
    assert_eq!(done(&first), ["declared maintenance-1"]);
    assert!(
        rows(&first)[0].contains(&"Switch, second site"),
        "{first:#?}"
    );
    for part in ["left out, line 19: the event `Key rotation`", "help: "] {
        assert!(
            first.err.contains(part),
            "`{part}` is missing in {first:#?}"
        );
    }
    let mended = import(&world, &google(10, 0, "CONFIRMED", &later), &cards).ends(0);
    assert_eq!(
        done(&mended),
        ["unchanged maintenance-1", "declared maintenance-2"]
    );
    // The whole calendar, and one event of it cannot be read: what is known of it stays.
    let whole = ["--calendar", "cards", "--whole"];
    let moved = import(&world, &google(12, 1, "CONFIRMED", "20270230"), &whole).ends(1);
    assert_eq!(done(&moved), ["moved maintenance-1"]);
    let off = import(&world, &google(12, 2, "CANCELLED", &later), &cards).ends(0);
    assert_eq!(
        done(&off),
        ["called off maintenance-1", "unchanged maintenance-2"]
    );

    let database = ["--calendar", "database"];
    let outlook = outlook();
    let dry = import(&world, &outlook, &["--calendar", "database", "--dry-run"]).ends(0);
    assert_eq!(done(&dry), ["declare ", "declare ", "declare "]);
    assert_eq!(done(&import(&world, &outlook, &database).ends(0)).len(), 3);
    let again = import(&world, &outlook, &database).ends(0);
    assert!(
        done(&again).iter().all(|row| row.starts_with("unchanged ")),
        "{again:#?}"
    );
    import(
        &world,
        outlook.split("END:VEVENT").next().unwrap(),
        &database,
    )
    .ends(65)
    .refuses("", &["theirs.ics: line", "ends within"], "cut off");
    read_at_an_address(&world);
}

fn read_at_an_address(world: &World) {
    let create = [
        "calendar",
        "ics",
        "create",
        "wall",
        "--kinds",
        "maintenance",
    ];
    let made = world.run(&create).ends(0);
    let url = made.out.trim().to_owned();
    assert!(made.err.contains("shown once"), "{made:#?}");
    let (status, text) = get(&url);
    assert_eq!(status, 200);
    // What was called off is there as called off; the series and its moved occurrence, too.
    for part in [
        "SUMMARY:Switch\\, second site (dev)",
        "STATUS:CANCELLED",
        "SUMMARY:Key rotation (dev)",
        "SUMMARY:Datenbank wird gewartet (dev)",
    ] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 5, "{text}");
    let listed = world.run(&["calendar", "ics", "list"]).ends(0);
    assert!(
        listed.out.starts_with("wall\t") && !listed.out.contains("http"),
        "{listed:#?}"
    );
    world
        .run(&["calendar", "ics", "revoke", "wall", "--yes"])
        .ends(0);
    assert_eq!(get(&url).0, 404);
    let gone = world.run(&["calendar", "ics", "revoke", "wall", "--yes"]);
    assert_ne!(gone.code, 0, "{gone:#?}");
}

pub fn get(url: &str) -> (u16, String) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}
