//! Checking a file, and what it shows.

use super::items::{Item, items};
use super::{BesideLine, ERASURE, FORMAT, Header, SignatureLine, has_text, statement};
use crate::verify::Wrong;
use tidegate_core::digest::Digest;
use tidegate_ledger::Entry;
use tidegate_ledger::erased::{Accounts, erasure};
use tidegate_ledger::export::read_entry_line;
use tidegate_ledger::seal::{self, Sealed};
use tidegate_ledger::tree::{self, Frontier, bytes_of, shows_entry, shows_growth};

/// What a good file shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// First line.
    pub header: Header,
    /// First and last entry that are in the period; the same with nothing between when there is none.
    pub first: u64,
    /// See `first`; lower than it when the period has no entry.
    pub last: u64,
    /// Whether an entry after the period is in the log, so that nothing can be added to it.
    pub closed: bool,
    /// Production changes.
    pub items: Vec<Item>,
    /// Texts about deployments that were erased, by entry.
    pub erased: Vec<u64>,
    /// What does not agree with what agents said.
    pub findings: Vec<String>,
    /// The signed state of the log.
    pub sealed: Sealed,
    /// Keys that signed the file.
    pub signed_by: Vec<String>,
}

/// Check a file. `keys` are known from elsewhere; without them those in the file are taken.
///
/// # Errors
/// The first wrong part.
pub fn read(text: &str, keys: &[String]) -> Result<Shown, Wrong> {
    let (rest, signature) = last_line(text)?;
    let mut lines = rest.lines().enumerate();
    let first = lines.next().map(|(_, line)| line).unwrap_or_default();
    let header: Header = serde_json::from_str(first)
        .map_err(|e| Wrong::new("line 1", format!("is no header: {e}")))?;
    if header.format != FORMAT {
        let because = format!("has another format than {FORMAT}");
        return Err(Wrong::new("line 1", because));
    }
    let keys = if keys.is_empty() { &header.keys } else { keys };
    let (said, signed_by) = seal::open_note(&signature, keys)
        .map_err(|e| Wrong::new("the signature", format!("is not good: {e}")))?;
    let sealed = seal::open(&header.checkpoint, keys)
        .map_err(|e| Wrong::new("the checkpoint", format!("is not good: {e}")))?;
    let mut range = Range::new(&header)?;
    let mut beside: Vec<Entry> = Vec::new();
    for (n, line) in lines {
        let part = format!("line {}", n + 1);
        if range.wants_more() {
            range
                .push(line)
                .map_err(|because| Wrong::new(&part, because))?;
        } else {
            let entry = from_beside(line, &sealed, &header)
                .map_err(|because| Wrong::new(&part, because))?;
            if beside.last().is_some_and(|last| last.seq >= entry.seq) {
                return Err(Wrong::new(&part, "is not in its place"));
            }
            beside.push(entry);
        }
    }
    range.end(&sealed)?;
    // Last, so that a wrong entry is named, and not only that something is wrong.
    if said != statement(&header, rest.as_bytes()) {
        return Err(Wrong::new("the file", "is not the one that was signed"));
    }
    let entries = range.entries;
    shown(header, entries, beside, sealed, signed_by)
}

fn last_line(text: &str) -> Result<(&str, String), Wrong> {
    let bad = |because: String| Wrong::new("the last line", because);
    let whole = text
        .strip_suffix('\n')
        .ok_or_else(|| bad("has no end: the file was cut off".to_owned()))?;
    let at = whole.rfind('\n').map_or(0, |at| at + 1);
    let (rest, last) = whole.split_at(at);
    let line: SignatureLine =
        serde_json::from_str(last).map_err(|e| bad(format!("is no signature: {e}")))?;
    let again = serde_json::to_string(&line).unwrap_or_default();
    match again == last {
        true => Ok((rest, line.signature)),
        false => Err(bad("is not spelled the way it was written".to_owned())),
    }
}

/// The entries of the log in a row.
struct Range<'a> {
    header: &'a Header,
    tree: Frontier,
    entries: Vec<Entry>,
}

impl<'a> Range<'a> {
    fn new(header: &'a Header) -> Result<Self, Wrong> {
        let tree = Frontier::from_bytes(header.before, &bytes_of(&header.edge))
            .ok_or_else(|| Wrong::new("line 1", "has no edge of a tree of that size"))?;
        Ok(Self {
            header,
            tree,
            entries: Vec::new(),
        })
    }

    fn wants_more(&self) -> bool {
        self.tree.size() < self.header.last
    }

    fn push(&mut self, line: &str) -> Result<(), String> {
        let entry = good(line)?;
        let expected = self.tree.size() + 1;
        if entry.seq != expected {
            return Err(format!(
                "is entry {}; entry {expected} is missing",
                entry.seq
            ));
        }
        if self
            .entries
            .last()
            .is_some_and(|before| entry.at < before.at)
        {
            return Err("goes back in time".to_owned());
        }
        self.tree.push(tree::leaf(&entry));
        self.entries.push(entry);
        Ok(())
    }

