//! `tidegate login`, `logout` and `whoami`.

use super::prompt;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::when::Zone;
use crate::sign_ins::{self, SignIn};
use std::fmt::Write as _;
use std::io::BufRead as _;
use tidegate_client::wire::{NewSession, Role, SignInRequest, WayIn, WhoAmI};
use tidegate_client::{Client, Error};

/// Sign in, and keep the sign-in for this server in your own folder
#[derive(Debug, clap::Args)]
pub struct Login {
    /// Account with a password at the server [default: sign in at its identity provider where it has one, else asked for]
    account: Option<String>,
    /// Read the password from the first line of stdin, and the one that replaces it from the second
    #[arg(long)]
    password_stdin: bool,
    /// Choose another password while signing in; your other sign-ins end
    #[arg(long)]
    new_password: bool,
}

/// End the sign-in for this server
#[derive(Debug, clap::Args)]
pub struct Logout {}

/// Show who you are for this server: name, person, role, teams, groups, and until when
#[derive(Debug, clap::Args)]
pub struct WhoAmIArgs {}

/// Sign in.
pub async fn login(args: &Login, session: &Session) -> Result<Exit, Failure> {
    tokio::select! {
        biased;
        // What the sign-in leaves behind is put in order when it is dropped, such as a terminal that shows nothing.
        Ok(()) = tokio::signal::ctrl_c() => {
            session.out.hint("\ninterrupted; no sign-in is kept");
            Ok(Exit::Detached)
        }
        ended = sign_in(args, session) => ended,
    }
}

async fn sign_in(args: &Login, session: &Session) -> Result<Exit, Failure> {
    let url = session.address()?;
    let client = Client::new(&url, "")?;
    let account = match &args.account {
        Some(account) => account.clone(),
        None if !args.password_stdin && client.health().await?.sign_in => {
            let made = super::login_provider::sign_in(&client, session).await?;
            return kept(&url, made, session).await;
        }
        None if session.can_ask() && !args.password_stdin => {
            prompt::line("Account: ").await?.trim().to_owned()
        }
        None => {
            return Err(Failure::usage("no account is named").help("`tidegate login <account>`"));
        }
    };
    let mut passwords = Passwords::of(args, session)?;
    let mut request = SignInRequest {
        account,
        password: passwords.known().await?,
        new_password: None,
    };
    if args.new_password {
        request.new_password = Some(passwords.replacement().await?);
    }
    let made = match client.sign_in(&request).await {
        Err(Error::Problem(problem))
            if problem.code() == Some("TG3022") && request.new_password.is_none() =>
        {
            session
                .out
                .hint("this was a one-time password: choose your own, 12 characters at least");
            request.new_password = Some(passwords.replacement().await?);
            client.sign_in(&request).await?
        }
        answer => answer?,
    };
    kept(&url, made, session).await
}

/// Where passwords come from.
enum Passwords {
    /// Lines of stdin that are left, the next one last.
    Piped(Vec<String>),
    /// A person at a terminal.
    Asked,
    /// Neither.
    Nobody,
}

impl Passwords {
    fn of(args: &Login, session: &Session) -> Result<Self, Failure> {
        if args.password_stdin {
            let lines = std::io::stdin().lock().lines().take(2);
            let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
            lines.reverse();
            return Ok(Self::Piped(lines));
        }
        Ok(if session.can_ask() {
            Self::Asked
        } else {
            Self::Nobody
        })
    }

    async fn known(&mut self) -> Result<String, Failure> {
        match self {
            Self::Asked => prompt::secret("Password").await,
            other => other.piped("Password"),
        }
    }

    async fn replacement(&mut self) -> Result<String, Failure> {
        match self {
            Self::Asked => prompt::new_secret("New password").await,
            other => other.piped("New password"),
        }
    }

    fn piped(&mut self, what: &str) -> Result<String, Failure> {
        let line = match self {
            Self::Piped(lines) => lines.pop(),
            Self::Asked | Self::Nobody => None,
        };
        line.ok_or_else(|| {
            Failure::usage(format!("{what} is needed, and nobody can be asked here"))
                .help("pipe it in with --password-stdin, one line each")
        })
    }
}

async fn kept(url: &str, made: NewSession, session: &Session) -> Result<Exit, Failure> {
    sign_ins::keep(
        url,
        SignIn {
            token: made.token.clone(),
            account: made.account,
            until: made.until,
        },
    )?;
    let me = Client::new(url, &made.token)?.whoami().await?;
    show(&me, session)?;
    Ok(Exit::Done)
}

/// Sign out.
pub async fn logout(_: &Logout, session: &Session) -> Result<Exit, Failure> {
    let url = session.address()?;
    let Some(kept) = sign_ins::of(&url)? else {
        session.out.hint(&format!("nobody is signed in at {url}"));
        return Ok(Exit::Done);
    };
    let ended = Client::new(&url, &kept.token)?.sign_out().await;
    // What cannot be ended there is forgotten here all the same.
    sign_ins::forget(&url)?;
    match ended {
        Ok(()) => {}
        Err(error) if error.status() == Some(401) => {}
        Err(error) => return Err(error.into()),
    }
    session
        .out
        .hint(&format!("{} is signed out of {url}", kept.account));
    Ok(Exit::Done)
}

/// Say who asks.
pub async fn whoami(_: &WhoAmIArgs, session: &Session) -> Result<Exit, Failure> {
    let me = session.client()?.whoami().await?;
    show(&me, session)?;
    Ok(Exit::Done)
}

fn show(me: &WhoAmI, session: &Session) -> Result<(), Failure> {
    session.out.show(me, &me.name, |look| text(me, &look.zone))
}

fn text(me: &WhoAmI, zone: &Zone) -> String {
    let list = |items: &[String], none: &str| {
        if items.is_empty() {
            none.to_owned()
        } else {
            items.join(", ")
        }
    };
    let mut out = String::new();
    let way = match me.way {
        WayIn::Token => "token",
        WayIn::Session => "sign-in",
    };
    let _ = writeln!(out, "{} ({way})", me.name);
    let person = me
        .person
        .as_deref()
        .unwrap_or("nobody: it counts for no person");
    let _ = writeln!(out, "  person        {person}");
    let _ = writeln!(out, "  role          {}", super::token::role_name(me.role));
    for (unit, role) in &me.within {
        let _ = writeln!(out, "  in {unit:<10} {role}");
    }
    if me.role != Role::Agent && me.role != Role::Feed {
        let _ = writeln!(out, "  teams         {}", list(&me.teams, "none"));
        let _ = writeln!(out, "  groups        {}", list(&me.groups, "none"));
    }
    let _ = writeln!(out, "  environments  {}", list(&me.environments, "all"));
    let _ = writeln!(out, "  services      {}", list(&me.services, "all"));
    let until = match (me.until, me.way) {
        (None, _) => "it is revoked".to_owned(),
        (Some(at), WayIn::Token) => zone.stamp(at),
        (Some(at), WayIn::Session) => format!("{}, or 8 h after the last use", zone.stamp(at)),
    };
    let _ = write!(out, "  until         {until}");
    out
}
