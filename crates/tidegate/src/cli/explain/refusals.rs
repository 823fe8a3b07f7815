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
        "TG3005",
        "configuration not valid",
        "The configuration has errors and was not applied; what was in force stays in force. `tidegate validate` shows every problem with its place.",
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
];
