//! Paths with everything escaped that people typed.

use std::fmt::Display;
use std::fmt::Write as _;

/// A path of the API under construction.
pub(crate) struct Path {
    text: String,
    asked: bool,
}

impl Path {
    /// `/api/v1/<noun>`.
    pub(crate) fn new(noun: &str) -> Self {
        Self {
            text: format!("/api/v1/{noun}"),
            asked: false,
        }
    }

    /// One more segment, escaped.
    pub(crate) fn segment(mut self, segment: &str) -> Self {
        self.text.push('/');
        escape(&mut self.text, segment);
        self
    }

    /// One more query parameter, escaped; nothing when absent.
    pub(crate) fn query<V: Display>(mut self, name: &str, value: Option<V>) -> Self {
        if let Some(value) = value {
            self.text.push(if self.asked { '&' } else { '?' });
            self.asked = true;
            self.text.push_str(name);
            self.text.push('=');
            escape(&mut self.text, &value.to_string());
        }
        self
    }

    /// The path as text.
    pub(crate) fn end(self) -> String {
        self.text
    }
}

/// Everything but unreserved characters and `@` as `%XX`. A segment of dots alone would be resolved away, so its dots are
/// escaped too.
fn escape(out: &mut String, text: &str) {
    let dots = matches!(text, "." | "..");
    for byte in text.bytes() {
        let plain =
            byte.is_ascii_alphanumeric() || b"-_~@".contains(&byte) || (byte == b'.' && !dots);
        if plain {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn what_people_typed_cannot_leave_its_place_in_the_path() {
        let path = Path::new("releases")
            .segment("web@1.0.0+b")
            .segment("../x")
            .query("q", Some("a&b=c d"));
        assert_eq!(
            path.end(),
            "/api/v1/releases/web@1.0.0%2Bb/..%2Fx?q=a%26b%3Dc%20d"
        );
        assert_eq!(
            Path::new("releases")
                .segment("..")
                .query("none", None::<u8>)
                .end(),
            "/api/v1/releases/%2E%2E"
        );
    }
}
