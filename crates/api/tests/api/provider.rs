//! People sign in at a real identity provider: the npm package `oidc-provider`, installed into the target folder. Where npm
//! reaches nothing the tests say so and end.

use crate::server::{CONFIG, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use tidegate_client::wire::{ApplyRequest, ProviderSignIn, SignInCompletion};
use tidegate_core::digest::Digest;

/// The folder with the installed package; absent where it cannot be installed.
fn installed() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(install).clone()
}

fn install() -> Option<PathBuf> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let fixture = here.join("tests/provider");
    let target =
        std::env::var("CARGO_TARGET_DIR").map_or_else(|_| here.join("../../target"), PathBuf::from);
    let folder = target.join("oidc-provider");
    std::fs::create_dir_all(&folder).unwrap();
    // Test processes at the same time wait for each other.
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    for file in ["package.json", "package-lock.json", "provider.mjs"] {
        std::fs::copy(fixture.join(file), folder.join(file)).unwrap();
    }
    let mark = folder.join("node_modules/.installed");
    let wanted = std::fs::read_to_string(folder.join("package-lock.json")).unwrap();
    if std::fs::read_to_string(&mark).is_ok_and(|had| had == wanted) {
        return Some(folder);
    }
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .output();
    match npm {
        Ok(output) if output.status.success() => {
            std::fs::write(mark, wanted).unwrap();
            Some(folder)
        }
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            eprintln!("skipped: npm cannot install oidc-provider here: {text}");
            None
        }
        Err(error) => {
            eprintln!("skipped: npm is not here: {error}");
            None
        }
    }
}

struct Company {
    server: Server,
    issuer: String,
    provider: Child,
    /// Kept open: the provider ends when it cannot write its notices.
    _said: BufReader<ChildStdout>,
}

impl Drop for Company {
    fn drop(&mut self) {
        let _ = self.provider.kill();
        let _ = self.provider.wait();
    }
}

/// A browser: it keeps cookies by host and goes where it is sent.
#[derive(Default)]
struct Browser(BTreeMap<(String, String), String>);

impl Browser {
    async fn get(&mut self, url: &str) -> (reqwest::StatusCode, Option<String>, String) {
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let at = reqwest::Url::parse(url).unwrap();
        let host = at.authority().to_owned();
        let mine = self.0.iter().filter(|((h, _), _)| *h == host);
        let cookies: Vec<String> = mine.map(|((_, n), v)| format!("{n}={v}")).collect();
        let mut request = http.get(at.clone());
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = request.send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.0
                .insert((host.clone(), name.to_owned()), value.to_owned());
        }
        let place = answer.headers().get("location");
        let place = place.map(|l| at.join(l.to_str().unwrap()).unwrap().to_string());
        (answer.status(), place, answer.text().await.unwrap())
    }

    /// Follow until somebody answers with a page or sends it to `stop`.
    async fn follow(&mut self, from: &str, stop: &str) -> (String, String) {
        let mut url = from.to_owned();
        for _ in 0..12 {
            if !stop.is_empty() && url.starts_with(stop) {
                return (url, String::new());
            }
            let (_, place, text) = self.get(&url).await;
            match place {
                Some(next) => url = next,
                None => return (url, text),
            }
        }
        panic!("the browser is sent in circles, at last to {url}");
    }
}

impl Company {
    async fn new() -> Option<Self> {
        let folder = installed()?;
        let server = Server::start().await;
        let mut provider = Command::new("node")
            .arg("provider.mjs")
            .arg(format!("{}/login/callback", server.url))
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(provider.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            let read = lines.read_line(&mut line).unwrap();
            assert!(read > 0, "the provider did not start; it said why above");
            if let Some(port) = line.trim().strip_prefix("ready ") {
                break port.to_owned();
            }
        };
        let issuer = format!("http://127.0.0.1:{port}");
        let company = Self {
            server,
            issuer,
            provider,
            _said: lines,
        };
        company.configure("secret:env/CLIENT").await;
        Some(company)
    }

    async fn configure(&self, secret: &str) {
        let sign_in = format!(
            "sign-in: {{ oidc: \"{}\", secret: {secret}, groups-claim: groups, roles: {{ releases: operator }} }}\n",
            self.issuer
        );
        let text = CONFIG.replacen("---\n", &format!("{sign_in}---\n"), 1);
        let client = self.server.client();
        let parent = client.config().await.unwrap().digest;
        let request = ApplyRequest {
            files: BTreeMap::from([("tidegate.yaml".to_owned(), text)]),
            commit: None,
            reason: None,
            parent: Some(parent),
        };
        client.apply_config(&request, secret).await.unwrap();
    }

    async fn who(&self, who: Value) {
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .build()
            .unwrap();
        let url = format!("{}/who", self.issuer);
        http.post(url).body(who.to_string()).send().await.unwrap();
    }

    async fn page(&self, browser: &mut Browser) -> String {
        let login = format!("{}/login/oidc", self.server.url);
        browser.follow(&login, "").await.1
    }

    async fn user(&self, name: &str) -> Value {
        let path = format!("/api/v1/users/{name}");
        let token = Some(self.server.admin.as_str());
        self.server.send("GET", &path, token, None).await.body
    }
}

fn ana(groups: &[&str]) -> Value {
    json!({ "sub": "1001", "preferred_username": "ana", "groups": groups })
}

