//! Windows and freezes in plans and in what holds: by what they mean, not by how they are written.

use crate::plan::{changes, loaded, reviewed, spec};
use tidegate_config::{diff, effective, render_plan};

const TIMES: &str = "tidegate: 1
zone: Europe/Berlin
---
environments:
  lab: { tier: test, window: nights }
  prod: { tier: production, window: office-hours, port-offset: 100 }
  desk: { tier: dev, window: office-hours, port-offset: 200 }
  farm: { tier: dev, window: nights, port-offset: 300 }
---
window: office-hours
allow: Mon-Thu 09:00-16:00
---
window: nights
allow: [Mon-Fri 22:00-04:00, Sat from 2027-01-02]
zone: UTC
---
freeze: quarter-close
why: The books are closed.
around: fiscal-quarter-end
from: 3 working days before
until: 2 working days after
services: [web, pay]
environments: [lab, prod]
---
freeze: peak-season
why: Black Friday to Cyber Monday
from: 2026-11-25 00:00
until: 2026-12-01 06:00
---
holidays: acme
days: [2026-12-25, 2026-12-29]
---
service: web
owner: me
run: { command: ./web, port: 8080 }
---
service: pay
owner: me
";

/// Edits: text before and after, path that must be marked (none for what is stricter), words of the reason, and whether the
/// way back is weaker too, because times moved.
const LOOSER: &[(&str, &str, &str, &str, bool)] = &[
    (
        ", window: office-hours",
        "",
        "environments.prod.window",
        "at any time",
        false,
    ),
    (
        "Mon-Thu 09:00-16:00",
        "Mon-Fri 09:00-16:00",
        "windows.office-hours.allow",
        "on Fri 2026-01-02 from 09:00 in Europe/Berlin",
        false,
    ),
    (
        "09:00-16:00",
        "09:00-16:30",
        "windows.office-hours.allow",
        "from 16:00",
        false,
    ),
    (
        "09:00-16:00",
        "08:00-15:00",
        "windows.office-hours.allow",
        "from 08:00",
        true,
    ),
    (
        "09:00-16:00\n",
        "09:00-16:00\nzone: UTC\n",
        "windows.office-hours.zone",
        "in UTC",
        true,
    ),
    (
        "tier: test, window: nights",
        "tier: test, window: office-hours",
        "environments.lab.window",
        "deployments in lab may also start",
        true,
    ),
    (
        "from 2027-01-02",
        "from 2026-12-05",
        "windows.nights.allow",
        "on Sat 2026-12-05 from 04:00 in UTC",
        false,
    ),
    (
        "3 working days before",
        "2 working days before",
        "freezes.quarter-close.from",
        "deployments in lab may start on",
        false,
    ),
    (
        "2 working days after",
        "1 working day after",
        "freezes.quarter-close.until",
        "in Europe/Berlin",
        false,
    ),
    (
        "services: [web, pay]",
        "services: pay",
        "freezes.quarter-close.services",
        "no longer holds web",
        false,
    ),
    (
        "[lab, prod]",
        "[lab]",
        "freezes.quarter-close.environments",
        "no longer holds prod",
        false,
    ),
    (
        "environments: [lab, prod]\n",
        "",
        "freezes.quarter-close.environments",
        "no longer holds lab",
        false,
    ),
    ("services: [web, pay]\n", "", "", "", true),
    (
        "2026-12-01 06:00",
        "2026-12-01 05:00",
        "freezes.peak-season.until",
        "on Tue 2026-12-01 from 05:00",
        false,
    ),
    ("until: 2026-12-01 06:00\n", "", "", "", true),
    (
        "06:00\n",
        "06:00\nzone: America/New_York\n",
        "freezes.peak-season.zone",
        "on Tue 2026-11-24 from 18:00 in America/New_York",
        true,
    ),
    (
        "days: [2026-12-25, 2026-12-29]",
        "days: [2026-12-25]",
        "freezes.quarter-close",
        "",
        true,
    ),
    (
        "tidegate: 1\n",
        "tidegate: 1\nfiscal-year-starts: February\n",
        "freezes.quarter-close",
        "",
        true,
    ),
];

