//! Parser marks (characters within one document) to places (bytes within the file).

use super::Spot;
use saphyr_parser::{Marker, Span};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// One document's stretch of a file.
pub struct Chunk<'a> {
    file: Arc<str>,
    /// Text of the whole file.
    whole: &'a str,
    /// Where the stretch begins, in bytes.
    start: usize,
    /// Where each line of the file begins; the parser counts lines in its own way, which is not used.
    lines: Rc<[usize]>,
    /// Text of the stretch.
    pub text: &'a str,
    /// Byte offset of each character; empty when every character is one byte.
    bytes: Vec<usize>,
}

impl<'a> Chunk<'a> {
    /// The documents of a file, split at `---` lines, which separate documents wherever they stand in column one.
    pub fn split(file: &Arc<str>, whole: &'a str) -> Vec<Self> {
        let first = if whole.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let lines: Rc<[usize]> = std::iter::once(0)
            .chain(whole.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let marker = |at: &usize| {
            let after = whole[*at..].strip_prefix("---");
            after.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        };
        let later = lines.iter().copied().filter(|at| *at > 0 && marker(at));
        let starts: Vec<usize> = std::iter::once(first).chain(later).collect();
        let ends = starts.iter().copied().skip(1).chain([whole.len()]);
        let chunk = |(start, end): (&usize, usize)| {
            let text = &whole[*start..end];
            let bytes = if text.is_ascii() {
                Vec::new()
            } else {
                text.char_indices().map(|(at, _)| at).collect()
            };
            Self {
                file: file.clone(),
                whole,
                start: *start,
                lines: lines.clone(),
                text,
                bytes,
            }
        };
        starts.iter().zip(ends).map(chunk).collect()
    }

    fn byte(&self, mark: &Marker) -> usize {
        let within = if self.bytes.is_empty() {
            mark.index().min(self.text.len())
        } else {
            self.bytes
                .get(mark.index())
                .copied()
                .unwrap_or(self.text.len())
        };
        self.start + within
    }

    /// Place of a span; cut at the end of its first line, at least one character where there is one.
    pub fn spot(&self, span: &Span) -> Spot {
        let start = self.byte(&span.start);
        let line_end = self.line_end(start);
        let mut end = self.byte(&span.end).clamp(start, line_end);
        if end == start {
            end = self.whole[start..line_end]
                .chars()
                .next()
                .map_or(start, |c| start + c.len_utf8());
        }
        let trimmed = self.whole[start..end].trim_end().len();
        if trimmed > 0 {
            end = start + trimmed;
        }
        self.place(start..end)
    }

    /// Place of a single mark; one at the end of the document is moved back to its last character.
    pub fn at(&self, mark: Marker) -> Spot {
        let last = self.start + self.text.trim_end().len();
        if self.byte(&mark) < last || last == self.start {
            return self.spot(&Span::empty(mark));
        }
        let start = self.whole[..last]
            .char_indices()
            .next_back()
            .map_or(0, |(at, _)| at);
        self.place(start..last)
    }

    /// Place of a span, widened to the end of its word.
    pub fn word(&self, span: &Span) -> Spot {
        let mut spot = self.spot(span);
        let rest = &self.whole[spot.span.start..];
        let len = rest
            .find([' ', '\t', '\r', '\n', ',', '}', ']'])
            .unwrap_or(rest.len());
        spot.span.end = spot.span.end.max(spot.span.start + len);
        spot
    }

    fn place(&self, span: Range<usize>) -> Spot {
        let line = self.line_of(span.start);
        let column = self.character(span.start) - self.character(self.lines[line - 1]);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Spot {
            file: self.file.clone(),
            span,
            line: number(line),
            column: number(column + 1),
        }
    }

    /// Line of a byte, from 1.
    fn line_of(&self, byte: usize) -> usize {
        self.lines.partition_point(|begin| *begin <= byte).max(1)
    }

    /// End of the line of a byte, without its line break.
    fn line_end(&self, byte: usize) -> usize {
        let end = self
            .lines
            .get(self.line_of(byte))
            .map_or(self.whole.len(), |next| next - 1);
        end - usize::from(end > byte && self.whole.as_bytes()[end - 1] == b'\r')
    }

    /// Characters of this document before a byte, without going through them: a file may be one long line.
    fn character(&self, byte: usize) -> usize {
        let within = byte.saturating_sub(self.start);
        if self.bytes.is_empty() {
            within
        } else {
            self.bytes.partition_point(|at| *at < within)
        }
    }

    /// Whether the text before the mark's first visible character on its line has a tab.
    pub fn indented_by_tab(&self, spot: &Spot) -> Option<Spot> {
        let start = self.whole[..spot.span.start]
            .rfind('\n')
            .map_or(0, |n| n + 1);
        let line = &self.whole[start..];
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let tab = indent.find('\t')?;
        let column = u32::try_from(tab + 1).unwrap_or(u32::MAX);
        Some(Spot {
            span: start + tab..start + tab + 1,
            column,
            ..spot.clone()
        })
    }
}
