//! Folding all streams at once, in the order of the ledger, with the rows of the read models that their events keep up to date.

use std::collections::BTreeMap;
use tidegate_core::batch::ModelChange;
use tidegate_core::decider::Decider;
use tidegate_core::digest::canonical;
use tidegate_core::id::StreamId;
use tidegate_core::model::{self, Happened, Models};
use tidegate_core::step::decode;
use tidegate_core::view::StateRow;
use tidegate_ledger::{Entry, Rows, StoreError};

/// Entries read at a time.
const PAGE: usize = 500;

/// States and rows after an entry.
pub(super) struct Folded {
    pub states: BTreeMap<StreamId, StateRow>,
    pub models: Table,
}

/// Rows by model and key.
#[derive(Default)]
pub(super) struct Table(pub BTreeMap<&'static str, BTreeMap<String, String>>);

impl model::Rows for Table {
    fn row(&self, model: &str, key: &str) -> Option<String> {
        self.0.get(model)?.get(key).cloned()
    }
    fn put(&mut self, change: ModelChange) {
        let rows = self.0.entry(change.model).or_default();
        match change.body {
            Some(body) => drop(rows.insert(change.key, body)),
            None => drop(rows.remove(&change.key)),
        }
    }
}

/// One stream on its way.
trait Stream {
    fn push(&mut self, entry: &Entry, rows: &mut Table) -> Result<(), StoreError>;
    fn row(&self) -> Result<StateRow, StoreError>;
}

struct Of<D> {
    state: D,
    rev: u64,
}

impl<D: Decider + Models> Stream for Of<D> {
    fn push(&mut self, entry: &Entry, rows: &mut Table) -> Result<(), StoreError> {
        self.rev = entry.rev;
        let Some(body) = &entry.body else {
            return Ok(());
        };
        let event: D::Event = decode(&entry.kind, body).map_err(|e| StoreError::BadEntry {
            seq: entry.seq,
            because: e.to_string(),
        })?;
        self.state.evolve(entry.at, &event);
        let happened = Happened {
            at: entry.at,
            stream: &entry.stream,
            rev: entry.rev,
            state: &self.state,
            event: &event,
        };
        D::project(&happened, rows);
        Ok(())
    }

    fn row(&self) -> Result<StateRow, StoreError> {
        let body = canonical(&self.state).map_err(|e| StoreError::BadRow {
            what: "a state that was folded again".to_owned(),
            because: e.to_string(),
        })?;
        Ok(StateRow {
            rev: self.rev,
            fold: D::FOLD,
            body,
        })
    }
}

fn begin<D: Decider + Models + 'static>() -> Box<dyn Stream> {
    Box::new(Of {
        state: D::default(),
        rev: 0,
    })
}

/// Everything up to entry `seq`.
pub(super) fn fold(rows: &dyn Rows, seq: u64) -> Result<Folded, StoreError> {
    let mut streams: BTreeMap<StreamId, Box<dyn Stream>> = BTreeMap::new();
    let mut models = Table::default();
    let mut next = 1;
    while next <= seq {
        let page = rows.entries(next, PAGE)?;
        let Some(last) = page.last() else {
            let because = "it is missing".to_owned();
            return Err(StoreError::BadEntry { seq: next, because });
        };
        next = last.seq + 1;
        for entry in page.iter().take_while(|entry| entry.seq <= seq) {
            if let Some(stream) = streams.get_mut(&entry.stream) {
                stream.push(entry, &mut models)?;
                continue;
            }
            let mut stream: Box<dyn Stream> =
                of_kind!(entry.stream.kind(), D => begin::<D>(), else continue);
            stream.push(entry, &mut models)?;
            streams.insert(entry.stream.clone(), stream);
        }
    }
    let states = streams
        .into_iter()
        .map(|(id, stream)| Ok((id, stream.row()?)));
    Ok(Folded {
        states: states.collect::<Result<_, StoreError>>()?,
        models,
    })
}
