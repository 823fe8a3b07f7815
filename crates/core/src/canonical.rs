//! Canonical JSON (RFC 8785), written in one pass: the members of an object are put in order where they lie, and an object whose
//! members come in order is never moved.
//!
//! Every stored byte goes through here, so what comes out must never change. The `serde_json_canonicalizer` crate says what it
//! is: tests compare the two, and numbers that are not whole and small are its business here as well.

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::io;
use std::ops::Range;

/// Whole numbers up to here are the same in JavaScript, whose numbers RFC 8785 prescribes.
const EXACT: u64 = 1 << 53;

/// Canonical JSON text (RFC 8785) of a value. Our own types have no maps with non-text keys and no floats, so this holds
/// for every event, plan and spec; a failure is a programming error that the caller's stream pays for, not the process.
///
/// # Errors
/// The serialiser's message.
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let mut canon = Canon {
        out: Vec::with_capacity(512),
        members: Vec::new(),
        objects: Vec::new(),
        spare: Vec::new(),
    };
    value.serialize(&mut Serializer::with_formatter(io::sink(), &mut canon))?;
    String::from_utf8(canon.out)
        .map_err(|e| serde::ser::Error::custom(format!("it is not UTF-8: {e}")))
}

/// A member of an object that is not closed yet, by where it lies in the text.
struct Member {
    /// Name with its quotes.
    name: Range<usize>,
    /// End of its value.
    end: usize,
}

/// The text so far. It grows here and not in the serialiser's writer, because a formatter cannot go back in that.
struct Canon {
    out: Vec<u8>,
    /// Members of all open objects, those of the innermost last.
    members: Vec<Member>,
    /// Of each open object, how many members there were before it.
    objects: Vec<usize>,
    /// Room to put members in order.
    spare: Vec<u8>,
}

impl Canon {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn whole(&mut self, size: u64, is_negative: bool) -> io::Result<()> {
        if size > EXACT {
            let value = size as f64;
            return self.float(if is_negative { -value } else { value });
        }
        let mut digits = [0; 20];
        let (mut at, mut left) = (digits.len(), size);
        while left > 0 || at == digits.len() {
            at -= 1;
            digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
            left /= 10;
        }
        if is_negative {
            self.out.push(b'-');
        }
        self.put(&digits[at..])
    }

    fn float(&mut self, value: f64) -> io::Result<()> {
        let text = serde_json_canonicalizer::to_string(&value)?;
        self.put(text.as_bytes())
    }

    /// Are the members of the innermost object in order? They lie one after the other, a comma between.
    fn close(&mut self, first: usize) -> io::Result<()> {
        let members = &self.members[first..];
        let name = |member: &Member| &self.out[member.name.clone()];
        let in_order = members
            .windows(2)
            .all(|pair| order(name(&pair[0]), name(&pair[1])) == Ordering::Less);
        if in_order {
            return Ok(());
        }
        let mut sorted: Vec<&Member> = members.iter().collect();
        sorted.sort_by(|a, b| order(name(a), name(b)));
        let twice = |pair: &[&Member]| order(name(pair[0]), name(pair[1])) == Ordering::Equal;
        if sorted.windows(2).any(twice) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "duplicate object key",
            ));
        }
        self.spare.clear();
        for (n, member) in sorted.iter().enumerate() {
            if n > 0 {
                self.spare.push(b',');
            }
            let text = &self.out[member.name.start..member.end];
            self.spare.extend_from_slice(text);
        }
        if let Some(first) = members.first() {
            self.out.truncate(first.name.start);
            self.out.extend_from_slice(&self.spare);
        }
        Ok(())
    }
}

/// Order of two names, which are written with quotes: by their UTF-16 code units.
fn order(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (inner(a), inner(b));
    let is_plain = |name: &[u8]| name.iter().all(|c| c.is_ascii() && *c != b'\\');
    if is_plain(a) && is_plain(b) {
        return a.cmp(b);
    }
    let (a, b) = (unescaped(a), unescaped(b));
    a.encode_utf16().cmp(b.encode_utf16())
}

fn inner(name: &[u8]) -> &[u8] {
    let open = name.strip_prefix(b"\"").unwrap_or(name);
    open.strip_suffix(b"\"").unwrap_or(open)
}

/// A name as it was before it was written. What is written here can always be read.
fn unescaped(name: &[u8]) -> Cow<'_, str> {
    let quoted = [b"\"", name, b"\""].concat();
    match serde_json::from_slice(&quoted) {
        Ok(text) => Cow::Owned(text),
        Err(_) => String::from_utf8_lossy(name),
    }
}

/// `$name(value)` for numbers without a sign, and for those with one.
macro_rules! whole_numbers {
    ($($name:ident $type:ty, $signed:ident $signed_type:ty;)*) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, _: &mut W, value: $type) -> io::Result<()> {
            self.whole(u64::from(value), false)
        }
        fn $signed<W: ?Sized + io::Write>(&mut self, _: &mut W, value: $signed_type) -> io::Result<()> {
            self.whole(u64::from(value.unsigned_abs()), value < 0)
        }
    )*};
}

/// Everything that is a fixed text.
macro_rules! texts {
    ($($name:ident $text:literal;)*) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
            self.put($text)
        }
    )*};
}

