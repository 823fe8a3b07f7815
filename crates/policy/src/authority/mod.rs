//! Who may do what, by Cedar policies: the built-in ones, then guardrails, then the policies of the configuration.
//!
//! Roles give rights, built in; texts of the configuration only take away, so no text can loosen another one. Whatever cannot
//! be read, checked or evaluated forbids. Nothing here knows commands or streams: core gathers what a request is about.

mod asked;
mod check;
mod read;
mod sample;
#[cfg(test)]
mod tests;

use asked::Known;
pub use check::{Impossible, impossible};
pub use read::{Kind, Problem, read};

use cedar_policy::{Authorizer, Decision, Entities, Policy, PolicyId, PolicySet, Schema};
use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::{Arc, LazyLock};
use tidegate_core::authority::{Authority, Judge, Request, Rule, Rules, Ruling, Unread};
use tidegate_core::spec::{Origins, Spec};

/// What policies are checked against, for people who write them.
pub const SCHEMA: &str = include_str!("schema.cedarschema");
/// The policies that are always there.
pub const BUILT_IN: &str = include_str!("builtin.cedar");

static CHECKED: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).map_err(|e| e.to_string())?;
    match warnings.map(|w| w.to_string()).collect::<Vec<_>>() {
        none if none.is_empty() => Ok(schema),
        some => Err(some.join("; ")),
    }
});

/// Reads the policies of a configuration with Cedar.
#[derive(Debug, Clone, Copy)]
pub struct Cedar;

impl Rules for Cedar {
    fn of(&self, spec: &Spec, origins: &Origins) -> Authority {
        match Policies::of(spec, origins) {
            Ok(policies) => Authority(Arc::new(policies)),
            Err(because) => Authority(Arc::new(Unread::because(because))),
        }
    }
}

/// A text of the configuration.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// `guardrail money` or `policy nights`.
    pub name: String,
    /// Dotted path of the text.
    pub path: String,
    /// Cedar.
    pub text: &'a str,
    /// Business unit beyond which it forbids nothing.
    pub unit: Option<String>,
}

/// Every text of a configuration, guardrails first.
#[must_use]
pub fn texts(spec: &Spec) -> Vec<Text<'_>> {
    let guardrails = spec.guardrails.iter().map(|(name, guardrail)| Text {
        name: format!("guardrail {name}"),
        path: format!("guardrails.{name}.forbid"),
        text: &guardrail.forbid,
        unit: guardrail.unit.as_ref().map(ToString::to_string),
    });
    let policies = spec.policies.iter().filter_map(|(name, policy)| {
        Some(Text {
            name: format!("policy {name}"),
            path: format!("policies.{name}.forbid"),
            text: policy.forbid.as_deref()?,
            unit: policy.unit.as_ref().map(ToString::to_string),
        })
    });
    guardrails.chain(policies).collect()
}

/// Policies that were checked.
#[derive(Debug)]
pub struct Policies {
    schema: &'static Schema,
    actions: Entities,
    set: PolicySet,
    rules: BTreeMap<String, Rule>,
    authorizer: Authorizer,
    /// Each request is compared with the schema.
    is_checking: bool,
}

impl Policies {
    /// Of a configuration.
    ///
    /// # Errors
    /// The first text that cannot be used, with its place and the reason.
    pub fn of(spec: &Spec, origins: &Origins) -> Result<Self, String> {
        let mut policies = Self::built_in()?;
        for text in texts(spec) {
            let place = origins.of(&text.path);
            let found = read(&text).map_err(|problems| {
                let first = problems.first();
                let (line, said) = first.map_or((0, "it cannot be read"), |p| (p.line, &p.message));
                let line = place.line.saturating_add(line);
                format!("{} ({}:{line}): {said}", text.name, place.file)
            })?;
            for one in found {
                let place = match place.line {
                    0 => place.to_string(),
                    line => format!("{}:{}", place.file, line.saturating_add(one.line)),
                };
                policies.add(within(one, text.unit.as_deref())?, place)?;
            }
        }
        Ok(policies)
    }

