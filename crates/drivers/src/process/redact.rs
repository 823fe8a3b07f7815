//! Taking secrets out of text: out of lines that leave the agent, and out of output while it is written to a log.
//!
//! A program may print a secret in another spelling (hex, base64, inside JSON or a URL), so those are taken out as well.

use std::collections::BTreeMap;

/// What stands in place of a secret.
const BLANK: &str = "***";
/// Values and lines shorter than this are left: taking them out would blank out everything.
const SHORTEST: usize = 3;
/// Secrets shorter than this are not looked for in base64: too little of them is sure to be spelled in one way.
const SHORTEST_BASE64: usize = 6;

/// Takes secret values out of text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Redactor {
    /// The longest first: one secret may be the beginning of another.
    patterns: Vec<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// Values whose key looks secret. References to secrets are no secrets: an error must be able to name them.
    #[must_use]
    pub fn new(values: &BTreeMap<String, String>) -> Self {
        let looks_secret = |key: &str| {
            let key = key.to_ascii_uppercase();
            ["TOKEN", "SECRET", "PASS", "KEY", "CREDENTIAL"]
                .iter()
                .any(|word| key.contains(word))
        };
        let named = values
            .iter()
            .filter(|(key, value)| looks_secret(key) && !value.starts_with("secret:"));
        Self::of(
            named
                .flat_map(|(_, value)| lines(value))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// The same, and these secrets in every usual spelling.
    #[must_use]
    pub fn and<'a>(self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut patterns = self.patterns;
        for secret in secrets {
            patterns.extend(lines(secret).map(str::to_owned));
            patterns.extend(spellings(secret));
        }
        Self::of(patterns)
    }

    fn of(mut patterns: Vec<String>) -> Self {
        patterns.retain(|pattern| pattern.len() >= SHORTEST);
        patterns.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        patterns.dedup();
        Self { patterns }
    }

    /// The text with `***` in place of each secret.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.patterns.iter().fold(text.to_owned(), |text, pattern| {
            text.replace(pattern.as_str(), BLANK)
        })
    }

    /// For output that comes in parts.
    #[must_use]
    pub fn stream(self) -> Stream {
        Stream {
            patterns: self.patterns,
            held: Vec::new(),
        }
    }
}

/// Takes secrets out of output that comes in parts, also when a secret is cut by the end of a part.
#[derive(Debug)]
pub struct Stream {
    patterns: Vec<String>,
    /// The end of what came, when it may be the beginning of a secret.
    held: Vec<u8>,
}

impl Stream {
    /// What can be written after this part.
    #[must_use]
    pub fn push(&mut self, part: &[u8]) -> Vec<u8> {
        if self.patterns.is_empty() {
            return part.to_vec();
        }
        self.held.extend_from_slice(part);
        let (clean, rest) = self.clean(true);
        self.held = rest;
        clean
    }

    /// What is left when nothing more comes.
    #[must_use]
    pub fn finish(&mut self) -> Vec<u8> {
        let (clean, _) = self.clean(false);
        self.held.clear();
        clean
    }

    /// The clean text, and what has to wait for more when more `may_come`.
    fn clean(&self, may_come: bool) -> (Vec<u8>, Vec<u8>) {
        let mut clean = Vec::with_capacity(self.held.len());
        let mut rest = self.held.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let begun = |pattern: &&String| pattern.as_bytes().first() == Some(first);
            let mut patterns = self.patterns.iter().filter(begun).peekable();
            if patterns.peek().is_none() {
                clean.push(*first);
                rest = after;
                continue;
            }
            // The longest come first, so a pattern that may still be completed is preferred to a shorter one.
            let next = patterns.find_map(|pattern| match pattern.as_bytes() {
                pattern if rest.starts_with(pattern) => Some(rest.get(pattern.len()..)),
                pattern if may_come && pattern.starts_with(rest) => Some(None),
                _ => None,
            });
            match next {
                Some(Some(behind)) => {
                    clean.extend_from_slice(BLANK.as_bytes());
                    rest = behind;
                }
                Some(None) => return (clean, rest.to_vec()),
                None => {
                    clean.push(*first);
                    rest = after;
                }
            }
        }
        (clean, Vec::new())
    }
}

/// The lines of a value; a log shows them one by one.
fn lines(value: &str) -> impl Iterator<Item = &str> {
    value
        .lines()
        .map(str::trim)
        .filter(|line| line.len() >= SHORTEST)
}