#[test]
fn a_wider_window_and_a_shorter_freeze_weaken_a_control() {
    for (before, after, path, words, both_ways) in LOOSER {
        let edited = TIMES.replacen(before, after, 1);
        if path.is_empty() {
            // Stricter, or nothing to be found.
            let forth = changes(TIMES, &edited);
            assert!(forth.iter().all(|c| c.weakens.is_none()), "{forth:#?}");
            continue;
        }
        assert_ne!(edited, TIMES, "{before}");
        let forth = changes(TIMES, &edited);
        let found = forth
            .iter()
            .find(|c| c.path == *path && c.weakens.is_some());
        let reason = found
            .and_then(|c| c.weakens.as_deref())
            .unwrap_or_else(|| panic!("{before} -> {after}: {forth:#?}"));
        assert!(reason.contains(words), "{before} -> {after}: {reason}");
        let back = changes(&edited, TIMES);
        assert!(
            *both_ways || back.iter().all(|c| c.weakens.is_none()),
            "{after} -> {before}: {back:#?}"
        );
    }
}

#[test]
fn another_way_of_writing_the_same_times_weakens_nothing() {
    let same = [
        (
            "allow: Mon-Thu 09:00-16:00",
            "allow: [Mon 09:00-16:00, Tue-Thu 09:00-12:00, Tue-Thu 12:00-16:00]",
        ),
        (
            "until: 2026-12-01 06:00",
            "until: 2026-12-01 06:00\nzone: Europe/Vienna",
        ),
        ("from: 2026-11-25 00:00", "from: 2026-11-25"),
        ("freeze: peak-season", "freeze: black-friday"),
        ("why: Black Friday to Cyber Monday", "why: Sales"),
        ("3 working days before", "4 working days before"),
    ];
    for (before, after) in same {
        let edited = TIMES.replacen(before, after, 1);
        let changes = changes(TIMES, &edited);
        assert!(!changes.is_empty(), "{before}");
        assert!(
            changes.iter().all(|c| c.weakens.is_none()),
            "{before} -> {after}: {changes:#?}"
        );
    }
}

#[test]
fn a_plan_of_the_calendar_says_what_may_start_when() {
    let start = TIMES.find("---\nfreeze: peak-season").unwrap();
    let end = TIMES.find("---\nholidays").unwrap();
    let new = format!("{}{}", &TIMES[..start], &TIMES[end..])
        .replace("Mon-Thu 09:00-16:00", "Mon-Fri 09:00-16:00")
        .replace("2 working days after", "1 working day after")
        .replace("12-29]", "12-29, 2026-12-26]")
        .replace("tidegate: 1\n", "tidegate: 1\nfiscal-year-starts: April\n")
        + "---\nfreeze: audit\nwhy: Auditors look.\nfrom: 2027-03-01\n";
    let (old, loaded) = (spec(TIMES), loaded(&new));
    let new = loaded.spec.unwrap();
    let changes = diff(&old, &new, &loaded.origins);
    reviewed(
        "of-a-plan-of-the-calendar",
        &render_plan(&changes, &old, &new).unwrap(),
    );
}

#[test]
fn window_and_freezes_that_hold_are_shown_with_their_lines() {
    let loaded = loaded(TIMES);
    let spec = loaded.spec.unwrap();
    let shown = |service: &str, env: &str| {
        let all = effective(
            &spec,
            &loaded.origins,
            &service.parse().unwrap(),
            &env.parse().unwrap(),
        );
        let all = all.unwrap().into_iter().filter(|s| {
            [
                "environment.window",
                "environment.zone",
                "window",
                "freezes",
            ]
            .iter()
            .any(|p| s.path.starts_with(p))
        });
        all.map(|s| format!("{:40} {:36} {}\n", s.path, s.value, s.place))
            .collect::<String>()
    };
    reviewed(
        "of-an-effective-calendar",
        &format!("{}\n{}", shown("web", "prod"), shown("pay", "lab")),
    );
}
