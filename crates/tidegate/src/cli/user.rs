//! `tidegate user`: people, their accounts, roles and keys.

use super::change::{Change, Keyed};
use super::session::Session;
use super::signing;
use super::token::role_name;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::when::Zone;
use crate::output::{Listing, Table};
use std::fmt::Write as _;
use std::io::BufRead as _;
use tidegate_client::Client;
use tidegate_client::wire;
use tidegate_client::wire::{
    AccountRequest, AddressesRequest, KeyRequest, KeyRevocation, PasswordRequest, Reason,
    RoleRequest, User, UserRequest,
};
use tidegate_core::time::Timestamp;

/// Make people known; say which accounts are whose, and what they may do
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a person known; prints a one-time password once
    Add(Add),
    /// List people
    List,
    /// Show one person
    Show {
        /// Name
        name: String,
    },
    /// Say that an account is this person's too, such as the one at the identity provider
    Link(Account),
    /// Say that an account is this person's no longer; its sign-ins and tokens end
    Unlink(Account),
    /// Give a person another role
    Role(Role),
    /// Replace the addresses under which a person writes commits
    Addresses(Addresses),
    /// Set a password and end every sign-in; prints a one-time password once
    Password(Password),
    /// End every sign-in of a person
    SignOut(Named),
    /// Shut out a person who has left: every sign-in and token ends now
    Disable(Named),
    /// Let a person in again who is back
    Restore(Named),
    /// Keys for signed votes
    #[command(subcommand)]
    Key(Key),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Name; the account of this name is the person's
    name: String,
    /// What the person may do
    #[arg(long, value_enum)]
    role: Standing,
    /// Address under which the person writes commits; may be repeated
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    email: Vec<String>,
    /// Read the password from the first line of stdin
    #[arg(long, conflicts_with = "no_password")]
    password_stdin: bool,
    /// Make no password: the person signs in with another account
    #[arg(long)]
    no_password: bool,
    #[command(flatten)]
    keyed: Keyed,
}

#[derive(Debug, clap::Args)]
struct Account {
    /// Name
    name: String,
    /// Account as it stands in the audit trail, for example `oidc:248289761001`
    account: String,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Args)]
struct Role {
    /// Name
    name: String,
    /// What the person may do from now on
    #[arg(value_enum)]
    role: Standing,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Args)]
struct Addresses {
    /// Name
    name: String,
    /// All of them; none takes them away
    emails: Vec<String>,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Args)]
struct Password {
    /// Name
    name: String,
    /// Read the password from the first line of stdin
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// Name
    name: String,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, clap::Subcommand)]
enum Key {
    /// Register your public ed25519 key; you must be signed in
    Add {
        /// Name of the key, for example `laptop`
        key: String,
        /// The public key: 32 bytes in base64
        #[arg(long, value_name = "BASE64", required_unless_present_any = ["key_file", "new"])]
        public: Option<String>,
        /// Take it from this private key, a file in PEM (PKCS #8); the key itself stays here
        #[arg(long, value_name = "FILE", conflicts_with_all = ["public", "new"])]
        key_file: Option<std::path::PathBuf>,
        /// Make a pair, and write the private key into this new file
        #[arg(long, value_name = "FILE", conflicts_with = "public")]
        new: Option<std::path::PathBuf>,
        #[command(flatten)]
        keyed: Keyed,
    },
    /// Let a key count no more
    Revoke {
        /// Name of the key
        key: String,
        /// Whose, for admins [default: yours]
        #[arg(long, value_name = "PERSON")]
        of: Option<String>,
        #[command(flatten)]
        change: Change,
    },
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Standing {
    /// Everything
    Admin,
    /// Artifacts, releases, deployments, rollbacks
    Operator,
    /// Reading, and saying yes or no where a team of theirs is asked
    Approver,
    /// Artifacts and releases
    Publisher,
    /// Reading
    Viewer,
}

impl From<Standing> for wire::Role {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Admin => Self::Admin,
            Standing::Operator => Self::Operator,
            Standing::Publisher => Self::Publisher,
            Standing::Approver => Self::Approver,
            Standing::Viewer => Self::Viewer,
        }
    }
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    match &args.verb {
        Verb::Add(add) => self::add(add, &client, session).await?,
        Verb::List => list(&client.users().await?.items, session)?,
        Verb::Show { name } => show(&client.user(name).await?, session)?,
        Verb::Link(account) => self::account(account, "links", &client, session).await?,
        Verb::Unlink(account) => self::account(account, "unlinks", &client, session).await?,
        Verb::Role(role) => {
            let body = RoleRequest {
                role: role.role.into(),
                reason: role.change.reason(session)?,
            };
            let key = role.change.key()?;
            show(
                &client.change_user(&role.name, "roles", &body, &key).await?,
                session,
            )?;
        }
        Verb::Addresses(all) => {
            let body = AddressesRequest {
                emails: all.emails.clone(),
                reason: all.change.reason(session)?,
            };
            let key = all.change.key()?;
            show(
                &client
                    .change_user(&all.name, "addresses", &body, &key)
                    .await?,
                session,
            )?;
        }
        Verb::Password(password) => {
            let request = PasswordRequest {
                password: of_stdin(password.password_stdin)?,
            };
            let new = client.set_password(&password.name, &request).await?;
            session.out.show(&new, &password.name, |_| {
                new.one_time_password.clone().unwrap_or_default()
            })?;
            once(new.valid_until, session);
        }
        Verb::SignOut(named) => {
            let reason = Reason {
                reason: named.change.reason(session)?,
            };
            let ended = client.end_sessions(&named.name, &reason).await?;
            session.out.show(&ended, &named.name, |_| {
                format!("{} sign-ins of {} ended", ended.sessions, named.name)
            })?;
        }
        Verb::Disable(named) => self::named(named, "disablements", &client, session).await?,
        Verb::Restore(named) => self::named(named, "restorations", &client, session).await?,
        Verb::Key(key) => self::key(key, &client, session).await?,
    }
    Ok(Exit::Done)
}

