//! Timers and triggers in memory.

use super::session::Session;
use super::tables::WakeKind;
use crate::error::StoreError;
use crate::row::{Due, WakeRow};
use crate::store::Result;
use tidegate_core::decider::Trigger;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::{Timestamp, ledger_time};

impl Session<'_> {
    pub(super) fn due_by(&self, until: Timestamp) -> impl Iterator<Item = Due> {
        let due = self
            .at
            .due_times
            .iter()
            .take_while(move |((at, _), ())| *at <= until);
        let due = due.filter(|((_, stream), ())| self.at.quarantine.get(stream).is_none());
        due.filter_map(|((_, stream), ())| {
            let (at, because) = self.at.due.get(stream)?;
            Some(Due {
                stream: stream.clone(),
                at: *at,
                because: because.clone(),
            })
        })
    }

    pub(super) fn waiting(&self, trigger: &str) -> Vec<StreamId> {
        let found = self.at.waits.from((trigger.to_owned(), first_stream()));
        let found = found.take_while(|((on, _), ())| on == trigger);
        found.map(|((_, stream), ())| stream.clone()).collect()
    }

    pub(super) fn wake(&self, stream: &StreamId) -> Option<WakeRow> {
        match self.at.state.get(stream)?.1 {
            WakeKind::Unset => None,
            WakeKind::Rest => Some(WakeRow::Rest),
            WakeKind::Never => Some(WakeRow::Never),
            WakeKind::Next => {
                let (at, because) = self.at.due.get(stream)?.clone();
                Some(WakeRow::Next {
                    at,
                    on: self.triggers_of(stream),
                    because,
                })
            }
        }
    }

    pub(super) fn forgotten(&self) -> impl Iterator<Item = StreamId> {
        let owing = self
            .at
            .state
            .iter()
            .filter(|(stream, (_, wake))| match wake {
                WakeKind::Unset => true,
                WakeKind::Next => self.at.due.get(*stream).is_none(),
                WakeKind::Rest | WakeKind::Never => false,
            });
        owing.map(|(stream, _)| stream.clone())
    }

    pub(super) fn write_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        let Some((row, _)) = self.at.state.get(stream).cloned() else {
            return Err(StoreError::Missing {
                what: "state of stream",
                key: stream.to_string(),
            });
        };
        self.drop_due(stream);
        for trigger in self.triggers_of(stream) {
            self.at.waits.remove((trigger.clone(), stream.clone()));
            self.at.waits_of.remove((stream.clone(), trigger));
        }
        let kind = match wake {
            WakeRow::Rest => WakeKind::Rest,
            WakeRow::Never => WakeKind::Never,
            WakeRow::Next { at, on, because } => {
                self.put_due(stream, ledger_time(*at), because.clone());
                for trigger in on {
                    self.at.waits.put((trigger.clone(), stream.clone()), ());
                    self.at.waits_of.put((stream.clone(), trigger.clone()), ());
                }
                WakeKind::Next
            }
        };
        self.at.state.put(stream.clone(), (row, kind));
        Ok(())
    }

    pub(super) fn fire_triggers(&mut self, triggers: &[Trigger], now: Timestamp) {
        let now = ledger_time(now);
        let mut waiting: Vec<StreamId> = triggers
            .iter()
            .flat_map(|trigger| self.waiting(trigger))
            .collect();
        waiting.sort();
        waiting.dedup();
        for stream in &waiting {
            if let Some((_, because)) = self.at.due.get(stream).filter(|(at, _)| *at > now).cloned()
            {
                self.drop_due(stream);
                self.put_due(stream, now, because);
            }
        }
    }

    fn triggers_of(&self, stream: &StreamId) -> Vec<Trigger> {
        let found = self.at.waits_of.from((stream.clone(), String::new()));
        found
            .take_while(|((of, _), ())| of == stream)
            .map(|((_, trigger), ())| trigger.clone())
            .collect()
    }

    fn put_due(&mut self, stream: &StreamId, at: Timestamp, because: String) {
        self.at.due_times.put((at, stream.clone()), ());
        self.at.due.put(stream.clone(), (at, because));
    }

    fn drop_due(&mut self, stream: &StreamId) {
        if let Some((at, _)) = self.at.due.get(stream).cloned() {
            self.at.due_times.remove((at, stream.clone()));
            self.at.due.remove(stream.clone());
        }
    }
}

/// The least id a stream can have.
fn first_stream() -> StreamId {
    let firsts = StreamKind::ALL
        .into_iter()
        .map(|kind| StreamId::new(kind, ""));
    firsts
        .min()
        .unwrap_or_else(|| StreamId::new(StreamKind::Access, ""))
}
