//! Events to trees. A fault ends its document; the other documents and files go on.

use super::position::Chunk;
use super::{Entry, Node, Spot, Tree};
use crate::diagnostic::{Report, codes};
use crate::files::MAX_FILE;
use crate::suggest::quote;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Maps and lists inside each other; no document needs a tenth of it.
const MAX_DEPTH: usize = 40;

/// A document of a file.
pub enum Document {
    /// Read.
    Whole(Node),
    /// Not readable; its first line may still tell what it would have declared, so that references to it are not
    /// reported as well.
    Broken {
        /// First key.
        key: String,
        /// Its value.
        value: String,
        /// Whether it begins with a version stamp.
        stamp: Option<Spot>,
    },
}

/// All documents of a file; faults go to the report.
pub fn read(path: &str, text: &str, report: &mut Report) -> Vec<Document> {
    let file: Arc<str> = Arc::from(path);
    if text.len() > MAX_FILE {
        let spot = Spot {
            file,
            span: 0..0,
            line: 1,
            column: 1,
        };
        report
            .add(
                codes::TOO_LARGE,
                &spot,
                format!(
                    "`{path}` has {} bytes, more than the {MAX_FILE} that are read",
                    text.len()
                ),
            )
            .help("split it into several files; the meaning never depends on the path");
        return Vec::new();
    }
    let mut documents = Vec::new();
    for chunk in Chunk::split(&file, text) {
        let mut builder = Builder {
            chunk: &chunk,
            report,
            open: Vec::new(),
            done: Vec::new(),
        };
        match builder.run() {
            Ok(()) => documents.extend(builder.done.into_iter().map(Document::Whole)),
            Err(fault) => {
                documents.extend(builder.done.into_iter().map(Document::Whole));
                syntax(&chunk, &fault, report);
                documents.push(declared(&chunk));
            }
        }
    }
    documents
}

fn syntax(chunk: &Chunk<'_>, fault: &ScanError, report: &mut Report) {
    let spot = chunk.at(*fault.marker());
    if let Some(tab) = chunk.indented_by_tab(&spot) {
        report
            .add(codes::TAB, &tab, "a tab in the indentation")
            .label("tab")
            .help("indent with spaces");
    } else if fault.info().contains("unknown anchor") {
        anchor(&spot, report);
    } else {
        report
            .add(codes::SYNTAX, &spot, "this is not YAML")
            .label(fault.info().to_owned())
            .note("this document was not read further; other documents were");
    }
}

fn anchor(spot: &Spot, report: &mut Report) {
    report
        .add(codes::ANCHOR, spot, "anchors and aliases are not used here")
        .label("`&` or `*` begins an anchor or alias")
        .help("write the value out, or put it in quotes if it begins with `&` or `*`");
}

/// First `key: value` line of a broken document.
fn declared(chunk: &Chunk<'_>) -> Document {
    let is_stamp = |line: &str| {
        line.strip_prefix("tidegate:")
            .is_some_and(|v| v.trim_start().starts_with('1'))
    };
    let stamp = chunk
        .text
        .lines()
        .any(is_stamp)
        .then(|| chunk.at(Marker::new(0, 1, 0)));
    let first = chunk
        .text
        .lines()
        .filter(|line| !is_stamp(line) && !line.starts_with(['#', ' ', '-']))
        .find_map(|line| line.split_once(':'));
    let (key, value) = first.unwrap_or_default();
    let value = value
        .split(" #")
        .next()
        .unwrap_or(value)
        .trim()
        .trim_matches(['"', '\'']);
    Document::Broken {
        key: key.trim().to_owned(),
        value: value.to_owned(),
        stamp,
    }
}

enum Open {
    List {
        start: Span,
        items: Vec<Node>,
    },
    Map {
        start: Span,
        entries: Vec<Entry>,
        /// Where each key was seen first.
        seen: HashMap<String, Spot>,
        key: Option<Key>,
    },
}

enum Key {
    Good {
        text: String,
        spot: Spot,
        plain: bool,
    },
    /// Not a scalar or a duplicate; already reported, the value is read and dropped.
    Bad,
}

struct Builder<'c, 'r> {
    chunk: &'c Chunk<'c>,
    report: &'r mut Report,
    open: Vec<Open>,
    done: Vec<Node>,
}