impl Formatter for &mut Canon {
    whole_numbers! {
        write_u8 u8, write_i8 i8;
        write_u16 u16, write_i16 i16;
        write_u32 u32, write_i32 i32;
        write_u64 u64, write_i64 i64;
    }

    texts! {
        write_null b"null";
        begin_string b"\"";
        end_string b"\"";
        begin_array b"[";
        end_array b"]";
        begin_object_value b":";
    }

    fn write_bool<W: ?Sized + io::Write>(&mut self, _: &mut W, value: bool) -> io::Result<()> {
        self.put(if value { b"true" } else { b"false" })
    }

    fn write_u128<W: ?Sized + io::Write>(&mut self, _: &mut W, value: u128) -> io::Result<()> {
        self.float(value as f64)
    }

    fn write_i128<W: ?Sized + io::Write>(&mut self, _: &mut W, value: i128) -> io::Result<()> {
        self.float(value as f64)
    }

    fn write_f32<W: ?Sized + io::Write>(&mut self, _: &mut W, value: f32) -> io::Result<()> {
        self.float(f64::from(value))
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, _: &mut W, value: f64) -> io::Result<()> {
        self.float(value)
    }

    fn write_number_str<W: ?Sized + io::Write>(&mut self, _: &mut W, text: &str) -> io::Result<()> {
        let bad = |_| io::Error::new(io::ErrorKind::InvalidInput, "it is not a number");
        self.float(text.parse().map_err(bad)?)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.put(fragment.as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        match escape {
            CharEscape::Quote => self.put(b"\\\""),
            CharEscape::ReverseSolidus => self.put(b"\\\\"),
            CharEscape::Solidus => self.put(b"/"),
            CharEscape::Backspace => self.put(b"\\b"),
            CharEscape::FormFeed => self.put(b"\\f"),
            CharEscape::LineFeed => self.put(b"\\n"),
            CharEscape::CarriageReturn => self.put(b"\\r"),
            CharEscape::Tab => self.put(b"\\t"),
            CharEscape::AsciiControl(byte) => {
                let digits = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
                self.put(b"\\u00")?;
                self.put(&digits)
            }
        }
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.put(if first { b"" } else { b"," })
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.objects.push(self.members.len());
        self.put(b"{")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        _: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.put(if first { b"" } else { b"," })?;
        let start = self.out.len();
        self.members.push(Member {
            name: start..start,
            end: start,
        });
        Ok(())
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.out.len();
        if let Some(member) = self.members.last_mut() {
            member.name.end = end;
        }
        Ok(())
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        let end = self.out.len();
        if let Some(member) = self.members.last_mut() {
            member.end = end;
        }
        Ok(())
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        let first = self.objects.pop().unwrap_or(0);
        self.close(first)?;
        self.members.truncate(first);
        self.put(b"}")
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(&mut self, _: &mut W, _: &str) -> io::Result<()> {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "raw text is not canonical",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use proptest::prelude::*;
    use serde_json::{Map, Number, Value, json};

    fn by_the_other(value: &Value) -> String {
        serde_json_canonicalizer::to_string(value).expect("canonical")
    }

    fn number() -> impl Strategy<Value = Number> {
        prop_oneof![
            any::<u64>().prop_map(Number::from),
            any::<i64>().prop_map(Number::from),
            (0_u64..10_000).prop_map(Number::from),
            ((1_u64 << 53) - 2..(1 << 53) + 2).prop_map(Number::from),
            any::<f64>().prop_filter_map("finite", Number::from_f64),
        ]
    }

    /// Names from both sides of the place where UTF-16 and UTF-8 differ, with and without what is escaped.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z-]{0,6}",
            "[\u{0}-\u{7f}]{0,6}",
            "[a\u{e9}\u{d7ff}\u{e000}\u{fffd}\u{10000}\u{1f600}\\\\\"/]{0,4}",
            any::<String>(),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            number().prop_map(Value::Number),
            text().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::vec((text(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// Members in the order in which they are given, as those of a struct are.
    struct Given(Vec<(String, Value)>);

    impl serde::Serialize for Given {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
        }
    }

    proptest! {
        #[test]
        fn every_value_has_the_text_that_the_other_implementation_gives_it(value in value()) {
            prop_assert_eq!(canonical(&value).expect("canonical"), by_the_other(&value));
        }

        #[test]
        fn members_in_any_order_have_one_text_and_names_that_come_twice_have_none(
            members in prop::collection::vec((text(), value()), 0..7),
        ) {
            let given = Given(members);
            match (canonical(&given), serde_json_canonicalizer::to_string(&given)) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
                (ours, theirs) => prop_assert_eq!(ours.is_err(), theirs.is_err()),
            }
        }
    }

    #[test]
    fn the_examples_of_the_standard_come_out_as_it_says() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical(&value).expect("canonical");
        let names = [
            "\\r",
            "1",
            "\u{80}",
            "\u{f6}",
            "\u{20ac}",
            "\u{1f600}",
            "\u{fb33}",
        ];
        let places: Vec<_> = names.map(|name| text.find(&format!("\"{name}\":"))).into();
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{text}"
        );
        let numbers = json!([333_333_333.333_333_3, 1e30, 4.50, 2e-3, 1e-27, 0, -0.0, -7]);
        let text = canonical(&numbers).expect("canonical");
        assert_eq!(text, "[333333333.3333333,1e+30,4.5,0.002,1e-27,0,0,-7]");
    }
}
