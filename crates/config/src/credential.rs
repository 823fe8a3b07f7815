//! Literals that look like credentials: refused where a value is read, covered where a text is shown.
//!
//! Works on shapes only. It must never return or log what it found.

/// Beginnings of tokens that well-known issuers give out, with the length from which one counts.
const PREFIXES: [(&str, usize); 18] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 35),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xapp-", 20),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("sk-", 24),
    ("npm_", 30),
    ("pypi-", 30),
    ("tg_", 20),
];

/// Last words of names whose values are credentials.
const WORDS: [&str; 10] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "credentials",
    "apikey",
    "pwd",
    "privatekey",
];

/// Two last words that make one of them together.
const PAIRS: [(&str, &str); 6] = [
    ("api", "key"),
    ("private", "key"),
    ("access", "key"),
    ("routing", "key"),
    ("signing", "key"),
    ("secret", "key"),
];

/// Whether a scalar that stands under `key` looks like a credential.
#[must_use]
pub fn looks_like_one(key: Option<&str>, text: &str) -> bool {
    if is_reference(text) {
        return false;
    }
    let named = key.is_some_and(names_one) && !is_harmless(text);
    named
        || text.contains("PRIVATE KEY-----")
        || words(text).any(|(_, word)| is_token(word))
        || argument(text)
}

/// A reference to a store, or a variable filled in elsewhere.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    text.starts_with("secret:") || (text.starts_with('$') && !text.contains(char::is_whitespace))
}

fn names_one(key: &str) -> bool {
    let lower = key.to_lowercase();
    let mut parts = lower.rsplit(['-', '_', '.']);
    let last = parts.next().unwrap_or_default();
    WORDS.contains(&last)
        || parts
            .next()
            .is_some_and(|before| PAIRS.contains(&(before, last)))
}

/// Values that are no credential whatever their name: nothing, switches, and paths to a file.
fn is_harmless(text: &str) -> bool {
    let path = (text.starts_with('/') || text.starts_with("./"))
        && text.matches('/').count() >= 2
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    path || matches!(
        text.trim(),
        "" | "~" | "null" | "true" | "false" | "{}" | "[]"
    )
}

fn is_token(word: &str) -> bool {
    let body = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let prefixed = PREFIXES.iter().any(|(prefix, len)| {
        word.starts_with(prefix) && word.len() >= *len && word.chars().all(body)
    });
    let jwt = word.starts_with("eyJ")
        && word.len() > 40
        && word.matches('.').count() == 2
        && word.chars().all(body);
    prefixed || jwt || has_login(word)
}

/// `scheme://user:password@host`.
fn has_login(word: &str) -> bool {
    word.split_once("://").is_some_and(|(scheme, rest)| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let password = authority
            .rsplit_once('@')
            .and_then(|(login, _)| login.split_once(':'))
            .map(|(_, p)| p);
        !scheme.is_empty() && password.is_some_and(|p| !p.is_empty() && !is_reference(p))
    })
}

/// `--password=...` or `--token ...` in a command line.
fn argument(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let mut flag = None;
    words.by_ref().take(1_000).any(|word| {
        let given = match word.strip_prefix("--").and_then(|w| w.split_once('=')) {
            Some((name, value)) => names_one(name) && !is_harmless(value) && !is_reference(value),
            None => {
                flag.is_some_and(names_one)
                    && !word.starts_with('-')
                    && !is_harmless(word)
                    && !is_reference(word)
            }
        };
        flag = word.strip_prefix("--").filter(|w| !w.contains('='));
        given
    })
}

/// Words with their byte offset.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let separator = |c: char| c.is_whitespace() || "\"'`,;=()[]{}<>|".contains(c);
    let mut at = 0;
    text.split(separator).map(move |word| {
        let start = at;
        at += word.len()
            + text[start + word.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        (start, word)
    })
}

/// The text with everything that looks like a credential replaced by asterisks; bytes and lines keep their places.
#[must_use]
pub fn cover(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = Inside::Nothing;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        if let Inside::Value { deeper_than } = inside
            && !line.trim().is_empty()
            && indent <= deeper_than
        {
            inside = Inside::Nothing;
        }
        let begins = line.contains("-----BEGIN") && line.contains("PRIVATE KEY");
        match inside {
            _ if begins => {
                let from = line.find("-----BEGIN").unwrap_or(0);
                out.push_str(&line[..from]);
                out.push_str(&stars(&line[from..]));
                inside = if line.contains("-----END") {
                    Inside::Nothing
                } else {
                    Inside::Key
                };
            }
            Inside::Key => {
                out.push_str(&stars(line));
                inside = if line.contains("-----END") {
                    Inside::Nothing
                } else {
                    inside
                };
            }
            Inside::Value { .. } => {
                out.push_str(&line[..indent]);
                out.push_str(&stars(&line[indent..]));
            }
            Inside::Nothing => {
                let (covered, goes_on) = cover_line(line);
                out.push_str(&covered);
                if goes_on {
                    inside = Inside::Value {
                        deeper_than: indent,
                    };
                }
            }
        }
    }
    out
}

