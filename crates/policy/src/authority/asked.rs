//! A request of core in the terms of the schema.

use cedar_policy::{Context, Entities, Entity, EntityId, EntityTypeName, EntityUid};
use cedar_policy::{Request as Asked, RestrictedExpression as Value, Schema};
use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;
use tidegate_core::authority::{History, Kind, Principal, Request, Resource};

/// An action by the name of its command.
pub(super) fn action(name: &str) -> Result<EntityUid, String> {
    uid("Action", name)
}

/// What is known beside the request.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Actions with their groups.
    pub actions: &'a Entities,
    /// Compare with the schema. What is made here fits it, which a test shows for every kind of request; doing it each time
    /// takes longer than the decision.
    pub checked: Option<&'a Schema>,
}

/// The request and everything it names.
pub(super) fn of(
    request: &Request,
    action: EntityUid,
    known: Known<'_>,
) -> Result<(Asked, Entities), String> {
    let who = principal(&request.principal)?;
    let what = resource(&request.resource)?;
    let lent = request.instead_of.as_ref();
    let lent = lent.map(|who| ("insteadOf".to_owned(), text(who)));
    let context = Context::from_pairs(lent).map_err(|e| e.to_string())?;
    let asked = Asked::new(who.uid(), action, what.uid(), context, known.checked)
        .map_err(|e| e.to_string())?;
    let entities = known
        .actions
        .clone()
        .add_entities([who, what], known.checked)
        .map_err(|e| e.to_string())?;
    Ok((asked, entities))
}

fn principal(who: &Principal) -> Result<Entity, String> {
    let kind = match who.kind {
        Kind::Person => "Person",
        Kind::Program => "Program",
    };
    let mut attributes = HashMap::from([
        ("account".to_owned(), text(&who.account)),
        ("groups".to_owned(), texts(&who.groups)),
    ]);
    for (role, units) in &who.within {
        attributes.insert(format!("{role}In"), texts(units));
    }
    if let Some(person) = &who.person {
        attributes.insert("person".to_owned(), text(person));
    }
    let mut parents = HashSet::from([uid("Role", &who.role)?]);
    for team in &who.teams {
        parents.insert(uid("Team", team)?);
    }
    Entity::new(uid(kind, &who.account)?, attributes, parents).map_err(|e| e.to_string())
}

fn resource(what: &Resource) -> Result<Entity, String> {
    let mut attributes = HashMap::new();
    let mut add = |name: &str, value: Value| {
        attributes.insert(name.to_owned(), value);
    };
    if let Some(units) = &what.units {
        add("units", texts(units));
    }
    if !what.above.is_empty() {
        add("above", texts(&what.above));
    }
    if let (Some(name), Some(facts)) = (&what.service, &what.facts) {
        let mut fields = vec![
            ("name", text(name.as_str())),
            ("owner", Value::new_entity_uid(uid("Team", &facts.owner)?)),
            ("tier", Value::new_long(i64::from(facts.tier))),
        ];
        fields.extend(facts.data.map(|data| ("data", text(data))));
        fields.extend(facts.audience.map(|audience| ("audience", text(audience))));
        add("service", record(fields)?);
    }
    if let Some(place) = &what.environment
        && let Some(tier) = place.tier
    {
        let mut fields = vec![("name", text(&place.name)), ("tier", text(tier))];
        fields.extend(place.region.as_ref().map(|region| ("region", text(region))));
        add("environment", record(fields)?);
    }
    if let Some(release) = &what.release {
        add("release", text(release));
    }
    if let Some(purpose) = &what.purpose {
        add("purpose", text(purpose));
    }
    if let Some(change) = &what.change {
        let never_by = change.never_by.iter().copied().map(text);
        let mut fields = vec![("neverBy", Value::new_set(never_by))];
        fields.extend(change.class.as_ref().map(|class| ("class", text(class))));
        let risk = change.risk.map(i64::from);
        fields.extend(risk.map(|risk| ("risk", Value::new_long(risk))));
        add("change", record(fields)?);
    }
    if let Some(history) = &what.history {
        add("history", of_history(history)?);
    }
    let uid = uid(what.kind.as_str(), &what.id)?;
    Entity::new(uid, attributes, HashSet::new()).map_err(|e| e.to_string())
}

fn of_history(history: &History) -> Result<Value, String> {
    record(vec![
        ("authors", texts(&history.authors)),
        ("authorsKnown", Value::new_bool(history.is_known)),
        ("requesters", texts(&history.requesters)),
        ("approvers", texts(&history.approvers)),
        ("deployers", texts(&history.deployers)),
    ])
}

fn record(fields: Vec<(&str, Value)>) -> Result<Value, String> {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Value::new_record(fields).map_err(|e| e.to_string())
}

fn text(text: impl AsRef<str>) -> Value {
    Value::new_string(text.as_ref().to_owned())
}

fn texts<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> Value {
    Value::new_set(all.into_iter().map(text))
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    let kind = EntityTypeName::from_str(kind).map_err(|e| e.to_string())?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
