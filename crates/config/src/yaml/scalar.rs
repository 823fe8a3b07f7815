//! What YAML readers make of an unquoted scalar.

/// Type of a plain scalar under the YAML 1.2 core schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number,
    /// Anything else.
    Text,
}

impl Kind {
    /// In words for "found ...".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "`true` or `false`",
            Self::Number => "a number",
            Self::Text => "text",
        }
    }
}

/// Type of a scalar.
#[must_use]
pub fn kind(text: &str, plain: bool) -> Kind {
    match text {
        _ if !plain => Kind::Text,
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if is_number(text) => Kind::Number,
        _ => Kind::Text,
    }
}

fn is_number(text: &str) -> bool {
    if let Some(hex) = text.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|b| (b'0'..=b'7').contains(&b));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.is_none_or(|e| digits(e.strip_prefix(['-', '+']).unwrap_or(e)));
    let mantissa = match mantissa.split_once('.') {
        Some((whole, part)) => {
            (digits(whole) || whole.is_empty())
                && (digits(part) || part.is_empty())
                && mantissa.len() > 1
        }
        None => digits(mantissa),
    };
    exponent && mantissa
}

/// Why readers of YAML 1.1 would see something else in this unquoted scalar than readers of YAML 1.2.
#[must_use]
pub fn disguise(text: &str) -> Option<&'static str> {
    const SWITCH: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];
    let same_case =
        text == text.to_lowercase() || text == text.to_uppercase() || is_capitalised(text);
    if same_case && SWITCH.contains(&text.to_lowercase().as_str()) {
        return Some("text here, but `true` or `false` for a YAML 1.1 reader");
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if digits(unsigned) && unsigned.len() > 1 && unsigned.starts_with('0') {
        return Some("a decimal number here, but octal for a YAML 1.1 reader");
    }
    if let Some((hours, rest)) = unsigned.split_once(':')
        && digits(hours)
        && rest
            .split(':')
            .all(|part| digits(part) && part.len() <= 2 && part.parse::<u8>().is_ok_and(|n| n < 60))
    {
        return Some("text here, but a number to the base of 60 for a YAML 1.1 reader");
    }
    if digits(&unsigned.replace('_', "")) && unsigned.contains('_') {
        return Some("text here, but a number for a YAML 1.1 reader");
    }
    if text.starts_with("0o") && is_number(text) {
        return Some("an octal number here, but text for a YAML 1.1 reader");
    }
    None
}

fn is_capitalised(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.all(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_of_yaml_1_2() {
        for n in ["1", "-1", "1.5", "1e3", "010", "0x1F", ".5", "+.inf"] {
            assert_eq!(kind(n, true), Kind::Number, "{n}");
        }
        for t in [
            "yes", "1.2.3", "10m", "5%", ".", "e5", "1_000", "-", "12:30",
        ] {
            assert_eq!(kind(t, true), Kind::Text, "{t}");
        }
        assert_eq!(kind("1", false), Kind::Text);
        assert_eq!(kind("~", true), Kind::Null);
    }

    #[test]
    fn values_that_other_readers_change_are_seen_and_ordinary_ones_are_not() {
        for bad in [
            "yes", "No", "ON", "y", "010", "12:30", "1:30:00", "1_000", "0o17",
        ] {
            assert!(disguise(bad).is_some(), "{bad}");
        }
        for good in [
            "yEs",
            "0",
            "10",
            "0.5",
            "Mon-Thu 09:00-16:00",
            "a:b",
            "12:99",
            "true",
            "none",
            "2026-12-01",
            "_",
        ] {
            assert!(disguise(good).is_none(), "{good}");
        }
    }
}
