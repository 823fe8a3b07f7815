//! An outage and a calendar of others move a departure of a train, through the real program: shown, accepted by digest, done.

use crate::trains::company;
use crate::world::World;

const TO: &str = "2026-12-15T09:00:00Z";

fn departs(world: &World) -> String {
    let shown = world
        .run(&["train", "show", "retail#1", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(shown["passengers"][0]["release"], "web@1.0.0", "{shown:#}");
    shown["departs"].as_str().unwrap().to_owned()
}

#[test]
fn an_outage_and_an_imported_calendar_postpone_a_departure_when_that_is_accepted() {
    let Some(world) = company() else { return };
    let web = world.arrived("web", "1.0.0", "staging");
    world.run(&["train", "join", "retail", &web]).ends(0);
    declared(&world);
    imported(&world);
}

fn declared(world: &World) {
    let mut outage = vec![
        "calendar",
        "add",
        "outage",
        "The payment network moves",
        "--from",
        "2026-12-01 08:00",
        "--until",
        "2026-12-01 15:00",
        "--reason",
        "announced by the network",
    ];
    world.run(&outage).ends(3).says(&[
        "outage-1: 1 move",
        "departure retail#1 with web@1.0.0 -> prod  moves from",
        "it leaves inside outage outage-1; tell admin, team web",
    ]);
    let proposal = world
        .run(&[&outage[..], &["--dry-run", "-o", "json"]].concat())
        .ends(0)
        .json();
    let item = &proposal["items"][0];
    assert_eq!(
        (&item["departure"], &item["to"]),
        (&"retail#1".into(), &TO.into())
    );
    assert_eq!(departs(world), "2026-12-01T09:00:00Z");

    let other = format!("--accept=sha256:{}", "0".repeat(64));
    outage.push(&other);
    world.run(&outage).ends(7).refuses(
        "TG2007",
        &["the proposal was made on a state that has changed since"],
        "look at the new one",
    );
    let accept = format!("--accept={}", proposal["digest"].as_str().unwrap());
    outage.pop();
    outage.push(&accept);
    world
        .run(&outage)
        .ends(0)
        .says(&["outage-1  declared  blocks"]);
    assert_eq!(departs(world), TO);
    world.run(&["train", "show", "retail#1"]).ends(0).says(&[
        "retail #1  Tue 15 Dec 2026 10:00 Berlin   boarding",
        "postponed from Tue 1 Dec 2026 10:00 Berlin by tidegate: The payment network moves: it leaves inside outage outage-1",
        "on board",
    ]);
}

fn imported(world: &World) {
    let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:vault-1\r\nSUMMARY:Vault is moved\r\nDTSTART:20261215T080000Z\r\nDTEND:20261215T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let path = world.root().join("vault.ics");
    std::fs::write(&path, file).unwrap();
    let path = path.display().to_string();
    let import = ["calendar", "import", &path, "--as", "maintenance"];
    world.run(&import).ends(3).says(&[
        "maintenance-2: 1 move",
        "departure retail#1 with web@1.0.0 -> prod  moves from",
    ]);
    assert_eq!(departs(world), TO, "nothing was changed");
    let would = world
        .run(&[&import[..], &["--dry-run", "-o", "json"]].concat())
        .ends(0)
        .json();
    let digest = would["digest"].as_str().unwrap();
    let old = format!("--accept=sha256:{}", "0".repeat(64));
    world.run(&[&import[..], &[&old]].concat()).ends(7).refuses(
        "TG2007",
        &["what the import does to planned work"],
        "",
    );
    let accept = format!("--accept={digest}");
    world
        .run(&[&import[..], &[&accept]].concat())
        .ends(0)
        .says(&["declared", "maintenance-2", "Vault is moved"]);
    assert_eq!(departs(world), "2026-12-29T09:00:00Z");
    world
        .run(&[&import[..], &["-o", "json"]].concat())
        .ends(0)
        .says(&["unchanged"]);
}