/// What the lines of a text are inside of.
#[derive(Clone, Copy)]
enum Inside {
    Nothing,
    /// A private key in armour.
    Key,
    /// A value that goes on below its name.
    Value {
        deeper_than: usize,
    },
}

/// As many asterisks as the text has bytes; line ends stay.
#[must_use]
pub fn stars(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            std::iter::repeat_n(if c == '\n' || c == '\r' { c } else { '*' }, c.len_utf8())
        })
        .collect()
}

/// One line, and whether the value of the last credential on it goes on below.
fn cover_line(line: &str) -> (String, bool) {
    let mut hide = vec![false; line.len()];
    for (start, word) in words(line) {
        if is_token(word) {
            hide[start..start + word.len()].fill(true);
        }
    }
    let mut goes_on = false;
    for (colon, _) in line.match_indices([':', '=']) {
        let key = line[..colon].trim_end_matches(['"', '\'', ' ']);
        let key = key
            .rsplit(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)))
            .next()
            .unwrap_or(key);
        if !names_one(key.trim_start_matches('-')) {
            continue;
        }
        let value = line[colon + 1..].trim_start_matches([' ', '"', '\'']);
        let begin = line.len() - value.len();
        let closed = value
            .find(['\n', '\r', ',', '}', '"', '\''])
            .unwrap_or(value.len());
        let ends_line = value[closed..].starts_with(['\n', '\r']) || closed == value.len();
        let value = value[..closed].trim_end();
        if is_reference(value) || (is_harmless(value) && !value.is_empty()) {
            continue;
        }
        goes_on |= ends_line;
        hide[begin..begin + value.len()].fill(true);
    }
    for (at, _) in line.match_indices("--") {
        let flag = line[at + 2..].split_whitespace().next().unwrap_or_default();
        if names_one(flag) {
            let rest = line[at + 2 + flag.len()..].trim_start();
            let begin = line.len() - rest.len();
            let value = rest
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .trim_end_matches([',', '}', ']', '"', '\'']);
            if !is_reference(value) {
                hide[begin..begin + value.len()].fill(true);
            }
        }
    }
    let bytes: Vec<u8> = line
        .bytes()
        .zip(hide)
        .map(|(b, hidden)| if hidden { b'*' } else { b })
        .collect();
    (
        String::from_utf8(bytes).unwrap_or_else(|_| stars(line)),
        goes_on,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_seen_by_name_and_by_shape() {
        assert!(looks_like_one(Some("DB_PASSWORD"), "hunter2"));
        assert!(looks_like_one(Some("api-key"), "x1"));
        assert!(looks_like_one(Some("URL"), "postgres://app:hunter2@db/app"));
        assert!(looks_like_one(None, "ghp_0123456789abcdefghij"));
        assert!(looks_like_one(Some("command"), "./web --admin-token abc"));
        assert!(looks_like_one(Some("command"), "./web --password=abc"));
    }

    #[test]
    fn references_paths_and_switches_are_no_credentials() {
        for text in ["secret:vault/db", "$DB_PASSWORD", "/run/secrets/db", "true"] {
            assert!(!looks_like_one(Some("PASSWORD"), text), "{text}");
        }
        assert!(!looks_like_one(Some("url"), "http://prometheus:9090"));
        assert!(!looks_like_one(Some("TOKEN_LIFETIME"), "10m"));
        assert!(!looks_like_one(Some("groups-claim"), "groups"));
    }

    #[test]
    fn a_covered_text_keeps_its_length_and_loses_the_value() {
        let text = "a: é\ntoken: \"hünter2\"  # x\nrun: ./x --password hunter2 -v\nurl: pg://u:hunter2@h/d\n{ password: hunter2, b: c }\n";
        let covered = cover(text);
        assert_eq!(covered.len(), text.len());
        let below = cover(
            "a:\n  password: |\n    hunter2\n\n    hunter2\n  b: c\n- token:\n    hunter2\n- x: y\n",
        );
        assert!(
            !below.contains("nter2") && below.contains("  b: c\n") && below.contains("- x: y"),
            "{below}"
        );
        assert!(!covered.contains("nter2"), "{covered}");
        assert!(
            covered.contains("a: é\n") && covered.contains(" -v\n") && covered.contains("b: c }"),
            "{covered}"
        );
    }
}