/// Other ways to write a secret.
fn spellings(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
    let in_url = |upper: bool| -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
        let one = |b: u8| match (plain(b), upper) {
            (true, _) => char::from(b).to_string(),
            (false, true) => format!("%{b:02X}"),
            (false, false) => format!("%{b:02x}"),
        };
        secret.bytes().map(one).collect()
    };
    let mut found = vec![hex.to_uppercase(), hex, in_url(true), in_url(false)];
    found.extend(
        serde_json::to_string(secret)
            .ok()
            .map(|text| text.trim_matches('"').to_owned()),
    );
    if secret.len() >= SHORTEST_BASE64 {
        found.extend((0..3).flat_map(|before| {
            let sure = base64_core(secret.as_bytes(), before);
            [sure.replace('+', "-").replace('/', "_"), sure]
        }));
    }
    found
}

/// The characters of base64 that the secret alone decides, when `before` bytes stand in front of it in their group of three.
fn base64_core(secret: &[u8], before: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = std::iter::repeat_n(0, before)
        .chain(secret.iter().copied())
        .collect();
    let sure = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
    let letter = |n: usize| {
        let bits = (n * 6..n * 6 + 6).fold(0_usize, |bits, bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            bits << 1 | usize::from(byte >> (7 - bit % 8) & 1)
        });
        LETTERS.get(bits).copied().map_or('=', char::from)
    };
    sure.map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "p4ss/wörd+\"x\"";

    fn redactor() -> Redactor {
        Redactor::default().and([SECRET, "second\nline two"])
    }

    #[test]
    fn secrets_do_not_leave_the_agent_and_plain_values_do() {
        let values = [
            ("API_TOKEN", "abc"),
            ("db_password", "abcdef\nsecond"),
            ("MODE", "fast"),
            ("X_KEY", "1"),
            ("MY_SECRET", "secret:file/web/db"),
        ];
        let values = values.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(
            Redactor::new(&values).clean("abcdef abc fast 1 second secret:file/web/db"),
            "*** *** fast 1 *** secret:file/web/db"
        );
    }

    #[test]
    fn a_secret_is_found_in_every_usual_spelling() {
        let spelled = [
            SECRET.to_owned(),
            "703473732f77c3b672642b227822".to_owned(),
            "703473732F77C3B672642B227822".to_owned(),
            "p4ss%2Fw%C3%B6rd%2B%22x%22".to_owned(),
            "p4ss%2fw%c3%b6rd%2b%22x%22".to_owned(),
            "p4ss/wörd+\\\"x\\\"".to_owned(),
            // Alone, behind `u:` and behind `:`.
            "cDRzcy93w7ZyZCsieCI=".to_owned(),
            "dTpwNHNzL3fDtnJkKyJ4Ig==".to_owned(),
            "OnA0c3Mvd8O2cmQrIngi".to_owned(),
            "cDRzcy93w7ZyZCsieCI".replace('/', "_"),
        ];
        for text in spelled {
            let clean = redactor().clean(&format!("<{text}>"));
            assert!(
                clean.contains(BLANK) && clean.len() <= 12,
                "{text} -> {clean}"
            );
        }
    }

    #[test]
    fn a_secret_is_taken_out_of_a_stream_wherever_it_is_cut() {
        let text = format!("before {SECRET} p4ss/ secon second{SECRET}p4");
        let wanted = "before *** p4ss/ secon ******p4";
        for first in 0..text.len() {
            for second in first..text.len() {
                let mut stream = redactor().stream();
                let parts = [
                    &text.as_bytes()[..first],
                    &text.as_bytes()[first..second],
                    &text.as_bytes()[second..],
                ];
                let mut clean: Vec<u8> = parts.iter().flat_map(|part| stream.push(part)).collect();
                clean.extend(stream.finish());
                assert_eq!(
                    String::from_utf8(clean).unwrap(),
                    wanted,
                    "{first} {second}"
                );
            }
        }
    }

    #[test]
    fn a_stream_holds_nothing_back_but_the_beginning_of_a_secret() {
        let mut stream = redactor().stream();
        assert_eq!(stream.push(b"listening\n"), b"listening\n");
        assert_eq!(stream.push(b"a p4s"), b"a ");
        assert_eq!(stream.push(b"t"), b"p4st");
    }
}
