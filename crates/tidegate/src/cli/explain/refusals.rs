//! Codes that a server answers with. Texts only; the codes themselves are given out by core and API.

/// A kind of refusal.
pub struct Refusal {
    /// Code.
    pub id: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Why it is a problem and what to do.
    pub explanation: &'static str,
}

const fn refusal(id: &'static str, title: &'static str, explanation: &'static str) -> Refusal {
    Refusal {
        id,
        title,
        explanation,
    }
}

/// All of them, in order.
pub const REFUSALS: &[Refusal] = &[
    refusal(
        "TG2001",
        "gates say no",
        "At least one condition before the environment is not met. `tidegate why <release> <environment>` lists every condition with its state, until when, who can change it, and the configuration line that asks for it.",
    ),
    refusal(
        "TG2002",
        "not possible in this phase",
        "The command does not fit the state the thing is in, for example resuming what is not paused. Nothing was changed. `tidegate status <id>` shows the state and what is possible now.",
    ),
    refusal(
        "TG2003",
        "not found",
        "The service, environment, release, deployment or artifact that was named does not exist. The `list` command of its kind shows what does.",
    ),
    refusal(
        "TG2004",
        "contradicts a rule",
        "The request contradicts itself, the configuration or a rule, for example a release that is held after a rollback. The text says what contradicts what, and the help line says what to do.",
    ),
    refusal(
        "TG2005",
        "same version, other bits",
        "A version names its bits for ever. This version is registered with another digest, so the new bits are refused: build the change as a new version.",
    ),
    refusal(
        "TG2006",
        "another deployment is under way",
        "The same service is being deployed to the same environment. Wait for that deployment (`tidegate status <id> --watch`) or stop it (`tidegate abort <id>`).",
    ),
    refusal(
        "TG2007",
        "changed since the plan was made",
        "What runs in the environment changed between planning and starting. Nothing was done; send the command again and it is planned anew.",
    ),
    refusal(
        "TG2008",
        "not allowed",
        "The token is known, but its role may not do this. `tidegate token list` shows names and roles; an admin makes a token with the role that is needed.",
    ),
    refusal(
        "TG2009",
        "lease is over",
        "An agent reported on work that was given to another worker or has ended. The report is kept aside and changes nothing.",
    ),
    refusal(
        "TG2010",
        "over a limit",
        "More was asked for at once than a limit allows. The text names the limit; ask for less.",
    ),
    refusal(
        "TG2011",
        "quarantined",
        "A stream of the ledger cannot be read by this version and is kept aside, so that nothing is decided on half of the facts. `tidegate doctor` shows the entry and the reason.",
    ),
    refusal(
        "TG2012",
        "another agent serves the environment",
        "One agent serves an environment, so that work and what is seen of it come from one place. Another agent, or another process under the same name in another folder, was heard of within the last 10 s. Stop it, or take the environment out of `--environments` of one of them.",
    ),
    refusal(
        "TG2013",
        "others decide",
        "The role may do this, and this person may not: only members of a certain team decide, or nobody decides about what they asked for themselves. The text says which rule it is, the help line names who may. The attempt is on record.",
    ),
    refusal(
        "TG2014",
        "the lock is somebody else's, or has ended",
        "A lock of an environment belongs to whoever set it: only that account opens it with `tidegate env unlock`. An admin can break it with --break and a reason, which is recorded; whoever had it is told when they unlock it later. A lock with --until or --for ends by itself.",
    ),
    refusal(
        "TG2015",
        "another plan by now",
        "What was looked at is no longer what would be done, so nobody's yes or no was recorded. Look at the present plan with `tidegate change show`, then decide again.",
    ),
    refusal(
        "TG2016",
        "a policy forbids it",
        "The role may do this, and a guardrail or a policy of the configuration says no. The text names the policy with file and line. Texts that cannot be asked forbid as well: then everything is refused but a configuration that corrects them, by an admin who signed in. The attempt is on record.",
    ),
    refusal(
        "TG2017",
        "the sign-in is not fresh enough",
        "What is signed here asks for a person who signed in a short while ago (`signed-in-within` of the sign-off). Nothing was recorded as signed. Sign in again with `tidegate login`, then say it again. The attempt is on record.",
    ),
    refusal(
        "TG3001",
        "no valid token",
        "The request carried no token, or one that is unknown or expired. Name a token with --token, TIDEGATE_TOKEN, or the `.tidegate` folder of the project.",
    ),
    refusal(
        "TG3002",
        "idempotency key missing",
        "A request that starts something must carry an `Idempotency-Key`, so that a repetition is recognised. The command line makes one by itself.",
    ),
    refusal(
        "TG3003",
        "idempotency key used before",
        "The same key was used for another request. A key names one request for ever; use a new one.",
    ),
    refusal(
        "TG3004",
        "not this server's name",
        "The server listens for programs on its own machine and answers only to its own names, so that a web page cannot reach it under another. Name it as http://127.0.0.1 or http://localhost with its port, in --server, TIDEGATE_URL or `.tidegate/url`.",
    ),
    refusal(
        "TG3005",
        "configuration not valid",
        "The configuration has errors and was not applied; what was in force stays in force. `tidegate validate` shows every problem with its place.",
    ),
    refusal(
        "TG3006",
        "not understood",
        "The request is not what the server's description at /api/openapi.json says: an unknown field, a wrong type, or a value that cannot be read. The text names the place. When it comes from this command line, compare the versions with `tidegate version`.",
    ),
    refusal(
        "TG3007",
        "no such path",
        "The server has no operation with this path and method. When it comes from this command line, the server is older than the command: compare them with `tidegate version`.",
    ),
    refusal(
        "TG3008",
        "too large",
        "What was sent is larger than the server takes: 8 MiB for a configuration, 1 MiB for everything else. Name the folder that holds only the configuration, for example `tidegate apply deploy/`.",
    ),
    refusal(
        "TG3009",
        "too much at once",
        "More commands wait than the server takes on. Nothing was done; send it again, with the same idempotency key, after a second.",
    ),
    refusal(
        "TG3010",
        "no space",
        "The server cannot write to its disk, so it changes nothing. Make room; it goes on by itself.",
    ),
    refusal(
        "TG3011",
        "store trouble",
        "The server cannot read or write its ledger and changes nothing until it can. `tidegate doctor` looks closer.",
    ),
    refusal(
        "TG3012",
        "defect of the server",
        "The server met something it does not expect. It changed nothing it did not answer for. Please report it with the request id, which also stands in the server's log.",
    ),
    refusal(
        "TG3013",
        "took too long",
        "The answer was not ready in time. The command may have taken effect: repeat it with the same --idempotency-key, and it is done once.",
    ),
    refusal(
        "TG3014",
        "the server is stopping",
        "The server takes on nothing new because it is being stopped. Repeat the command with the same --idempotency-key when it runs again; `tidegate up` or `tidegate serve` starts it.",
    ),
    refusal(
        "TG3015",
        "the name is taken",
        "Names of tokens are unique and none is the account of somebody else, because they stand in the audit trail for what is done with them. Choose another name, or end the old token first: `tidegate token revoke <name>`.",
    ),
    refusal(
        "TG3016",
        "the last way in",
        "This is the only admin's token that does not end by itself; without it nobody could make another. Make one first: `tidegate token create <name> --role admin`.",
    ),
    refusal(
        "TG3017",
        "which plan?",
        "A vote is for exactly one plan. Send the digest that was looked at as `If-Match: \"sha256:...\"`, several separated by commas; `tidegate approve` asks with the plan in view, or takes it with --plan.",
    ),
    refusal(
        "TG3020",
        "not signed in",
        "The account or the password is wrong, or the account may not sign in: the answer does not say which, so that nobody learns which accounts there are. A one-time password that is older than 7 days does not let in either. An admin sets another: `tidegate user password <name>`.",
    ),
    refusal(
        "TG3021",
        "too many sign-ins failed",
        "At most 5 sign-ins of one account and 50 from one address may fail within 15 minutes; tries beyond that are refused without looking at the password. Wait until the time in the message. Tokens let in all the same.",
    ),
    refusal(
        "TG3022",
        "the password must be replaced",
        "A one-time password lets in only together with the password that replaces it. `tidegate login` asks for it; with --password-stdin it is the second line.",
    ),
    refusal(
        "TG3023",
        "not from our own page",
        "A browser sent a write with the cookie of a sign-in, but not from a page of this server. Programs send a token in the `Authorization` header and no cookie.",
    ),
    refusal(
        "TG3024",
        "the CI's token is not trusted",
        "The token of a CI is not believed (signature, issuer, audience, times, used before), or `trust` in the configuration names no build like this one. The message says which. A token is used for one registration; each further one needs a new token.",
    ),
    refusal(
        "TG3025",
        "the identity provider cannot be used",
        "The identity provider did not answer, or not as it should. Nobody was signed in. Sign in with an account of this server, or use a token, until it answers again.",
    ),
    refusal(
        "TG3026",
        "not signed in at the identity provider",
        "The identity provider refused, its word is not believed, or the account there is nobody's here. An admin links an account with `tidegate user link <person> <account> --reason \"...\"`.",
    ),
    refusal(
        "TG3027",
        "the agent is not let in",
        "A join token lets in one agent of one name, once, within its time, and a credential is renewed by whoever holds its key and used its last one. `tidegate agent list` shows attempts that were refused: one that nobody of yours made is somebody with a copy. `tidegate agent enroll` makes a new join token.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_the_api_answers_with_is_explained_and_no_other() {
        let answered: Vec<_> = tidegate_api::kind::ALL.iter().map(|k| k.code).collect();
        let explained: Vec<_> = REFUSALS.iter().map(|r| r.id).collect();
        assert_eq!(explained, answered);
    }

    #[test]
    fn the_reference_has_a_row_for_every_code() {
        let page = include_str!("../../../../../docs/reference/diagnostic-codes.md");
        for kind in tidegate_api::kind::ALL {
            let exit = crate::exit::exit_of(kind.status.as_u16(), Some(kind.code)) as u8;
            let row = format!(
                "| `{}` | {} | {exit} | {} |",
                kind.code,
                kind.status.as_u16(),
                kind.title
            );
            assert!(
                page.contains(&row),
                "docs/reference/diagnostic-codes.md lacks {row}"
            );
        }
    }
}
