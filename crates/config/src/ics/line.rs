//! Content lines: unfolded, bounded, and cut into name, parameters and value.

use super::{IcsError, LARGEST};

/// Longest line after unfolding, in bytes.
const LONGEST: usize = 256 * 1024;
/// Most parameters of a line.
const PARAMETERS: usize = 50;

/// One property as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Line of the file in which it begins, from 1.
    pub number: usize,
    /// Name, in capitals.
    pub name: String,
    /// Parameters in order; names in capitals, values without quotes.
    pub parameters: Vec<(String, String)>,
    /// Value as written.
    pub value: String,
}

impl Line {
    /// Value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A piece of what was given that is short enough for a message, on one line.
pub fn short(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let short: String = text.chars().take(60).map(plain).collect();
    if text.chars().nth(60).is_some() {
        short + "..."
    } else {
        short
    }
}

/// Refuse what is larger than a calendar.
pub fn small_enough(bytes: usize) -> Result<(), IcsError> {
    if bytes <= LARGEST {
        return Ok(());
    }
    Err(IcsError::new(
        1,
        format!(
            "the file has {bytes} bytes, more than the {LARGEST} ({} MiB) that are read",
            LARGEST >> 20
        ),
        "export fewer calendars, or a shorter time, into one file",
    ))
}

/// The lines of a file, one at a time.
pub struct Lines<'a> {
    rest: std::iter::Peekable<std::iter::Enumerate<std::str::Split<'a, char>>>,
    text: String,
}

impl<'a> Lines<'a> {
    pub fn of(text: &'a str) -> Result<Self, IcsError> {
        small_enough(text.len())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(Self {
            rest: text.split('\n').enumerate().peekable(),
            text: String::new(),
        })
    }

    /// The next property. Empty lines are passed over: many programs end a file with one.
    pub fn next(&mut self) -> Result<Option<Line>, IcsError> {
        loop {
            let Some((index, first)) = self.rest.next() else {
                return Ok(None);
            };
            let number = index + 1;
            self.text.clear();
            self.text.push_str(ending(first));
            while let Some((_, more)) = self
                .rest
                .next_if(|(_, more)| more.starts_with([' ', '\t']) && !ending(more).is_empty())
            {
                self.text.push_str(&ending(more)[1..]);
                if self.text.len() > LONGEST {
                    break;
                }
            }
            if self.text.len() > LONGEST {
                let what = format!("a line with more than {LONGEST} bytes");
                return Err(IcsError::new(
                    number,
                    what,
                    "leave out attachments and pictures",
                ));
            }
            if !self.text.trim().is_empty() {
                return property(&self.text, number).map(Some);
            }
        }
    }
}

fn ending(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line)
}

fn property(text: &str, number: usize) -> Result<Line, IcsError> {
    let bad = |what: String| {
        let help = "a line is NAME:value or NAME;PARAMETER=value:value; lines that go on begin with a space";
        IcsError::new(number, what, help)
    };
    if let Some(control) = text.chars().find(|c| c.is_control() && *c != '\t') {
        return Err(bad(format!(
            "a control character ({:#04x})",
            control as u32
        )));
    }
    let none = || bad(format!("`{}` is no line of a calendar", short(text)));
    let end = text.find([':', ';']).ok_or_else(none)?;
    let name = &text[..end];
    let plain = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if !plain(name) {
        return Err(none());
    }
    let mut parameters = Vec::new();
    let mut rest = &text[end..];
    while let Some(after) = rest.strip_prefix(';') {
        let (key, after) = after.split_once('=').ok_or_else(none)?;
        if !plain(key) {
            return Err(bad(format!("`{}` is no parameter", short(key))));
        }
        let (value, after) = parameter(after).ok_or_else(|| {
            bad(format!(
                "the parameter {key} has no end",
                key = key.to_ascii_uppercase()
            ))
        })?;
        parameters.push((key.to_ascii_uppercase(), value));
        if parameters.len() > PARAMETERS {
            return Err(bad(format!("more than {PARAMETERS} parameters")));
        }
        rest = after;
    }
    let value = rest.strip_prefix(':').ok_or_else(none)?;
    Ok(Line {
        number,
        name: name.to_ascii_uppercase(),
        parameters,
        value: value.to_owned(),
    })
}

/// The values of one parameter up to the next `;` or `:`, without quotes.
fn parameter(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (inner, after) = quoted.split_once('"')?;
            value.push_str(inner);
            rest = after;
        } else {
            let end = rest.find([',', ';', ':', '"'])?;
            value.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        match rest.strip_prefix(',') {
            Some(after) => {
                value.push(',');
                rest = after;
            }
            None => return rest.starts_with([';', ':']).then_some((value, rest)),
        }
    }
}

/// A text value without its escapes.
pub fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}