async fn add(add: &Add, client: &Client, session: &Session) -> Result<(), Failure> {
    let request = UserRequest {
        name: add.name.clone(),
        role: add.role.into(),
        emails: add.email.clone(),
        password: of_stdin(add.password_stdin)?,
        no_password: add.no_password,
    };
    let new = client.create_user(&request, &add.keyed.key()?).await?;
    session.out.show(&new, &new.user.name, |_| {
        new.one_time_password
            .clone()
            .unwrap_or_else(|| format!("{} is known", new.user.name))
    })?;
    once(new.valid_until, session);
    Ok(())
}

fn once(until: Option<Timestamp>, session: &Session) {
    if let Some(until) = until {
        session.out.hint(&format!(
            "a one-time password, shown once; it must be replaced at the first sign-in, before {}",
            session.out.look.zone.stamp(until)
        ));
    }
}

fn of_stdin(wanted: bool) -> Result<Option<String>, Failure> {
    if !wanted {
        return Ok(None);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']).to_owned();
    if line.is_empty() {
        return Err(Failure::usage("stdin holds no password").help("pipe it in as one line"));
    }
    Ok(Some(line))
}

async fn account(
    account: &Account,
    change: &str,
    client: &Client,
    session: &Session,
) -> Result<(), Failure> {
    let body = AccountRequest {
        account: account.account.clone(),
        reason: account.change.reason(session)?,
    };
    let key = account.change.key()?;
    show(
        &client
            .change_user(&account.name, change, &body, &key)
            .await?,
        session,
    )
}

async fn named(
    named: &Named,
    change: &str,
    client: &Client,
    session: &Session,
) -> Result<(), Failure> {
    let reason = Reason {
        reason: named.change.reason(session)?,
    };
    let key = named.change.key()?;
    show(
        &client
            .change_user(&named.name, change, &reason, &key)
            .await?,
        session,
    )
}

async fn key(key: &Key, client: &Client, session: &Session) -> Result<(), Failure> {
    let me = || async {
        client.whoami().await?.person.ok_or_else(|| {
            Failure::new(
                Exit::NotAllowed,
                "you are nobody known: a key is a person's",
            )
            .help("sign in with `tidegate login`")
        })
    };
    let user = match key {
        Key::Add {
            key,
            public,
            key_file,
            new,
            keyed,
        } => {
            let public = match (public, key_file, new) {
                (Some(public), ..) => public.clone(),
                (_, Some(file), _) => signing::read(file)?.public(),
                (_, _, Some(file)) => signing::make(file)?.public(),
                (None, None, None) => return Err(Failure::usage("name a key")),
            };
            let body = KeyRequest {
                name: key.clone(),
                public_key: public,
            };
            client
                .change_user(&me().await?, "keys", &body, &keyed.key()?)
                .await?
        }
        Key::Revoke { key, of, change } => {
            let body = KeyRevocation {
                name: key.clone(),
                reason: change.reason(session)?,
            };
            let whose = match of {
                Some(person) => person.clone(),
                None => me().await?,
            };
            client
                .change_user(&whose, "key-revocations", &body, &change.key()?)
                .await?
        }
    };
    show(&user, session)
}

fn list(items: &[User], session: &Session) -> Result<(), Failure> {
    let mut table = Table::new(&[
        Column::Always("NAME"),
        Column::Always("ROLE"),
        Column::Always("STATE"),
        Column::Always("ACCOUNTS"),
        Column::Always("TEAMS"),
    ]);
    for user in items {
        table.row([
            user.name.clone(),
            role_name(user.role).to_owned(),
            if user.left.is_some() {
                "disabled"
            } else {
                "active"
            }
            .to_owned(),
            user.accounts.join(","),
            user.teams.join(","),
        ]);
    }
    session.out.list(&Listing {
        items,
        name: |user| user.name.clone(),
        table,
        none: "nobody is known yet",
    })
}

fn show(user: &User, session: &Session) -> Result<(), Failure> {
    session
        .out
        .show(user, &user.name, |look| text(user, &look.zone))
}

fn text(user: &User, zone: &Zone) -> String {
    let mut out = user.name.clone();
    let mut line = |name: &str, items: &[String]| {
        if !items.is_empty() {
            let _ = write!(out, "\n  {name:<9} {}", items.join(", "));
        }
    };
    line("role", &[role_name(user.role).to_owned()]);
    line("accounts", &user.accounts);
    line("addresses", &user.emails);
    line("groups", &user.groups);
    line("teams", &user.teams);
    for key in &user.keys {
        line("key", &[format!("{}  {}", key.name, key.public_key)]);
    }
    if let Some(left) = &user.left {
        let told = format!(
            "since {} by {}: {}",
            zone.stamp(left.at),
            left.by,
            left.reason
        );
        line("disabled", &[told]);
    }
    out
}
