//! Which door a request knocks at, and which roles may pass. Everything that is not listed is refused.

use axum::http::Method;
use tidegate_core::actor::{Actor, Role};

/// Questions that are too long for an address: they change nothing.
const ASKS: [&str; 3] = [
    "/api/v1/config/plans",
    "/api/v1/simulations/policy",
    "/api/v1/simulations/calendar",
];

/// Kinds of operations by who may use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Needs no token.
    Public,
    /// Reads; changes nothing.
    Reading,
    /// Changes something; core decides about the command itself.
    Changing,
    /// Plans from what runs before core sees a command: nobody learns by it what they may not do.
    Deploying,
    /// A yes or no, and what belongs to it; core decides about the person itself.
    Deciding,
    /// The end of the caller's own sign-in.
    Leaving,
    /// What else concerns the caller alone: the keys, the other sign-ins.
    Own,
    /// People and calendar feeds.
    Administration,
    /// Tokens: of everybody, or of one's own business unit.
    Tokens,
    /// Work for agents.
    Work,
}

impl Door {
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let public = path == "/api/v1/health"
            || path == "/api/openapi.json"
            || path == "/feeds/known-issues.json"
            || path == "/login"
            || path == "/login/oidc"
            || path == "/login/callback"
            || path.starts_with("/problems/");
        // Its address is its key; the handler looks at nothing else.
        let feed = path
            .strip_prefix("/calendar/")
            .is_some_and(|file| !file.is_empty() && !file.contains('/'));
        let beneath = |noun: &str| {
            path == noun
                || path
                    .strip_prefix(noun)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let reads = method == Method::GET || method == Method::HEAD;
        // They look at the password themselves; the page checks where the form came from.
        let sign_in = method == Method::POST
            && [
                "/api/v1/sessions",
                "/api/v1/sign-ins",
                "/api/v1/sign-ins/completions",
                "/login",
            ]
            .contains(&path);
        // It brings its join token in the body.
        let joins = path
            .strip_prefix("/api/v1/agents/")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(_, what)| what == "credentials");
        let unasked = sign_in || (joins && method == Method::POST);
        if (public && method == Method::GET) || (feed && reads) || unasked {
            Self::Public
        } else if leaves(method, path) {
            Self::Leaving
        } else if owned(method, path) {
            Self::Own
        } else if ((beneath("/api/v1/users")
            || beneath("/api/v1/audit/erasures")
            || beneath("/api/v1/audit/holds"))
            && !reads)
            || beneath("/api/v1/calendar/feeds")
        {
            Self::Administration
        } else if beneath("/api/v1/tokens") || beneath("/api/v1/enrolments") {
            Self::Tokens
        } else if path.strip_prefix("/api/v1/agents/").is_some() {
            Self::Work
        } else if reads || ASKS.contains(&path) {
            Self::Reading
        } else if decides(method, path) {
            Self::Deciding
        } else if beneath("/api/v1/deployments") || beneath("/api/v1/rollbacks") {
            Self::Deploying
        } else {
            Self::Changing
        }
    }

    /// What is behind it, after "may not".
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Public | Self::Reading => "read",
            Self::Changing => "change anything",
            Self::Deploying => "deploy, roll back or steer deployments",
            Self::Deciding => "decide about changes, exceptions, departures or controls",
            Self::Leaving => "sign out",
            Self::Own => "change keys or end sign-ins",
            Self::Administration | Self::Tokens => {
                "see or change who may come in, erase words, or place and end holds"
            }
            Self::Work => "work as an agent",
        }
    }

    /// What is behind these doors is nowhere in particular, so it is outside of every narrowed token; of commands core says
    /// so itself.
    pub(super) fn is_beyond_reach(self) -> bool {
        matches!(self, Self::Administration | Self::Tokens | Self::Own)
    }

    /// Does it open for somebody, by the role that holds everywhere or by one in a business unit? What of it is that unit's
    /// business is looked at behind the door; who may come in at all is the company's.
    pub(super) fn opens(self, actor: &Actor) -> bool {
        let mut local = actor.within.values();
        self.opens_for(&actor.role)
            || (self != Self::Administration && local.any(|s| self.opens_for(&s.role())))
    }

    fn opens_for(self, role: &Role) -> bool {
        match self {
            Self::Public => true,
            Self::Reading | Self::Leaving | Self::Own => matches!(
                role,
                Role::Admin | Role::Operator | Role::Publisher | Role::Approver | Role::Viewer
            ),
            Self::Changing => matches!(role, Role::Admin | Role::Operator | Role::Publisher),
            Self::Deploying => matches!(role, Role::Admin | Role::Operator),
            Self::Deciding => matches!(role, Role::Admin | Role::Operator | Role::Approver),
            Self::Administration | Self::Tokens => *role == Role::Admin,
            Self::Work => matches!(role, Role::Agent { .. }),
        }
    }
}