#[tokio::test]
async fn ana_signs_in_at_the_provider_and_her_groups_decide_what_she_may() {
    let Some(company) = Company::new().await else {
        return;
    };
    company.who(ana(&["releases", "payments"])).await;
    let mut browser = Browser::default();
    let page = company.page(&mut browser).await;
    assert!(
        page.contains("Signed in as <b>oidc:1001</b> (operator)"),
        "{page}"
    );
    let user = company.user("ana").await;
    assert_eq!(user["role"], "viewer", "her own; the group gives more");
    assert_eq!(user["accounts"], json!(["ana", "oidc:1001"]));
    assert_eq!(user["groups"], json!(["payments", "releases"]));

    // Out of the group: less from the next sign-in, in every session.
    company.who(ana(&[])).await;
    let page = company.page(&mut Browser::default()).await;
    assert!(page.contains("(viewer)"), "{page}");
    let login = format!("{}/login", company.server.url);
    let page = browser.follow(&login, "").await.1;
    assert!(page.contains("(viewer)"), "{page}");
    let token = Some(company.server.admin.as_str());
    let gone = json!({ "reason": "left" });
    let path = "/api/v1/users/ana/disablements";
    company.server.send("POST", path, token, Some(gone)).await;
    let page = company.page(&mut Browser::default()).await;
    assert!(page.contains("may not sign in any more"), "{page}");
}

#[tokio::test]
async fn a_name_that_is_somebodys_is_not_taken_over_until_an_admin_links_it() {
    let Some(company) = Company::new().await else {
        return;
    };
    let token = Some(company.server.admin.clone());
    let send = |path: &'static str, body: Value| {
        let (server, token) = (&company.server, token.clone());
        async move {
            server
                .send("POST", path, token.as_deref(), Some(body))
                .await
        }
    };
    let known = json!({ "name": "ana", "role": "admin", "noPassword": true });
    assert_eq!(send("/api/v1/users", known).await.status, 201);
    company.who(ana(&[])).await;
    let page = company.page(&mut Browser::default()).await;
    assert!(page.contains("`ana` is somebody known already"), "{page}");
    assert!(
        page.contains("tidegate user link &lt;person&gt; oidc:1001"),
        "{page}"
    );
    let link = json!({ "account": "oidc:1001", "reason": "she showed her card" });
    assert_eq!(send("/api/v1/users/ana/links", link).await.status, 200);
    let page = company.page(&mut Browser::default()).await;
    assert!(page.contains("oidc:1001</b> (admin)"), "{page}");
}

#[tokio::test]
async fn a_sign_in_is_used_once_in_the_browser_that_began_it() {
    let Some(company) = Company::new().await else {
        return;
    };
    company.who(ana(&[])).await;
    let back = format!("{}/login/callback", company.server.url);
    let login = format!("{}/login/oidc", company.server.url);
    let mut browser = Browser::default();
    let (address, _) = browser.follow(&login, &back).await;
    let (_, page) = Browser::default().follow(&address, "").await;
    assert!(page.contains("begun in another browser"), "{page}");
    let (_, page) = browser.follow(&address, "").await;
    assert!(
        page.contains("was used already"),
        "spent by the other: {page}"
    );
    let (address, _) = browser.follow(&login, &back).await;
    let (_, page) = browser.follow(&address, "").await;
    assert!(page.contains("Signed in as"), "{page}");
    let mut browser = Browser::default();
    let (address, _) = browser.follow(&login, &back).await;
    let state = address
        .split("state=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let forged = format!("{back}?code=guess&state={state}");
    let (_, page) = browser.follow(&forged, "").await;
    assert!(page.contains("refused the code: invalid_grant"), "{page}");
}

#[tokio::test]
async fn a_refusal_a_wrong_secret_and_a_provider_that_is_down_sign_nobody_in() {
    let Some(mut company) = Company::new().await else {
        return;
    };
    company.who(json!({ "sub": "1001", "refuses": true })).await;
    let page = company.page(&mut Browser::default()).await;
    assert!(
        page.contains("the identity provider refused: access_denied"),
        "{page}"
    );
    company.configure("secret:env/NOT_THERE").await;
    company.who(ana(&[])).await;
    let page = company.page(&mut Browser::default()).await;
    assert!(page.contains("this server has no such secret"), "{page}");
    company.provider.kill().unwrap();
    company.provider.wait().unwrap();
    let page = company.page(&mut Browser::default()).await;
    assert!(
        page.contains("it cannot be reached") && page.contains("nobody was signed in"),
        "{page}"
    );
    assert_eq!(company.user("ana").await["code"], "TG2003");
}

#[tokio::test]
async fn a_command_line_gets_its_sign_in_by_the_loopback_address_and_only_with_its_secret() {
    let Some(company) = Company::new().await else {
        return;
    };
    company.who(ana(&["releases"])).await;
    let client = company.server.client();
    let begin = || ProviderSignIn {
        port: 9,
        challenge: Digest::of(b"only the command line knows").to_string(),
    };
    let code = |url: String| async move {
        let (place, _) = Browser::default().follow(&url, "http://127.0.0.1:9/").await;
        place.split("code=").nth(1).unwrap().to_owned()
    };
    let complete = |code: &str, verifier: &str| SignInCompletion {
        code: code.to_owned(),
        verifier: verifier.to_owned(),
    };
    let url = client.begin_sign_in(&begin()).await.unwrap().url;
    let stolen = code(url).await;
    assert!(
        client
            .complete_sign_in(&complete(&stolen, "a thief"))
            .await
            .is_err()
    );
    let url = client.begin_sign_in(&begin()).await.unwrap().url;
    let own = code(url).await;
    let right = complete(&own, "only the command line knows");
    let made = client
        .complete_sign_in(&right)
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(made.account, "oidc:1001");
    assert!(
        client.complete_sign_in(&right).await.is_err(),
        "it is fetched once"
    );
    let me = tidegate_client::Client::new(&company.server.url, &made.token).unwrap();
    assert_eq!(
        me.whoami()
            .await
            .unwrap_or_else(|e| panic!("{e}"))
            .person
            .as_deref(),
        Some("ana")
    );
}
