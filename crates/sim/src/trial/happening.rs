//! What happens in a trial: people act, things break, things are mended. All of it is drawn from the seed.

use super::agent::Weather;
use super::fault::{Crash, FaultyStore};
use super::judge::{is_named_wait, wrong};
use super::people::Asked;
use super::{Checked, Lasting, Trial, opened, shifted, whole};
use crate::chance::Chance;
use std::collections::VecDeque;
use std::sync::Arc;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::time::Millis;
use tidegate_engine::Denied;
use tidegate_ledger::row::WakeRow;
use tidegate_ledger::{Rows, Store};

/// Between two tries to send a command.
const AGAIN: Millis = Millis::secs(20);
/// Tries before somebody gives up.
const TRIES: u32 = 30;

/// What happens at an instant.
pub(super) enum Happening {
    /// Somebody does something.
    Act,
    /// Commands on their way, one after the other, and how often the first was sent.
    Send(VecDeque<Asked>, u32),
    /// Something breaks.
    Break,
    /// The disk has room again.
    Room,
    /// The clock is right again.
    Right,
    /// Somebody changes something at a target by hand: more of it, or less.
    ByHand(bool),
    /// Somebody copies the ledger and forgets the copy.
    Copy,
}

/// The acts and faults of a seed.
pub(super) fn script(trial: &mut Trial) {
    let violence = trial.chance.below(4);
    let weather = Weather {
        lost: 200 * violence,
        unheard: 200 * violence,
        twice: 200 * violence,
        late: 200 * violence,
        broken: 300 * violence,
        dies: 150 * violence,
    };
    for agent in trial.agents.values_mut() {
        agent.weather = weather;
    }
    let (acts, faults) = match trial.lasting {
        Lasting::Day => (30, 2 + trial.chance.below(8)),
        Lasting::Hours => (12, 2),
    };
    let acts = acts + trial.chance.below(acts);
    let faults = violence * faults;
    for _ in 0..acts {
        later(trial, Happening::Act);
    }
    for _ in 0..faults {
        later(trial, Happening::Break);
    }
    if trial.chance.happens(2_500) {
        later(trial, Happening::Copy);
    }
    if trial.chance.happens(3_000) {
        for more in [true, false] {
            later(trial, Happening::ByHand(more));
        }
    }
}

/// Some time while the world is bad; mostly when people work.
fn later(trial: &mut Trial, what: Happening) {
    let whole = trial.lasting.time();
    let most = match trial.chance.below(4) {
        0 => whole,
        1 => Millis::minutes(120),
        _ => whole.min(Millis::minutes(600)),
    };
    let at = trial.chance.between(Millis::ZERO, most).after(trial.now);
    trial.told += 1;
    trial.script.insert((at, trial.told), what);
}

fn after(trial: &mut Trial, pause: Millis, what: Happening) {
    trial.told += 1;
    let at = pause.after(trial.now);
    trial.script.insert((at, trial.told), what);
}

/// Everything is well from now on.
pub(super) fn heal(trial: &mut Trial) {
    trial.script.clear();
    trial.store.heal();
    trial.skew = 0;
    trial.clock.wrong(trial.now);
    trial.up = trial.now;
    for agent in trial.agents.values_mut() {
        agent.heal(trial.now);
    }
}

pub(super) fn happen(trial: &mut Trial, what: Happening) -> Checked {
    match what {
        Happening::Act => act(trial),
        Happening::Send(asked, tries) => return send(trial, asked, tries),
        Happening::Break => damage(trial),
        Happening::ByHand(more) => {
            let which = usize::from(trial.chance.happens(5_000));
            if let Some(agent) = trial.agents.values_mut().nth(which) {
                agent.change_by_hand(more, trial.now);
            }
        }
        Happening::Room => trial.store.set_full(false),
        Happening::Copy => trial.old = trial.disk.copy().map_err(|e| whole::unread(&e))?,
        Happening::Right => {
            trial.skew = 0;
            trial.clock.wrong(trial.now);
        }
    }
    Ok(())
}

fn act(trial: &mut Trial) {
    let Some(server) = &trial.server else {
        return;
    };
    let (asked, behaviours) = trial.people.act(server, trial.now, &mut trial.chance);
    if let Some((release, behaviours)) = behaviours {
        for (agent, behaviour) in trial.agents.values_mut().zip(behaviours) {
            agent.host.behaves(release.clone(), behaviour);
        }
    }
    if !asked.is_empty() {
        after(trial, Millis(1), Happening::Send(asked.into(), 0));
        // Something comes of it, and somebody looks after it.
        if trial.chance.happens(4_000) {
            let pause = trial
                .chance
                .between(Millis::minutes(2), Millis::minutes(90));
            after(trial, pause, Happening::Act);
        }
    }
}

