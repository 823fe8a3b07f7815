//! One turn of the writer: timers that are due and commands that wait, in one transaction.

use crate::inbox::{Answer, Asked, Denied, Receipt};
use crate::waiting::Given;
use crate::{Shared, erase, in_force, retention};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tidegate_core::actor::Actor;
use tidegate_core::batch::{Batch, ModelChange, NewEntry, NewState};
use tidegate_core::command::Command;
use tidegate_core::decider::Ask;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{ActionId, CommandId, DeploymentId, StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::{self, Item, World};
use tidegate_core::stream::deployment;
use tidegate_core::time::{Millis, Timestamp, ledger_time};
use tidegate_core::work::Work;
use tidegate_faults::is_off;
use tidegate_ledger::row::{NewReply, WakeRow};
use tidegate_ledger::{Expected, Head, StoreError, Tx, TxView, persist};

/// How long an answer is kept for a repeated command.
const REPLIES: Millis = Millis::minutes(24 * 60);
/// Timers of one transaction.
const DUE: usize = 256;

/// What a turn did, to be told to others after the commit.
pub(crate) struct Turn {
    pub now: Timestamp,
    /// Newest entry before the turn, and after it.
    pub before: Head,
    pub head: Head,
    pub states: Vec<NewState>,
    pub answers: Vec<Answer>,
    /// Outside work that was started.
    pub started: Vec<(ActionId, Work)>,
    /// Of it, what was leased to requests that are held.
    pub given: Vec<Given>,
    pub releases: bool,
    pub entries: u64,
    pub wakes: u64,
    pub quarantined: u64,
    /// Words were taken out of an entry.
    pub erased: bool,
    pub config: Option<in_force::InForce>,
    pub next_due: Option<Timestamp>,
    pub lag: Millis,
    /// What it decided by.
    pub in_force: Arc<in_force::InForce>,
}

/// Run one transaction over what is due and what was asked.
pub(crate) fn turn(shared: &Shared, asked: &[Asked]) -> Result<Turn, StoreError> {
    let turn = shared.store.write_with(|tx| {
        let at = ledger_time(shared.clock.now());
        tx.expect(&expected(shared, asked, at))?;
        let head = tx.head()?;
        shared.states.begin(&head);
        let now = at.max(head.at);
        let mut turn = Turn {
            now,
            before: head.clone(),
            head,
            states: Vec::new(),
            answers: Vec::new(),
            started: Vec::new(),
            given: Vec::new(),
            releases: false,
            entries: 0,
            wakes: 0,
            quarantined: 0,
            erased: false,
            config: None,
            next_due: None,
            lag: Millis::ZERO,
            in_force: shared.in_force.get(),
        };
        turn.see_others(shared, tx)?;
        for due in tx.due(now, DUE)? {
            turn.lag = turn.lag.max(Millis::between(due.at, now));
            turn.wake(shared, tx, &due.stream)?;
        }
        for asked in asked {
            let answer = turn.command(
                shared,
                tx,
                (&asked.item, &asked.also),
                Some(&asked.fingerprint),
            )?;
            turn.answers.push(answer);
        }
        turn.given = shared.lease_started(tx, &turn.started)?;
        if turn.entries > 0 {
            tx.expire_replies(now, 64)?;
        }
        turn.next_due = tx.next_due()?;
        turn.head = tx.head()?;
        Ok(turn)
    })?;
    shared.states.settle(turn.head.clone());
    Ok(turn)
}

/// What a turn over these commands reads, whatever is decided.
fn expected(shared: &Shared, asked: &[Asked], at: Timestamp) -> Expected {
    let commands = asked
        .iter()
        .flat_map(|asked| std::iter::once(&asked.item.command).chain(&asked.also));
    let mut revs: Vec<StreamId> = commands.filter_map(Command::stream).collect();
    revs.sort();
    revs.dedup();
    let is_unread = |stream: &&StreamId| shared.states.get(stream).is_none();
    Expected {
        replies: asked.iter().map(|asked| asked.item.id.clone()).collect(),
        states: revs.iter().filter(is_unread).cloned().collect(),
        revs,
        due: Some((at, DUE)),
        ..Expected::default()
    }
}

impl Turn {
    /// Is there work that somebody may come for?
    pub(crate) fn leaves_work(&self) -> bool {
        self.given.len() < self.started.len()
    }

    /// Decide by the configuration that is in force in this very transaction, also when another server brought it.
    /// Asked of the ledger in each turn: what is in memory may be older, whatever memory says of itself.
    fn see_others(&mut self, shared: &Shared, tx: &dyn Tx) -> Result<(), StoreError> {
        let known = &self.in_force;
        if in_force::digest(tx, &shared.states)? != (known.revision, known.digest.clone()) {
            self.in_force = Arc::new(in_force::read(tx, &shared.blobs, &*shared.options.rules)?);
        }
        Ok(())
    }

    fn wake(
        &mut self,
        shared: &Shared,
        tx: &mut dyn Tx,
        stream: &StreamId,
    ) -> Result<(), StoreError> {
        self.wakes += 1;
        let Some(command) = step::wake(stream) else {
            // A row left by a stream without timers is put to rest and shown.
            tracing::warn!(%stream, "a stream without timers was due");
            return tx.set_wake(stream, &WakeRow::Rest);
        };
        let head = tx.head()?.seq;
        let item = Item {
            id: CommandId(format!("wake/{stream}/{head}")),
            actor: Actor::system(),
            command,
        };
        if let Err(Denied::Refused(refusal)) = self.command(shared, tx, (&item, &[]), None)? {
            // A timer that its stream refuses would be due for ever.
            self.aside(tx, stream, &format!("its timer was refused: {refusal}"))?;
        }
        Ok(())
    }

    fn command(
        &mut self,
        shared: &Shared,
        tx: &mut dyn Tx,
        (item, also): (&Item, &[Command]),
        fingerprint: Option<&Digest>,
    ) -> Result<Answer, StoreError> {
        if let Some(fingerprint) = fingerprint
            && !is_off("replies")
            && let Some(reply) = tx.reply(&item.id)?
        {
            return Ok(replay(&reply, fingerprint));
        }
        for command in std::iter::once(&item.command).chain(also) {
            if let Some(stream) = command.stream()
                && let Some(because) = tx.quarantined(&stream)?
            {
                return Ok(Err(Refusal::Quarantined {
                    stream: stream.to_string(),
                    because,
                }
                .into()));
            }
        }
        let decided = {
            let view = TxView::keeping(tx, &shared.states);
            let world = World {
                now: self.now,
                spec: &self.in_force.spec,
                origins: &self.in_force.origins,
                view: &view,
                judge: &*self.in_force.judge,
            };
            // Core is pure: a panic left nothing half done.
            let decided = catch_unwind(AssertUnwindSafe(|| step::together(item, also, &world)));
            view.finish()?;
            decided
        };
        match decided {
            Ok(Ok(batch)) => self.keep(shared, tx, item, fingerprint, &batch),
            Ok(Err((0, refusal))) => self.refuse(tx, item, refusal),
            Ok(Err((n, refusal))) => {
                // What is recorded about it names the one that was refused.
                let command = also.get(n - 1).unwrap_or(&item.command).clone();
                let item = Item {
                    command,
                    ..item.clone()
                };
                self.refuse(tx, &item, refusal)
            }
            Err(panic) => {
                let text = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                    .unwrap_or_default();
                let because = format!("deciding `{}` panicked: {text}", item.command.name());
                let stream = item.command.stream();
                if let Some(stream) = &stream {
                    self.aside(tx, stream, &because)?;
                }
                let stream =
                    stream.map_or_else(|| "a new deployment".to_owned(), |s| s.to_string());
                Ok(Err(Refusal::Quarantined { stream, because }.into()))
            }
        }
    }

    fn keep(
        &mut self,
        shared: &Shared,
        tx: &mut dyn Tx,
        item: &Item,
        fingerprint: Option<&Digest>,
        batch: &Batch,
    ) -> Result<Answer, StoreError> {
        let erasing = match erase::of_batch(tx, batch)? {
            Ok(erasing) => erasing,
            Err(refusal) => return self.refuse(tx, item, refusal),
        };
        let mut receipt = Receipt {
            subject: batch.subject.clone(),
            seq: 0,
            replayed: false,
            at: self.now,
        };
        let reply = fingerprint.map(|fingerprint| NewReply {
            command_id: item.id.clone(),
            fingerprint: fingerprint.clone(),
            outcome: canonical(&receipt).unwrap_or_default(),
            expires: REPLIES.after(self.now),
        });
        let committed = match persist(tx, self.now, batch, reply.as_ref()) {
            Ok(committed) => committed,
            Err(error) if error.blames_input() => {
                let refusal = Refusal::Invalid {
                    because: error.to_string(),
                    help: "send the command again; if it stays, please report it".to_owned(),
                };
                return Ok(Err(refusal.into()));
            }
            Err(error) => return Err(error),
        };
        for state in &batch.states {
            if let Some(parsed) = &state.parsed {
                shared.states.put(&state.stream, parsed.clone());
            }
        }
        let mut erased = false;
        if let (Some(erasing), Some(by)) = (erasing, erase::position(&committed.entries)) {
            erasing.carry_out(tx, by)?;
            erased = true;
        }
        erased |= retention::carry_out(tx, batch)?;
        if erased {
            shared.states.forget();
            self.erased = true;
        }
        receipt.seq = committed.last_seq;
        self.entries += committed.entries.len() as u64;
        self.started
            .extend(batch.asks.iter().filter_map(|ask| match ask {
                Ask::Start { id, work } => Some((id.clone(), (**work).clone())),
                Ask::End { .. } => None,
            }));
        self.releases |= batch.entries.iter().any(|e| {
            matches!(
                e.stream.kind(),
                Some(StreamKind::Release | StreamKind::Deployment | StreamKind::Config)
            )
        });
        if batch
            .entries
            .iter()
            .any(|e| e.stream.kind() == Some(StreamKind::Config))
        {
            let in_force = in_force::read(tx, &shared.blobs, &*shared.options.rules)?;
            self.in_force = Arc::new(in_force.clone());
            self.config = Some(in_force);
        }
        self.states.extend(batch.states.iter().cloned());
        Ok(Ok(receipt))
    }

    fn refuse(
        &mut self,
        tx: &mut dyn Tx,
        item: &Item,
        refusal: Refusal,
    ) -> Result<Answer, StoreError> {
        if item.command.is_vote() {
            self.record_vote(tx, item, &refusal)?;
        }
        match &refusal {
            Refusal::Quarantined { stream, because } => {
                if let Some(stream) = StreamId::parse(stream) {
                    self.aside(tx, &stream, because)?;
                }
            }
            Refusal::NotAllowed { actor, action, .. }
            | Refusal::OthersDecide { actor, action, .. }
            | Refusal::SignInAgain { actor, action, .. }
            | Refusal::Forbidden { actor, action, .. }
                if !item.command.is_vote() =>
            {
                self.record_refusal(tx, item, actor, action)?
            }
            _ => {}
        }
        Ok(Err(refusal.into()))
    }

    fn aside(
        &mut self,
        tx: &mut dyn Tx,
        stream: &StreamId,
        because: &str,
    ) -> Result<(), StoreError> {
        tracing::error!(%stream, because, "stream set aside");
        self.quarantined += 1;
        tx.quarantine(stream, because)?;
        self.leave_line(tx, stream)
    }

    /// A deployment that is set aside while it waits holds nobody up: it leaves the line, and those behind it are asked.
    fn leave_line(&self, tx: &mut dyn Tx, stream: &StreamId) -> Result<(), StoreError> {
        if stream.kind() != Some(StreamKind::Deployment) {
            return Ok(());
        }
        let Ok(id) = DeploymentId::parse(stream.key()) else {
            return Ok(());
        };
        let left = {
            let view = TxView::new(tx);
            let left = deployment::leave_line(&view, &self.in_force.spec, &id, self.now);
            view.finish()?;
            left
        };
        for ModelChange { model, key, body } in &left.models {
            tx.put_model(model, key, body.as_deref())?;
        }
        tx.fire(&left.fires, self.now)
    }

    /// A refused yes or no is on record each time, with the reason; the same one sent again is the same.
    fn record_vote(
        &mut self,
        tx: &mut dyn Tx,
        item: &Item,
        refusal: &Refusal,
    ) -> Result<(), StoreError> {
        let stream = StreamId::new(StreamKind::Access, &item.actor.name);
        let rev = tx.rev(&stream)?;
        let last = match rev {
            0 => None,
            _ => tx.entries_of(&stream, rev, 1)?.pop(),
        };
        if last.is_some_and(|last| last.cause == item.id.0) {
            return Ok(());
        }
        let about = item.command.stream().map(|stream| stream.to_string());
        let body = serde_json::json!({
            "action": item.command.name(),
            "role": item.actor.role.as_str(),
            "about": about,
            "because": refusal.to_string(),
        });
        self.append_refusal(tx, item, (stream, rev), &body)
    }

    fn append_refusal(
        &mut self,
        tx: &mut dyn Tx,
        item: &Item,
        (stream, rev): (StreamId, u64),
        body: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let body = canonical(body).map_err(|e| StoreError::Aborted {
            because: e.to_string(),
        })?;
        let entry = NewEntry {
            stream,
            rev: rev + 1,
            kind: "access.refused/1".to_owned(),
            actor: item.actor.name.clone(),
            cause: item.id.0.clone(),
            body,
        };
        tx.append(&entry, self.now)?;
        self.entries += 1;
        Ok(())
    }

    /// Other refused attempts are facts too; one entry a minute and actor, so that a loop cannot fill the ledger.
    fn record_refusal(
        &mut self,
        tx: &mut dyn Tx,
        item: &Item,
        actor: &str,
        action: &str,
    ) -> Result<(), StoreError> {
        let stream = StreamId::new(StreamKind::Access, actor);
        let rev = tx.rev(&stream)?;
        if rev > 0
            && let Some(last) = tx.entries_of(&stream, rev, 1)?.pop()
            && last.kind == "access.refused/1"
            && Millis::between(last.at, self.now) < Millis::minutes(1)
        {
            return Ok(());
        }
        let body = serde_json::json!({ "action": action, "role": item.actor.role.as_str() });
        self.append_refusal(tx, item, (stream, rev), &body)
    }
}

fn replay(reply: &tidegate_ledger::Reply, fingerprint: &Digest) -> Answer {
    if reply.fingerprint != *fingerprint {
        return Err(Denied::KeyReused);
    }
    let mut receipt: Receipt = serde_json::from_str(&reply.outcome).map_err(|e| {
        Denied::Store(StoreError::BadRow {
            what: "a kept answer".to_owned(),
            because: e.to_string(),
        })
    })?;
    receipt.seq = reply.seq;
    receipt.replayed = true;
    Ok(receipt)
}