    /// Those that are always there.
    ///
    /// # Errors
    /// Does not happen: the texts are part of the program, and a test reads them.
    pub fn built_in() -> Result<Self, String> {
        let schema = schema()?;
        let mut policies = Self {
            schema,
            actions: schema.action_entities().map_err(|e| e.to_string())?,
            set: PolicySet::new(),
            rules: BTreeMap::new(),
            authorizer: Authorizer::new(),
            is_checking: false,
        };
        let known = PolicySet::from_str(BUILT_IN).map_err(|e| e.to_string())?;
        read::checked(&known, schema).map_err(|p| p.message)?;
        for policy in known.policies() {
            let id = policy.annotation("id").unwrap_or_default().to_owned();
            let message = policy.annotation("message").unwrap_or_default().to_owned();
            let one = read::One {
                policy: policy.clone(),
                id,
                message,
                line: 0,
            };
            policies.add(one, "built-in".to_owned())?;
        }
        Ok(policies)
    }

    fn add(&mut self, one: read::One, place: String) -> Result<(), String> {
        let policy = one.policy.new_id(PolicyId::new(&one.id));
        let rule = Rule {
            id: one.id.clone(),
            place,
            message: one.message,
        };
        self.set.add(policy).map_err(|e| e.to_string())?;
        self.rules.insert(one.id, rule);
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rules.len()
    }

    fn rule(&self, id: &PolicyId) -> Rule {
        let id: &str = id.as_ref();
        self.rules.get(id).cloned().unwrap_or_else(|| Rule {
            id: id.to_owned(),
            ..Rule::default()
        })
    }
}

impl Judge for Policies {
    fn judge(&self, request: &Request) -> Ruling {
        let broken = |because: String| Ruling::Broken {
            rules: Vec::new(),
            because,
        };
        let action = match asked::action(&request.action) {
            Ok(action) if self.actions.get(&action).is_some() => action,
            // Nobody's: no policy lets it.
            Ok(_) => return Ruling::Unlisted,
            Err(error) => return broken(error),
        };
        let known = Known {
            actions: &self.actions,
            checked: self.is_checking.then_some(self.schema),
        };
        let (asked, entities) = match asked::of(request, action, known) {
            Ok(found) => found,
            Err(because) => return broken(because),
        };
        let answer = self.authorizer.is_authorized(&asked, &self.set, &entities);
        let diagnostics = answer.diagnostics();
        let mut by: Vec<Rule> = diagnostics.reason().map(|id| self.rule(id)).collect();
        by.sort();
        // A policy that failed is passed over by Cedar; here it forbids.
        if let Some(error) = diagnostics.errors().next() {
            let cedar_policy::AuthorizationError::PolicyEvaluationError(error) = error;
            return Ruling::Broken {
                rules: vec![self.rule(error.policy_id())],
                because: error.inner().to_string(),
            };
        }
        match (answer.decision(), by.is_empty()) {
            (Decision::Allow, _) => Ruling::Allowed { by },
            (Decision::Deny, true) => Ruling::Unlisted,
            (Decision::Deny, false) => Ruling::Forbidden { by },
        }
    }
}

/// A policy that forbids nothing beyond a business unit, whatever its text says.
fn within(one: read::One, unit: Option<&str>) -> Result<read::One, String> {
    let Some(unit) = unit else { return Ok(one) };
    let text = one.policy.to_string();
    let text = text.trim_end().trim_end_matches(';');
    // Names of units are letters, digits and hyphens.
    let text =
        format!("{text}\nwhen {{ resource has above && resource.above.contains(\"{unit}\") }};");
    let policy = Policy::parse(Some(one.policy.id().clone()), text).map_err(|e| e.to_string())?;
    Ok(read::One { policy, ..one })
}

fn schema() -> Result<&'static Schema, String> {
    CHECKED.as_ref().map_err(Clone::clone)
}
