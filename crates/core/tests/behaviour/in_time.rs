//! Some windows and freezes, and what must hold for every start while they are in force.

use crate::world::company::env;
use tidegate_core::id::Name;
use tidegate_core::plan::{Intent, PlanBody, Step};
use tidegate_core::spec::{Freeze, FreezePolicy, Scope, Spec, Window};
use tidegate_core::time::Timestamp;

/// Windows that are open at some time of each day, and freezes between two instants.
pub fn configure(spec: &mut Spec, n: usize) {
    let name = |text: &str| Name::new(text).unwrap();
    spec.freezes.clear();
    for (called, allow) in [
        ("morning", "Mon-Sun 09:40-10:40"),
        ("night", "Mon-Sun 22:00-02:00"),
    ] {
        let allow = vec![allow.to_owned()];
        spec.windows.insert(
            name(called),
            Window {
                allow,
                deny: Vec::new(),
                zone: None,
                at_most: None,
            },
        );
    }
    let window = [None, Some("morning"), Some("night"), None, None][n];
    for environment in spec.environments.values_mut() {
        environment.window = window.map(name);
    }
    if n >= 3 {
        let freeze = Freeze {
            why: "r".to_owned(),
            around: None,
            from: "2026-03-02 09:50".to_owned(),
            until: (n == 3).then(|| "2026-03-02 11:00".to_owned()),
            zone: None,
            scope: Scope {
                environments: vec![env("staging")],
                ..Scope::default()
            },
            policy: FreezePolicy::default(),
        };
        spec.freezes.insert(name("rush"), freeze);
    }
}

/// I6: the whole of it lies in the window, and no freeze lies in it; told by plain arithmetic in UTC.
pub fn starts(spec: &Spec, body: &PlanBody, at: Timestamp) {
    let hold = |step: &Step| match step.intent {
        Intent::Hold { lasting } => lasting.0,
        _ => 0,
    };
    let holds: u64 = body.steps.iter().map(hold).sum();
    let length = i64::try_from(holds + body.watch.0 + body.undo_within.0).unwrap();
    let (day, minute, at) = (86_400_000, 60_000, at.as_millisecond());
    if let Some(window) = &spec.environments[&body.environment].window {
        let (opens, closes) = match window.as_str() {
            "morning" => (580 * minute, 640 * minute),
            _ => (1_320 * minute, 1_560 * minute),
        };
        let clock = at.rem_euclid(day);
        let clock = if clock < opens { clock + day } else { clock };
        assert!(clock + length <= closes, "I6: {window} {body:?}");
    }
    for freeze in spec.freezes.values() {
        let instant = |text: &str| {
            let text = format!("{}:00Z", text.replace(' ', "T"));
            text.parse::<Timestamp>().unwrap().as_millisecond()
        };
        let ends = freeze.until.as_deref().map_or(i64::MAX, instant);
        let free = at + length <= instant(&freeze.from) || at >= ends;
        let here = freeze.scope.environments.contains(&body.environment);
        assert!(free || !here, "I6: {freeze:?} {body:?}");
    }
}
