//! Reading an event back from its stored kind and body, without making a value of the body in between: whoever folds a stream reads
//! every event of it.

use crate::decider::EventBody;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess};
use serde_json::Error;
use serde_json::de::{Deserializer, StrRead};

/// Read an event back from its stored kind and body.
///
/// # Errors
/// The kind is unknown to this version or the body does not fit it.
pub fn decode<E: EventBody>(kind: &str, body: &str) -> Result<E, Error> {
    let mut body = Deserializer::from_str(body);
    let event = E::deserialize(MapAccessDeserializer::new(Stored {
        next: Member::Kind,
        kind,
        body: &mut body,
    }))?;
    body.end()?;
    Ok(event)
}

#[derive(Clone, Copy)]
enum Member {
    Kind,
    Body,
    None,
}

/// An event as the object that it was cut out of: `{"kind":...,"body":...}`. The kind comes first, so that the type of the body is
/// known when it is read.
struct Stored<'a, 'de> {
    next: Member,
    kind: &'a str,
    body: &'a mut Deserializer<StrRead<'de>>,
}

impl<'de> MapAccess<'de> for Stored<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let name = match self.next {
            Member::Kind => "kind",
            Member::Body => "body",
            Member::None => return Ok(None),
        };
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.next {
            Member::Kind => {
                self.next = Member::Body;
                seed.deserialize(self.kind.into_deserializer())
            }
            Member::Body | Member::None => {
                self.next = Member::None;
                seed.deserialize(&mut *self.body)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::stream::deployment::Event;

    #[test]
    fn an_event_is_read_from_its_kind_and_its_body_and_nothing_may_come_after_it() {
        let read = |kind, body| decode::<Event>(kind, body);
        assert_eq!(
            read("deployment.confirmed/1", "{}").ok(),
            Some(Event::Confirmed {})
        );
        let cancelled = r#"{"by":"ana","reason":"no"}"#;
        assert!(matches!(
            read("deployment.cancelled/1", cancelled),
            Ok(Event::Cancelled { by, .. }) if by == "ana"
        ));
        for (kind, body) in [
            ("deployment.confirmed/1", "{},\"more\":1"),
            ("deployment.confirmed/1", "{} {}"),
            ("deployment.confirmed/1", "{"),
            ("deployment.cancelled/1", r#"{"by":"ana"}"#),
            ("deployment.unheard-of/1", "{}"),
        ] {
            assert!(read(kind, body).is_err(), "{kind} {body}");
        }
    }
}