    /// That the entries are those of the signed log, and the whole period.
    fn end(&self, sealed: &Sealed) -> Result<(), Wrong> {
        let header = self.header;
        let entries = |because: String| Err(Wrong::new("the entries", because));
        if self.tree.size() != header.last || header.last > sealed.size {
            return entries(format!(
                "end with {}, not with {}",
                self.tree.size(),
                header.last
            ));
        }
        let root = self.tree.root();
        let to = (sealed.size, &sealed.root);
        if header.last > 0 && !shows_growth(&header.consistency, (header.last, &root), to) {
            return entries("are not those of the signed log".to_owned());
        }
        let starts = header.before == 0
            || self
                .entries
                .first()
                .is_some_and(|first| first.at < header.from);
        if !starts {
            return entries("do not show that the period begins with them".to_owned());
        }
        let ends = header.last == sealed.size
            || self
                .entries
                .last()
                .is_some_and(|last| last.at >= header.until);
        match ends {
            true => Ok(()),
            false => entries("do not show that the period ends with them".to_owned()),
        }
    }
}

/// An entry as it was written.
fn good(line: &str) -> Result<Entry, String> {
    let entry = read_entry_line(line)?;
    let digest = entry.body.as_deref().map(|b| Digest::of(b.as_bytes()));
    match entry.erased.is_none() && digest.is_some_and(|digest| digest != entry.body_hash) {
        true => Err("has not the text that was written".to_owned()),
        false => Ok(entry),
    }
}

/// An entry from before the period, or one after it that says that words were erased.
fn from_beside(line: &str, sealed: &Sealed, header: &Header) -> Result<Entry, String> {
    let line: BesideLine = serde_json::from_str(line).map_err(|e| format!("is no entry: {e}"))?;
    let entry = good(&line.beside)?;
    let leaf = tree::leaf(&entry);
    let there = shows_entry(&line.inclusion, sealed.size, &sealed.root, entry.seq, &leaf);
    let place = entry.seq <= header.before || (entry.seq > header.last && entry.kind == ERASURE);
    match there && place {
        true => Ok(entry),
        false => Err("is not in the signed log beside the period".to_owned()),
    }
}

fn shown(
    header: Header,
    range: Vec<Entry>,
    beside: Vec<Entry>,
    sealed: Sealed,
    signed_by: Vec<String>,
) -> Result<Shown, Wrong> {
    let inside = |entry: &&Entry| entry.at >= header.from && entry.at < header.until;
    let first = range.iter().find(inside).map(|entry| entry.seq);
    let last = range.iter().rfind(inside).map_or(0, |entry| entry.seq);
    let closed = range.last().is_some_and(|entry| entry.at >= header.until);
    let lacking = range
        .iter()
        .filter(|e| has_text(&e.kind) && (e.body.is_none() || e.erased.is_some()));
    let erased = lacking.map(|entry| entry.seq).collect();
    let mut entries: Vec<Entry> = beside.into_iter().chain(range).collect();
    entries.sort_by_key(|entry| entry.seq);
    accounted(&entries)?;
    let items = items(&header, &entries)
        .map_err(|(seq, because)| Wrong::new(&format!("entry {seq}"), because))?;
    Ok(Shown {
        first: first.unwrap_or(last + 1),
        last,
        closed,
        findings: findings(&header, &items),
        items,
        erased,
        sealed,
        signed_by,
        header,
    })
}

/// That every text that is not the one that was written had words erased by an entry that is here.
fn accounted(entries: &[Entry]) -> Result<(), Wrong> {
    let mut accounts = Accounts::default();
    for entry in entries {
        let part = format!("entry {}", entry.seq);
        let erasure = erasure(entry).map_err(|why| Wrong::new(&part, why))?;
        accounts
            .see(entry, erasure.as_deref())
            .map_err(|why| Wrong::new(&part, why))?;
    }
    accounts
        .settled()
        .map_err(|broken| Wrong::new(&format!("entry {}", broken.seq), broken.because))
}

/// What the log says and agents did not, and the other way round.
fn findings(header: &Header, items: &[Item]) -> Vec<String> {
    let mut findings = Vec::new();
    for item in items {
        let place = format!(
            "{} in {} ({})",
            item.release, item.environment, item.deployment
        );
        if !item.work.silent.is_empty() {
            let actions = item.work.silent.join(", ");
            findings.push(format!("{place}: no agent reported {actions}"));
        }
        if !item.work.unasked.is_empty() {
            let actions = item.work.unasked.join(", ");
            findings.push(format!(
                "{place}: {actions} was reported and never asked for"
            ));
        }
    }
    for runs in &header.running {
        let place = format!("{} in {}", runs.service, runs.environment);
        match &runs.seen {
            None => findings.push(format!("{place}: no agent has said what runs")),
            Some(seen) if !seen.contains(&runs.artifact) => findings.push(format!(
                "{place}: {} should run by {}, agents see {}",
                runs.artifact,
                runs.deployment,
                if seen.is_empty() {
                    "nothing".to_owned()
                } else {
                    seen.join(", ")
                }
            )),
            Some(_) => {}
        }
    }
    findings
}