/// Decisions that are asked of people.
fn decides(method: &Method, path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/v1/") else {
        return false;
    };
    let parts: Vec<&str> = rest.split('/').collect();
    let listed = match parts.as_slice() {
        ["changes", _, _] | ["delegations"] | ["delegations", _, "revocations"] => true,
        ["deployments", _, what] => matches!(*what, "sign-offs" | "sign-off-refusals"),
        ["config", "proposals", _, what] => matches!(*what, "approvals" | "rejections"),
        ["rollback-decisions"] | ["rollback-decisions", _, "orders"] => true,
        ["releases", _, what] => matches!(*what, "approvals" | "rejections" | "scope-openings"),
        ["exceptions", _, what] => matches!(*what, "grants" | "refusals" | "reviews"),
        ["trains", _, "departures", _, what] => *what == "decisions",
        ["boards", _, "meetings", _, what] => matches!(*what, "openings" | "criteria"),
        ["boards", _, "items", _, what] => {
            matches!(
                *what,
                "votes" | "answers" | "confirmations" | "attestations"
            )
        }
        _ => false,
    };
    listed && *method == Method::POST
}

/// The end of the sign-in that is used.
fn leaves(method: &Method, path: &str) -> bool {
    (method == Method::POST && path == "/logout")
        || (method == Method::DELETE && path == "/api/v1/sessions/current")
}

