//! Keys of `sign-in` and `trust`.

use super::leaf::{TEXT, URL};
use super::shape::{Key, KeyRule, Shape, Table, Word};

static TEXTS: Shape = Shape::OneOrMore(&TEXT);

static STANDING: Shape = Shape::Word(&[
    Word::full("admin"),
    Word::full("operator"),
    Word::full("publisher"),
    Word::full("viewer"),
]);

/// `sign-in`.
pub static SIGN_IN: Table = Table {
    what: "`sign-in`",
    of: "sign-in",
    keys: &[
        Key::new(
            "oidc",
            &URL,
            "Issuer at which people sign in, exactly as its tokens name it.",
            "oidc: https://id.acme.example",
        )
        .required(),
        Key::new(
            "client",
            &TEXT,
            "Name under which the provider knows this server; `tidegate` without it.",
            "client: tidegate",
        ),
        Key::new(
            "secret",
            &TEXT,
            "Reference to the client's secret, looked up where the server runs; a public client has none.",
            "secret: secret:env/OIDC_CLIENT_SECRET",
        ),
        Key::new(
            "groups-claim",
            &TEXT,
            "Claim of the ID token that lists a person's groups; `groups` without it.",
            "groups-claim: groups",
        ),
        Key::new(
            "roles",
            &Shape::Map(KeyRule::Text, &STANDING),
            "Roles that a group gives, beside the person's own; the strongest counts.",
            "roles: { release-managers: operator }",
        ),
    ],
};

/// One entry of `trust`.
pub static TRUST: Table = Table {
    what: "an entry of `trust`",
    of: "trust",
    keys: &[
        Key::new(
            "github-actions",
            &Shape::Table(&GITHUB),
            "Builds of GitHub Actions.",
            "github-actions: { repositories: [acme/web], refs: [main] }",
        ),
        Key::new(
            "gitlab-ci",
            &Shape::Table(&GITLAB),
            "Builds of GitLab CI.",
            "gitlab-ci: { projects: [acme/ledger], refs: [main] }",
        ),
    ],
};

const REFS: Key = Key::new(
    "refs",
    &TEXTS,
    "Branches; `*` at the end stands for any rest. A tag is written `refs/tags/v*`.",
    "refs: [main, release/*]",
)
.required();
const ISSUER: Key = Key::new(
    "issuer",
    &URL,
    "Issuer of the tokens; that of the public service without it.",
    "issuer: https://gitlab.acme.example",
);
const AUDIENCE: Key = Key::new(
    "audience",
    &TEXT,
    "Audience that the tokens must be for; `tidegate` without it.",
    "audience: tidegate",
);

static GITHUB: Table = Table {
    what: "`github-actions`",
    of: "github-actions",
    keys: &[
        Key::new(
            "repositories",
            &TEXTS,
            "Repositories whose builds may register artifacts.",
            "repositories: [acme/web, acme/payments]",
        )
        .required(),
        REFS,
        ISSUER,
        AUDIENCE,
    ],
};

static GITLAB: Table = Table {
    what: "`gitlab-ci`",
    of: "gitlab-ci",
    keys: &[
        Key::new(
            "projects",
            &TEXTS,
            "Projects whose builds may register artifacts.",
            "projects: [acme/ledger]",
        )
        .required(),
        REFS,
        ISSUER,
        AUDIENCE,
    ],
};