/// Send the first of these; the next follows when it is answered.
fn send(trial: &mut Trial, mut asked: VecDeque<Asked>, tries: u32) -> Checked {
    let Some(first) = asked.front() else {
        return Ok(());
    };
    let weather = trial
        .agents
        .values()
        .next()
        .map_or(Weather::FAIR, |a| a.weather);
    let lost = trial.chance.happens(weather.lost);
    let answer = match &trial.server {
        Some(server) if !lost => Some(first.send(server)),
        _ => None,
    };
    let known = match answer {
        Some(Ok(receipt)) => {
            trial.judge.answered(&first.id.0, receipt.seq);
            let twice = trial.chance.happens(weather.twice);
            if let (Some(server), true) = (&trial.server, twice) {
                same(first, &receipt.subject, first.send(server))?;
            }
            !trial.chance.happens(weather.unheard)
        }
        // A "no" is an answer too; what follows would be refused as well.
        Some(Err(Denied::Refused(_) | Denied::KeyReused)) => {
            asked.clear();
            true
        }
        Some(Err(_)) | None => false,
    };
    if known {
        asked.pop_front();
        if !asked.is_empty() {
            after(trial, Millis(1), Happening::Send(asked, 0));
        }
    } else if tries < TRIES {
        after(trial, AGAIN, Happening::Send(asked, tries + 1));
    }
    Ok(())
}

/// The same command again has the same answer.
fn same(asked: &Asked, subject: &str, second: Result<tidegate_engine::Receipt, Denied>) -> Checked {
    match second {
        Ok(receipt) if receipt.subject == subject => Ok(()),
        Ok(receipt) => Err(wrong(
            "I3",
            format!(
                "{} was answered with {subject}, then with {}",
                asked.id.0, receipt.subject
            ),
        )),
        Err(Denied::Refused(no)) => Err(wrong(
            "I1",
            format!("{} was answered, then refused: {no}", asked.id.0),
        )),
        // The server died meanwhile.
        Err(_) => Ok(()),
    }
}

fn damage(trial: &mut Trial) {
    trial.judge.counts.faults += 1;
    let now = trial.now;
    let chance = &mut trial.chance;
    let some = |chance: &mut Chance| match chance.below(4) {
        0 => chance.between(Millis::minutes(1), Millis::minutes(240)),
        _ => chance.between(Millis::secs(1), Millis::secs(90)),
    };
    match chance.below(10) {
        0..3 => {
            let statements = chance.below(150);
            trial.store.arm(Crash::Statement(statements));
        }
        3 => trial.store.arm(Crash::Commit),
        4 => trial.store.arm(Crash::Answer),
        5 => {
            trial.store.set_full(true);
            let room = some(chance).min(Millis::minutes(30));
            after(trial, room, Happening::Room);
        }
        6 => {
            let ahead = chance.between(Millis::ZERO, Millis::minutes(240));
            let minutes = i64::try_from(ahead.0).unwrap_or(0) - 7_200_000;
            trial.skew = minutes;
            trial.clock.wrong(shifted(now, minutes));
            let right = some(chance);
            after(trial, right, Happening::Right);
        }
        which => {
            let until = some(chance).after(now);
            let second = chance.happens(5_000);
            let mut agents = trial.agents.values_mut();
            let Some(agent) = agents.nth(usize::from(second)) else {
                return;
            };
            match which {
                7 => agent.stop_until(until),
                8 => agent.die_until(until),
                _ => agent.cut_until(until),
            }
        }
    }
}

/// A deployment that has not ended some hours after all was well waits for somebody by name, and will be looked at. `longer`: it was well
/// for longer than anybody is waited for in the middle of a rollout.
pub(super) fn waits(rows: &dyn Rows, id: &str, longer: bool) -> Checked {
    let stream = StreamId::new(StreamKind::Deployment, id);
    let row = rows.state(&stream).map_err(|e| whole::unread(&e))?;
    let state: Option<Deployment> = row.and_then(|row| serde_json::from_str(&row.body).ok());
    let Some(state) = state else {
        return Err(wrong("I11", format!("{id} has no state")));
    };
    if !is_named_wait(&state.phase, longer) {
        let how = format!("{id} is still {}: {:?}", state.phase.name(), state.phase);
        return Err(wrong("I11", how));
    }
    match rows.wake_of(&stream).map_err(|e| whole::unread(&e))? {
        Some(WakeRow::Next { because, .. }) if !because.is_empty() => Ok(()),
        other => Err(wrong("I11", format!("{id} waits for nothing: {other:?}"))),
    }
}

/// A copy of the ledger from some time ago is started by mistake, and agents ask it for work. Whatever it believes, no target goes
/// back to an older generation; and where agents say what their targets have seen, none is used twice either.
pub(super) fn forked(trial: &mut Trial) -> Checked {
    let Some(old) = trial.old.take() else {
        return Ok(());
    };
    trial.forked = true;
    let tells = trial.chance.happens(5_000);
    trial.judge.strict = tells;
    for agent in trial.agents.values_mut() {
        agent.tells = tells;
    }
    trial.store = Arc::new(FaultyStore::new(old, trial.mutation));
    let store = Arc::clone(&trial.store) as Arc<dyn Store>;
    trial.server = Some(opened(store, &trial.clock, &trial.blobs)?);
    for _ in 0..12 {
        later(trial, Happening::Act);
    }
    let end = trial.lasting.time().after(trial.now);
    trial.go_on(end)
}
