//! The port through which policies are asked. What reads policy texts is outside of core; a server whose texts cannot be read
//! lets nobody do anything but correct the configuration.

use super::Request;
use super::asked::Kind;
use super::{Right, right_of};
use crate::spec::{Origins, Spec};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A policy that was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: `own-change`, or `guardrail money`.
    pub id: String,
    /// Where it was written: `policies.yaml:12`, or `built-in`.
    pub place: String,
    /// What it says, for people.
    pub message: String,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "built-in" => write!(f, "built-in policy `{}`", self.id),
            place => write!(f, "{} ({place})", self.id),
        }
    }
}

/// What policies say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Let by these, forbidden by none.
    Allowed {
        /// Which.
        by: Vec<Rule>,
    },
    /// Let by none.
    Unlisted,
    /// Forbidden by these, whatever lets it.
    Forbidden {
        /// Which.
        by: Vec<Rule>,
    },
    /// They could not be asked, so it is forbidden.
    Broken {
        /// Which, as far as it is known.
        rules: Vec<Rule>,
        /// Why.
        because: String,
    },
}

/// Answers by the policies of one configuration.
pub trait Judge: fmt::Debug + Send + Sync {
    /// What the policies say about a request.
    fn judge(&self, request: &Request) -> Ruling;
}

/// Makes judges from configurations.
pub trait Rules: fmt::Debug + Send + Sync {
    /// The judge for a configuration. One that cannot be read gives a judge that lets nothing pass.
    fn of(&self, spec: &Spec, origins: &Origins) -> Authority;
}

/// A judge, shared.
#[derive(Debug, Clone)]
pub struct Authority(pub Arc<dyn Judge>);

impl Default for Authority {
    fn default() -> Self {
        BuiltIn.of(&Spec::default(), &Origins::default())
    }
}

impl std::ops::Deref for Authority {
    type Target = dyn Judge;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

/// The table of roles and no texts: for what is decided without a configuration that holds any.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn;

impl Rules for BuiltIn {
    fn of(&self, spec: &Spec, _: &Origins) -> Authority {
        if spec.guardrails.is_empty() && spec.policies.values().all(|p| p.forbid.is_none()) {
            return Authority(Arc::new(Table));
        }
        Authority(Arc::new(Unread(
            "this program was started without the part that reads policy texts".to_owned(),
        )))
    }
}

#[derive(Debug)]
struct Table;

impl Judge for Table {
    fn judge(&self, request: &Request) -> Ruling {
        let right = right_of(&request.action);
        let may = right
            .is_some_and(|right| right.is_for(&request.principal.role) || within(request, right));
        if !may {
            return Ruling::Unlisted;
        }
        Ruling::Allowed { by: Vec::new() }
    }
}

/// Does a role that holds in business units alone give a right in all of those whose business it is?
fn within(request: &Request, right: Right) -> bool {
    let Some(units) = &request.resource.units else {
        return false;
    };
    let roles = request.principal.within.iter();
    let with = roles.filter(|(role, _)| right.is_for(role));
    let held: Vec<&std::collections::BTreeSet<String>> = with.map(|(_, units)| units).collect();
    let has = |unit: &String| held.iter().any(|units| units.contains(unit));
    !held.is_empty() && units.iter().all(has)
}

/// Texts that could not be read.
#[derive(Debug)]
pub struct Unread(String);

impl Unread {
    /// Why.
    #[must_use]
    pub fn because(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl Judge for Unread {
    fn judge(&self, request: &Request) -> Ruling {
        // The way out of it must stay open, for a person.
        if request.action == "config apply" && request.principal.kind == Kind::Person {
            return Table.judge(request);
        }
        Ruling::Broken {
            rules: Vec::new(),
            because: self.0.clone(),
        }
    }
}
