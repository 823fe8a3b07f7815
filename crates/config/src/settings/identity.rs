//! Who may come in from outside.

use super::{Lines, shown};
use tidegate_core::spec::{SignIn, Trust};

/// How people sign in at a provider.
pub fn sign_in_lines(lines: &mut Lines, sign_in: &SignIn) {
    let SignIn {
        oidc,
        client,
        secret,
        groups_claim,
        roles,
    } = sign_in;
    lines.add("sign-in.oidc", oidc);
    lines.add("sign-in.client", client);
    lines.maybe("sign-in.secret", secret.as_deref().map(shown));
    lines.add("sign-in.groups-claim", groups_claim);
    for (group, standing) in roles {
        lines.add(format!("sign-in.roles.{group}"), standing.as_str());
    }
}

/// Whose builds are trusted.
pub fn trust_lines(lines: &mut Lines, number: usize, trust: &Trust) {
    let Trust {
        ci,
        issuer,
        audience,
        repositories,
        refs,
    } = trust;
    let at = format!("trust.{number}.{}", ci.as_str());
    lines.add(format!("{at}.issuer"), issuer);
    lines.add(format!("{at}.audience"), audience);
    lines.some(format!("{at}.repositories"), repositories);
    lines.some(format!("{at}.refs"), refs);
}
