//! Rust text with comments, strings and character literals blanked out, so that rules see code only.
//!
//! It is a lexer of exactly those three things and keeps every line where it was. It does not parse Rust.

/// The same text, same lines, with every byte of a comment or literal replaced by a space.
pub fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let inside_a_word = at > 0 && is_word(bytes[at - 1]) && is_word(bytes[at]);
        match if inside_a_word {
            None
        } else {
            literal_length(&bytes[at..])
        } {
            Some(length) => {
                let end = (at + length).min(bytes.len());
                out.extend(
                    bytes[at..end]
                        .iter()
                        .map(|&byte| if byte == b'\n' { b'\n' } else { b' ' }),
                );
                at = end;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// True for bytes that can stand inside an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Length of the comment or literal that starts here, if one does. An unclosed one runs to the end.
fn literal_length(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'/', b'/', ..] => Some(find(rest, b"\n").unwrap_or(rest.len())),
        [b'/', b'*', ..] => Some(block_comment(rest)),
        [b'"', ..] => Some(quoted(rest, b'"')),
        [b'b' | b'c', b'"', ..] => Some(1 + quoted(&rest[1..], b'"')),
        [b'b', b'\'', ..] => Some(1 + quoted(&rest[1..], b'\'')),
        [b'r', ..] => raw_string(rest, 1),
        [b'b' | b'c', b'r', ..] => raw_string(rest, 2),
        [b'\'', ..] => character(rest),
        _ => None,
    }
}

fn find(rest: &[u8], needle: &[u8]) -> Option<usize> {
    rest.windows(needle.len())
        .position(|window| window == needle)
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#` and so on, where `prefix` bytes stand before the hashes. Not a raw identifier such as `r#type`.
fn raw_string(rest: &[u8], prefix: usize) -> Option<usize> {
    let hashes = rest[prefix..]
        .iter()
        .take_while(|&&byte| byte == b'#')
        .count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    Some(find(&rest[open + 1..], &close).map_or(rest.len(), |at| open + 1 + at + close.len()))
}

/// A character literal; nothing for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted(rest, b'\''));
    }
    let end = (2..=5).find(|&at| rest.get(at) == Some(&b'\''))?;
    let one = std::str::from_utf8(&rest[1..end]).ok()?;
    (one.chars().count() == 1).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        mask(text).split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn comments_strings_and_characters_are_blanked() {
        assert_eq!(words("a // b { \n c /* d /* e */ f */ g"), ["a", "c", "g"]);
        assert_eq!(
            words(r##"a "b \" {" c r#"d " e"# f b"x" br"y" g"##),
            ["a", "c", "f", "g"]
        );
        assert_eq!(
            words(r"a '{' b '\'' c b'}' d 'é' e"),
            ["a", "b", "c", "d", "e"]
        );
    }

    #[test]
    fn lifetimes_raw_identifiers_and_words_that_end_in_a_prefix_stay() {
        assert_eq!(
            words("fn f<'a>(x: &'a str, r#type: X) {}"),
            ["fn", "f<'a>(x:", "&'a", "str,", "r#type:", "X)", "{}"]
        );
        assert_eq!(words(r#"car"x" b"#), ["car", "b"]);
    }

    #[test]
    fn lines_stay_where_they_were() {
        let text = "a\n\"b\nc\"\n/* d\n */ e\n";
        assert_eq!(mask(text).lines().count(), text.lines().count());
        assert_eq!(mask(text).lines().nth(4).map(str::trim), Some("e"));
    }
}
