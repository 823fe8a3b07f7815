//! The kinds of problems this API answers with: slug, code, title, status and the page behind `type`.
//!
//! The table is part of the contract: a slug or code that was once answered keeps its meaning.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Last part of `type`.
    pub slug: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// Short name.
    pub title: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// What it means and what to do, for the page.
    pub about: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $slug:literal $code:literal $status:ident $title:literal: $about:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Kind = Kind { slug: $slug, code: $code, title: $title, status: StatusCode::$status, about: $about };
        )*
        /// All kinds, by code.
        pub const ALL: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    BLOCKED = "blocked" "TG2001" CONFLICT "gates say no":
        "One or more gates do not pass. The member `decision` lists all of them, met and unmet, with who can change each.";
    NOT_NOW = "not-now" "TG2002" CONFLICT "not possible in this phase":
        "The command does not fit the phase the resource is in. Read the resource; its member `next` lists what is possible.";
    NOT_FOUND = "not-found" "TG2003" NOT_FOUND "does not exist":
        "Something that was named does not exist here. Names are exact; lists show what exists.";
    INVALID = "invalid" "TG2004" UNPROCESSABLE_ENTITY "contradicts a rule":
        "The input was understood and contradicts itself or a rule. The member `help` says the way out.";
    OTHER_DIGEST = "other-digest" "TG2005" CONFLICT "the version names other bits":
        "A version names its bits for ever. Build the change as a new version.";
    BUSY = "busy" "TG2006" CONFLICT "another deployment is under way":
        "One deployment of a service at a time changes an environment. Wait for it or abort it.";
    PARENT_MOVED = "parent-moved" "TG2007" CONFLICT "planned on old ground":
        "The environment changed while the plan was made, several times in a row. Send the command again.";
    NOT_ALLOWED = "not-allowed" "TG2008" FORBIDDEN "not allowed":
        "The token is valid and its role may not do this.";
    STALE_LEASE = "stale-lease" "TG2009" CONFLICT "the lease is over":
        "The work was given to another worker, withdrawn, or has ended. Drop it and ask for work again.";
    OVER_LIMIT = "over-limit" "TG2010" TOO_MANY_REQUESTS "over a limit":
        "Everything has a limit; the member `detail` names this one.";
    QUARANTINED = "quarantined" "TG2011" SERVICE_UNAVAILABLE "kept aside":
        "The history of this resource could not be read by this version, so nothing touches it until a person looks. `tidegate doctor` shows the entry.";
    AGENT_TAKEN = "agent-taken" "TG2012" CONFLICT "another agent serves the environment":
        "One agent serves an environment, so that work and what is seen of it come from one place. Stop the other agent or change `--environments`; one that is silent for 10 s is replaced.";
    OTHERS_DECIDE = "others-decide" "TG2013" FORBIDDEN "others decide":
        "The role may do this and this person may not: the decision belongs to others, or to somebody else than who asked for it. The member `help` names them.";
    LOCKED = "locked" "TG2014" CONFLICT "the lock is somebody else's, or has ended":
        "A lock belongs to whoever set it. That person opens it, its end comes, or an admin breaks it with a reason; afterwards it is nobody's any more.";
    STALE_PLAN = "stale-plan" "TG2015" PRECONDITION_FAILED "another plan by now":
        "What was looked at is no longer what would be done, so nobody's yes or no was recorded. The member `change` shows the present plan; look at it and decide again.";
    FORBIDDEN_BY_POLICY = "forbidden" "TG2016" FORBIDDEN "a policy forbids it":
        "The role may do this, and a guardrail or a policy of the configuration says no, or could not be asked. The member `detail` names it with file and line. Whoever owns it can change it.";
    SIGN_IN_AGAIN = "sign-in-again" "TG2017" FORBIDDEN "the sign-in is not fresh enough":
        "What is signed here asks for a person who signed in a short while ago. Nothing was recorded as signed. Sign in again with `tidegate login`, then say it again.";
    UNAUTHENTICATED = "unauthenticated" "TG3001" UNAUTHORIZED "no valid token":
        "Send `Authorization: Bearer tg_...` with a token that exists and has not expired. `tidegate token create` makes one.";
    KEY_MISSING = "key-missing" "TG3002" BAD_REQUEST "no idempotency key":
        "Send an `Idempotency-Key` header: any text of 1 to 200 visible characters that is new for each new command and the same when a command is repeated.";
    KEY_REUSED = "key-reused" "TG3003" UNPROCESSABLE_ENTITY "idempotency key of another command":
        "The key was used with another body or at another path within the last day. A new command needs a new key.";
    WRONG_HOST = "wrong-host" "TG3004" MISDIRECTED_REQUEST "not this server's name":
        "The server listens for programs on this host and answers only to its own names, so that a web page cannot reach it under another. Use http://127.0.0.1 or the configured name.";
    CONFIG = "config" "TG3005" UNPROCESSABLE_ENTITY "the configuration has errors":
        "Nothing was changed. The member `diagnostics` lists every problem with file and line.";
    MALFORMED = "malformed" "TG3006" BAD_REQUEST "not understood":
        "The request is not what the OpenAPI document describes at /api/openapi.json. The member `detail` names the place.";
    NO_SUCH_PATH = "no-such-path" "TG3007" NOT_FOUND "no such path":
        "There is no operation with this path and method. /api/openapi.json lists all of them.";
    TOO_LARGE = "too-large" "TG3008" PAYLOAD_TOO_LARGE "body too large":
        "Bodies are limited to 1 MiB, configuration to 8 MiB.";
    OVERLOADED = "overloaded" "TG3009" TOO_MANY_REQUESTS "too much at once":
        "More waits than the server takes on. Try again after the time in `Retry-After`.";
    NO_SPACE = "no-space" "TG3010" SERVICE_UNAVAILABLE "no space left":
        "The disk of the ledger is full, so nothing can be promised. Free some space; writing goes on by itself.";
    STORE = "store" "TG3011" SERVICE_UNAVAILABLE "the ledger failed":
        "The ledger could not be read or written. `tidegate doctor` and the server's log say why.";
    INTERNAL = "internal" "TG3012" INTERNAL_SERVER_ERROR "defect of the server":
        "The server met something it does not expect. Please report it with the request id.";
    TIMEOUT = "timeout" "TG3013" SERVICE_UNAVAILABLE "took too long":
        "The answer was not ready in time. A command may have taken effect: repeat it with the same idempotency key.";
    STOPPING = "stopping" "TG3014" SERVICE_UNAVAILABLE "the server is stopping":
        "Try again when it runs again; repeat commands with the same idempotency key.";
    NAME_TAKEN = "name-taken" "TG3015" CONFLICT "the name is taken":
        "Names of tokens are unique, and none is the account of somebody else. Choose another, or revoke the old token first.";
    LAST_ADMIN = "last-admin" "TG3016" CONFLICT "the last way in":
        "This is the only administrator's token that does not expire. Make another one first.";
    PLAN_NOT_NAMED = "plan-not-named" "TG3017" PRECONDITION_REQUIRED "which plan?":
        "A vote is for exactly one plan. Send the digest that was looked at as `If-Match: \"sha256:...\"`, several separated by commas.";
    SIGN_IN_FAILED = "sign-in-failed" "TG3020" UNAUTHORIZED "not signed in":
        "The account or the password is wrong, or the account may not sign in. Which of them is not said, so that nobody learns which accounts there are.";
    THROTTLED = "throttled" "TG3021" TOO_MANY_REQUESTS "too many sign-ins failed":
        "At most 5 sign-ins of one account and 50 from one address may fail within 15 minutes. The member `detail` says when the next may be tried.";
    PASSWORD_DUE = "password-due" "TG3022" FORBIDDEN "the password must be replaced":
        "A one-time password lets in only together with the password that replaces it: send `newPassword` with the sign-in.";
    FORGED = "forged" "TG3023" FORBIDDEN "not from our own page":
        "A write with a cookie comes from a page of this server and repeats the session's `X-CSRF-Token`, which `GET /api/v1/whoami` answers.";
    UNTRUSTED = "untrusted" "TG3024" UNAUTHORIZED "the CI's token is not trusted":
        "The token of a CI is not believed, or the configuration trusts no build like this one. The member `detail` says which check failed.";
    PROVIDER = "provider" "TG3025" BAD_GATEWAY "the identity provider cannot be used":
        "The identity provider did not answer, or not as it should. Nobody was signed in and nothing was registered.";
    PROVIDER_REFUSED = "provider-refused" "TG3026" UNAUTHORIZED "not signed in at the identity provider":
        "The identity provider refused, its word is not believed, or the account there is nobody's here. Nobody was signed in.";
    JOIN_REFUSED = "join-refused" "TG3027" UNAUTHORIZED "the agent is not let in":
        "A join token lets in one agent of one name, once, within its time; a credential is renewed by whoever holds its key and used its last one. Attempts are on record and shown by `tidegate agent list`.";
}