/// Writes that concern the caller alone; whose they are is looked at behind the door.
fn owned(method: &Method, path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/v1/users/") else {
        return false;
    };
    let mut parts = rest.split('/').skip(1);
    let what = (parts.next(), parts.next());
    let listed = matches!(what, (Some("keys" | "key-revocations" | "sign-outs"), None));
    listed && *method == Method::POST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_refused() {
        let agent = Role::Agent {
            environments: std::collections::BTreeSet::new(),
        };
        let door = |method: Method, path: &str| Door::of(&method, path);
        assert_eq!(door(Method::GET, "/api/v1/health"), Door::Public);
        assert_eq!(door(Method::POST, "/api/v1/health"), Door::Changing);
        assert_eq!(door(Method::GET, "/api/v1/tokensx"), Door::Reading);
        assert_eq!(door(Method::GET, "/api/v1/tokens"), Door::Tokens);
        assert_eq!(door(Method::DELETE, "/api/v1/tokens/ci"), Door::Tokens);
        assert_eq!(door(Method::GET, "/calendar/tg_x.ics"), Door::Public);
        assert_eq!(door(Method::HEAD, "/calendar/tg_x.ics"), Door::Public);
        assert_eq!(door(Method::POST, "/calendar/tg_x.ics"), Door::Changing);
        assert_eq!(
            door(Method::GET, "/calendar/tg_x.ics/more.ics"),
            Door::Reading
        );
        assert_eq!(door(Method::GET, "/calendar/"), Door::Reading);
        assert_eq!(
            door(Method::GET, "/api/v1/calendar/feeds"),
            Door::Administration
        );
        assert_eq!(door(Method::GET, "/api/v1/agents"), Door::Reading);
        assert_eq!(door(Method::POST, "/api/v1/agents/a/leases"), Door::Work);
        assert_eq!(
            door(Method::POST, "/api/v1/agents/a/credentials"),
            Door::Public
        );
        assert_eq!(
            door(Method::GET, "/api/v1/agents/a/credentials"),
            Door::Work
        );
        assert_eq!(
            door(Method::POST, "/api/v1/agents/a/credentials/more"),
            Door::Work
        );
        assert_eq!(door(Method::POST, "/api/v1/agents/a/renewals"), Door::Work);
        assert_eq!(door(Method::POST, "/api/v1/enrolments"), Door::Tokens);
        assert_eq!(door(Method::DELETE, "/api/v1/enrolments/a"), Door::Tokens);
        assert_eq!(door(Method::POST, "/api/v1/rollbacks"), Door::Deploying);
        assert_eq!(door(Method::GET, "/api/v1/deployments"), Door::Reading);
        assert_eq!(door(Method::POST, "/api/v1/sessions"), Door::Public);
        assert_eq!(door(Method::GET, "/api/v1/sessions"), Door::Reading);
        assert_eq!(
            door(Method::DELETE, "/api/v1/sessions/current"),
            Door::Leaving
        );
        assert_eq!(door(Method::POST, "/logout"), Door::Leaving);
        assert_eq!(door(Method::POST, "/logout/more"), Door::Changing);
        assert_eq!(door(Method::POST, "/api/v1/users"), Door::Administration);
        assert_eq!(
            door(Method::POST, "/api/v1/users/ana/roles"),
            Door::Administration
        );
        assert_eq!(door(Method::POST, "/api/v1/users/ana/keys"), Door::Own);
        assert_eq!(
            door(Method::POST, "/api/v1/users/ana/keys/more"),
            Door::Administration
        );
        assert_eq!(door(Method::GET, "/api/v1/users/ana"), Door::Reading);
        assert_eq!(
            door(Method::POST, "/api/v1/changes/CHG-1/approvals"),
            Door::Deciding
        );
        assert_eq!(
            door(Method::POST, "/api/v1/releases/a@1/approvals"),
            Door::Deciding
        );
        assert_eq!(
            door(Method::POST, "/api/v1/releases/a@1/emergencies"),
            Door::Changing
        );
        assert!(Door::Deciding.opens_for(&Role::Approver));
        assert!(!Door::Deciding.opens_for(&Role::Viewer));
        assert!(!Door::Changing.opens_for(&Role::Approver));
        assert!(!Door::Deploying.opens_for(&Role::Publisher));
        assert!(!Door::Reading.opens_for(&agent));
        let feed = Role::Feed(tidegate_core::actor::FeedScope::default());
        let all = [
            Door::Reading,
            Door::Leaving,
            Door::Own,
            Door::Changing,
            Door::Deploying,
            Door::Deciding,
            Door::Administration,
            Door::Tokens,
            Door::Work,
        ];
        assert!(all.iter().all(|door| !door.opens_for(&feed)));
        assert!(!Door::Work.opens_for(&Role::Admin));
        assert!(!Door::Administration.opens_for(&Role::Operator));
        assert!(!Door::Changing.opens_for(&Role::Viewer));
        assert!(!Door::Changing.opens_for(&Role::System));
        let mut local = Actor::account("ana", Role::Viewer);
        local.within = [(
            "retail".parse().unwrap(),
            tidegate_core::stream::person::Standing::Admin,
        )]
        .into();
        assert!(Door::Tokens.opens(&local) && Door::Changing.opens(&local));
        assert!(!Door::Administration.opens(&local) && !Door::Work.opens(&local));
    }
}
