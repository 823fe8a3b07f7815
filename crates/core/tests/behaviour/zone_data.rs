//! Zone data is evidence: answers name the edition they were worked out with, and another edition asks all of them again.

use crate::windows::{until, window};
use crate::world::story::{Story, running};
use tidegate_core::calendar::zone_data_version;
use tidegate_core::gate::{GateId, GateReport};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::step;
use tidegate_core::stream::deployment::{Event, Phase};

fn reports(story: &Story, id: &str) -> Vec<GateReport> {
    match story.state(id).phase {
        Phase::Gated { reports, .. } => reports,
        other => panic!("{id} is {}", other.name()),
    }
}

/// The waits that were recorded, with why they were worked out anew.
fn waits(story: &Story) -> Vec<Option<String>> {
    let entries = story.ledger.entries.iter();
    let waits = entries.filter(|e| e.entry.kind == "deployment.waiting/1");
    let anew = |body: &str| match step::decode("deployment.waiting/1", body).unwrap() {
        Event::Waiting { anew, .. } => anew,
        other => panic!("{other:?}"),
    };
    waits.map(|e| anew(&e.entry.body)).collect()
}

#[test]
fn answers_that_depend_on_zones_name_the_edition_of_the_zone_data_and_no_others_do() {
    let mut story = running();
    window(
        &mut story,
        &["Mon-Thu 10:00-16:00"],
        Some("America/New_York"),
    );
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    for report in reports(&story, &id) {
        let by_clock = matches!(report.gate, GateId::Window | GateId::Freeze | GateId::Train);
        let wanted = by_clock.then(zone_data_version);
        assert_eq!(report.zone_data.as_deref(), wanted, "{:?}", report.gate);
    }
}

#[test]
fn a_program_with_other_zone_data_asks_again_says_so_once_and_starts_by_the_new_data() {
    let mut story = running();
    window(
        &mut story,
        &["Mon-Thu 10:00-16:00"],
        Some("America/New_York"),
    );
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(waits(&story), [None]);
    // What an earlier program left behind.
    let stream = StreamId::new(StreamKind::Deployment, &id);
    let row = story.ledger.states.get_mut(&stream).unwrap();
    let current = format!("\"zone_data\":\"{}\"", zone_data_version());
    assert!(row.body.contains(&current), "{}", row.body);
    row.body = row.body.replace(&current, "\"zone_data\":\"2020a\"");
    until(&mut story, "2026-03-02T14:00:00Z");
    let told = waits(&story);
    let why = format!(
        "zone data {} instead of 2020a: every time was worked out again",
        zone_data_version()
    );
    assert_eq!(told, [None, Some(why)], "once");
    until(&mut story, "2026-03-02T15:00:00Z");
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_window_by_a_rule_opens_as_the_rule_says() {
    let mut story = running();
    let rule = "rrule:DTSTART;TZID=America/New_York:20260105T100000 DURATION:PT6H RRULE:FREQ=WEEKLY;BYDAY=MO EXDATE;TZID=America/New_York:20260302T100000";
    window(&mut story, &[rule], None);
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    until(&mut story, "2026-03-02T15:30:00Z");
    assert_eq!(story.phase(&id), "waiting", "left out by EXDATE");
    let report = reports(&story, &id);
    let window = report.iter().find(|r| r.gate == GateId::Window).unwrap();
    // Clocks in New York were put forward on 8 March.
    assert_eq!(
        window
            .outcome
            .opens(story.ledger.now)
            .map(|at| at.to_string()),
        Some("2026-03-09T14:00:00Z".to_owned())
    );
}