impl Builder<'_, '_> {
    fn run(&mut self) -> Result<(), ScanError> {
        let chunk = self.chunk;
        let mut parser = Parser::new_from_str(chunk.text);
        // Every event but the few of the frame consumes text, so this bound is never met by an honest parser.
        for _ in 0..chunk.text.len() * 4 + 64 {
            let Some(event) = parser.next_event() else {
                return Ok(());
            };
            let (event, span) = event?;
            if matches!(event, Event::StreamEnd) {
                return Ok(());
            }
            self.event(event, span)?;
        }
        Err(ScanError::new_str(
            Marker::new(0, 1, 0),
            "the document does not end",
        ))
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ScanError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.extras(anchor, tag, &span);
                let plain = style == ScalarStyle::Plain;
                let node = Node {
                    spot: self.chunk.spot(&span),
                    tree: Tree::Scalar {
                        text: text.into_owned(),
                        plain,
                    },
                };
                self.close(node);
            }
            Event::Alias(_) => {
                let spot = self.chunk.word(&span);
                anchor(&spot, self.report);
                self.close(Node {
                    spot,
                    tree: Tree::Scalar {
                        text: String::new(),
                        plain: true,
                    },
                });
            }
            Event::SequenceStart(anchor, tag) => {
                self.extras(anchor, tag, &span);
                self.push(Open::List {
                    start: span,
                    items: Vec::new(),
                })?;
            }
            Event::MappingStart(anchor, tag) => {
                self.extras(anchor, tag, &span);
                self.push(Open::Map {
                    start: span,
                    entries: Vec::new(),
                    seen: HashMap::new(),
                    key: None,
                })?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (start, tree) = match self.open.pop() {
                    Some(Open::List { start, items }) => (start, Tree::List(items)),
                    Some(Open::Map { start, entries, .. }) => (start, Tree::Map(entries)),
                    None => return Ok(()),
                };
                let spot = self.chunk.spot(&Span::new(start.start, span.end));
                self.close(Node { spot, tree });
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, open: Open) -> Result<(), ScanError> {
        if self.open.len() >= MAX_DEPTH {
            let (Open::List { start, .. } | Open::Map { start, .. }) = open;
            return Err(ScanError::new(
                start.start,
                format!("more than {MAX_DEPTH} maps and lists inside each other"),
            ));
        }
        self.open.push(open);
        Ok(())
    }

    fn extras(&mut self, anchor_id: usize, tag: Option<Cow<'_, Tag>>, span: &Span) {
        if anchor_id > 0 {
            anchor(&self.chunk.spot(span), self.report);
        }
        if tag.is_some() {
            self.report
                .add(codes::TAG, &self.chunk.spot(span), "tags are not used here")
                .label("a value with a tag")
                .help("remove the tag; put text in quotes");
        }
    }

    /// A finished node goes to whatever is open around it.
    fn close(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.done.push(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map {
                entries, seen, key, ..
            }) => match key.take() {
                None => *key = Some(as_key(node, seen, self.report)),
                Some(Key::Good { text, spot, plain }) => {
                    entries.push(entry(text, spot, plain, node))
                }
                Some(Key::Bad) => {}
            },
        }
    }
}

fn as_key(node: Node, seen: &mut HashMap<String, Spot>, report: &mut Report) -> Key {
    let Tree::Scalar { text, plain } = node.tree else {
        report
            .add(codes::WRONG_TYPE, &node.spot, "a key is a single word")
            .label("found a map or a list as a key");
        return Key::Bad;
    };
    if let Some(first) = seen.get(&text) {
        report
            .add(
                codes::DUPLICATE_KEY,
                &node.spot,
                format!("the key {} is written twice", quote(&text)),
            )
            .label("written again here")
            .also(first, "first written here")
            .help("keep one of the two");
        return Key::Bad;
    }
    seen.insert(text.clone(), node.spot.clone());
    Key::Good {
        text,
        spot: node.spot,
        plain,
    }
}

/// A key with its value; a value that is not there stands where its key does.
fn entry(key: String, spot: Spot, plain: bool, mut value: Node) -> Entry {
    if matches!(&value.tree, Tree::Scalar { text, plain: true } if text.is_empty()) {
        value.spot = spot.clone();
    }
    Entry {
        key,
        spot,
        plain,
        value,
    }
}
