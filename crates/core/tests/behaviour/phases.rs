//! Every phase a stream can reach, each made by a real history.

use crate::world::story::{Story, broken, done, failed, given, nothing, running};
use tidegate_core::spec::NoData;
use tidegate_core::stream::deployment::{Command, Phase, Sub};
use tidegate_core::stream::{artifact, environment, release};
use tidegate_core::time::Millis;

/// A story, and the deployment or release it is about.
pub type Reached = (Story, String);

fn begun() -> Reached {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    (story, id)
}

fn soaking() -> Reached {
    let (mut story, id) = begun();
    story.agent_finishes();
    (story, id)
}

fn judging() -> Reached {
    let (mut story, id) = soaking();
    story.pass(Millis::minutes(5));
    (story, id)
}

fn succeeded() -> Reached {
    let (mut story, id) = begun();
    story.succeeds(&id);
    (story, id)
}

fn rolling_back() -> Reached {
    let (mut story, id) = soaking();
    story.regressed(&id).unwrap();
    (story, id)
}

fn needs_person() -> Reached {
    let (mut story, id) = rolling_back();
    story.agent_says(failed());
    (story, id)
}

fn command((mut story, id): Reached, command: Command) -> Reached {
    story.deployment(&id, command).unwrap();
    (story, id)
}

fn pause(reached: Reached) -> Reached {
    let reason = "lunch".to_owned();
    command(reached, Command::Pause { reason })
}

fn abort(reached: Reached) -> Reached {
    let reason = "wrong colour".to_owned();
    command(reached, Command::Abort { reason })
}

fn gated() -> Reached {
    let mut story = running();
    let because = "audit".to_owned();
    story
        .environment(
            "staging",
            environment::Command::Hold {
                because,
                until: None,
                lasting: None,
            },
        )
        .unwrap();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    (story, id)
}

/// Every phase and sub-phase of a deployment, by name.
pub fn deployments() -> Vec<(&'static str, Reached)> {
    let waits_again = {
        let (mut story, id) = begun();
        story.agent_says(broken());
        (story, id)
    };
    let waits_for_person = {
        let mut story = running();
        for analysis in story.ledger.spec.analyses.values_mut() {
            analysis.no_data = NoData::Pause;
        }
        let id = story.deploy("web@1.1.0", "staging").unwrap();
        story.agent_finishes();
        story.pass(Millis::minutes(12));
        (story, id)
    };
    let closing = {
        let (mut story, id) = succeeded();
        story.pass(Millis::minutes(10));
        (story, id)
    };
    let confirmed = {
        let (mut story, id) = succeeded();
        story.pass(Millis::minutes(10));
        story.agent_finishes();
        (story, id)
    };
    let back = {
        let (mut story, id) = rolling_back();
        story.agent_finishes();
        (story, id)
    };
    let settled = command(
        needs_person(),
        Command::Settle {
            reason: "restarted by hand".to_owned(),
        },
    );
    let superseded = {
        let (mut story, id) = gated();
        story.deploy("web@1.2.0", "staging").unwrap();
        (story, id)
    };
    let expired = {
        let (mut story, id) = gated();
        story.sleep(Millis::minutes(14 * 24 * 60));
        (story, id)
    };
    vec![
        ("absent", (running(), begun().1)),
        ("waiting", gated()),
        ("running, next try", waits_again),
        ("running, agent works", begun()),
        ("running, pausing", pause(begun())),
        ("running, holds", soaking()),
        ("running, judged", judging()),
        ("running, paused", pause(soaking())),
        ("running, paused by a freeze", crate::frozen::paused()),
        ("running, waits for a person", waits_for_person),
        (
            "running, waits for a sign-off",
            crate::changes::sign_offs::asked(),
        ),
        ("succeeded", succeeded()),
        ("closing", closing),
        ("confirmed", confirmed),
        ("rolling back", rolling_back()),
        ("rolled back", back),
        ("rolled back, by hand", settled),
        ("stopped", abort(begun())),
        ("needs a person", needs_person()),
        ("cancelled", abort(gated())),
        ("superseded", superseded),
        ("expired", expired),
    ]
}

/// Every phase of an artifact.
pub fn artifacts() -> Vec<(&'static str, Reached)> {
    let id = "web@1.0.0".to_owned();
    let registered = || {
        let mut story = nothing();
        story.register("web@1.0.0").unwrap();
        story
    };
    let with = |command: artifact::Command| {
        let mut story = registered();
        story.artifact("web@1.0.0", command).unwrap();
        story
    };
    let verified = {
        let mut story = given(&["web@1.0.0"]);
        story.deploy("web@1.0.0", "staging").unwrap();
        story.agent_says(done());
        story
    };
    let because = "leaks memory".to_owned();
    let retired = with(artifact::Command::Retire {
        because: because.clone(),
    });
    let recalled = with(artifact::Command::Recall { because });
    vec![
        ("absent", (nothing(), id.clone())),
        ("registered", (registered(), id.clone())),
        ("verified", (verified, id.clone())),
        ("retired", (retired, id.clone())),
        ("recalled", (recalled, id)),
    ]
}

/// Every phase of a release.
pub fn releases() -> Vec<(&'static str, Reached)> {
    let id = "web@1.1.0".to_owned();
    let absent = {
        let mut story = nothing();
        story.register("web@1.1.0").unwrap();
        story
    };
    let (rolling, _) = succeeded();
    let (held, _) = rolling_back();
    let released = {
        let (mut story, _) = confirmed_in_staging();
        story.deployed("web@1.1.0", "prod");
        story
    };
    let cancelled = {
        let mut story = running();
        let reason = "not needed".to_owned();
        story
            .release("web@1.1.0", release::Command::Cancel { reason })
            .unwrap();
        story
    };
    vec![
        ("absent", (absent, id.clone())),
        ("locked", (running(), id.clone())),
        ("rolling", (rolling, id.clone())),
        ("held", (held, id.clone())),
        ("released", (released, id.clone())),
        ("cancelled", (cancelled, id)),
    ]
}

pub fn confirmed_in_staging() -> Reached {
    let mut story = running();
    let id = story.deployed("web@1.1.0", "staging");
    (story, id)
}

/// What a deployment is in the middle of, in a word or two.
pub fn short(phase: &Phase) -> String {
    let sub = match phase {
        Phase::Running { at } | Phase::RollingBack { at, .. } | Phase::Closing { at } => {
            match at.sub {
                Sub::Ready { .. } => " / next try",
                Sub::Acting { .. } => " / agent",
                Sub::Pausing { .. }
                | Sub::Paused { .. }
                | Sub::PausedByFreeze { .. }
                | Sub::AwaitingPerson { .. }
                | Sub::AwaitingSignOff { .. } => "",
                Sub::Soaking { .. } => " / hold",
                Sub::Judging { .. } => " / figures",
            }
        }
        _ => "",
    };
    format!("{}{sub}", phase.name())
}
