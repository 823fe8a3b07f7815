//! What the command line does without a server, with the real binary: exit codes and texts are the contract.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A run of the binary in `folder` with an environment of its own.
fn tidegate(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("TZ", "Europe/Berlin")
        .stdin(Stdio::null());
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder_with(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tidegate.yaml"), text).unwrap();
    folder
}

const SMALLEST: &str =
    "tidegate: 1\nservice: web\nowner: me\nrun: { command: ./web, port: 8080 }\n";

#[test]
fn the_smallest_configuration_is_valid() {
    let folder = folder_with(SMALLEST);
    let done = tidegate(folder.path(), &["validate"]);
    assert_eq!(code(&done), 0, "{}", err(&done));
    assert_eq!(out(&done), "valid: 1 file, 1 document\n");
    assert_eq!(err(&done), "");
}

#[test]
fn a_wrong_key_is_shown_with_place_and_way_out_and_ends_with_65() {
    let folder = folder_with(&format!("{SMALLEST}stratergy: canary\n"));
    let done = tidegate(folder.path(), &["validate"]);
    assert_eq!(code(&done), 65);
    let text = err(&done);
    assert!(text.contains("error[TG0012]"), "{text}");
    assert!(text.contains("tidegate.yaml:5:1"), "{text}");
    assert!(text.contains("did you mean `strategy`?"), "{text}");
    assert!(
        !text.contains('\u{1b}'),
        "no colour when nobody looks: {text:?}"
    );
}

#[test]
fn problems_come_as_data_for_programs() {
    let folder = folder_with(&format!("{SMALLEST}stratergy: canary\n"));
    let json = tidegate(folder.path(), &["validate", "-o", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!((code(&json), &value["errors"]), (65, &1.into()));
    let sarif = tidegate(folder.path(), &["validate", "-o", "sarif"]);
    let value: serde_json::Value = serde_json::from_str(&out(&sarif)).unwrap();
    assert_eq!(value["version"], "2.1.0");
    let lines = tidegate(folder.path(), &["validate", "-o", "jsonl"]);
    assert_eq!(
        out(&lines).lines().next(),
        Some(r#"{"format":"1.0","type":"version"}"#)
    );
    let elsewhere = tidegate(folder.path(), &["schema", "-o", "sarif"]);
    assert_eq!(code(&elsewhere), 64, "{}", err(&elsewhere));
}

#[test]
fn warnings_fail_only_when_they_are_denied() {
    let folder = folder_with(&format!("{SMALLEST}values: {{ DEBUG: yes }}\n"));
    let warned = tidegate(folder.path(), &["validate"]);
    assert_eq!(code(&warned), 0, "{}", err(&warned));
    assert!(err(&warned).contains("warning[TG0007]"), "{}", err(&warned));
    let denied = tidegate(folder.path(), &["validate", "--deny", "warnings"]);
    assert_eq!(code(&denied), 65);
}

#[test]
fn a_generated_configuration_is_read_from_stdin() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path(), &["validate", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(SMALLEST.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(code(&done), 0, "{}", err(&done));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let done = tidegate(folder.path(), &["validate", "nowhere"]);
    assert_eq!(code(&done), 65);
    assert!(
        err(&done).starts_with("error: nowhere cannot be read"),
        "{}",
        err(&done)
    );
}

#[test]
fn init_writes_a_tree_that_validates_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let made = tidegate(
        folder.path(),
        &[
            "init",
            "--services",
            "web,payments",
            "--zone",
            "Europe/Berlin",
        ],
    );
    assert_eq!(code(&made), 0, "{}", err(&made));
    assert!(
        out(&made).contains("wrote ./tidegate.yaml"),
        "{}",
        out(&made)
    );
    let schema = fs::read_to_string(folder.path().join(".tidegate/schema.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&schema).is_ok());
    let valid = tidegate(folder.path(), &["validate", "--deny", "warnings"]);
    assert_eq!(code(&valid), 0, "{}", err(&valid));
    let again = tidegate(folder.path(), &["init"]);
    assert_eq!(code(&again), 64);
    assert!(err(&again).contains("is there already"), "{}", err(&again));
}

#[test]
fn init_refuses_names_and_zones_that_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, text) in [
        (
            vec!["init", "--services", "Web"],
            "is not a valid service name",
        ),
        (
            vec!["init", "--zone", "Europe/Berln"],
            "is not an IANA time zone",
        ),
        (
            vec!["init", "--environments", "dev,dev"],
            "make no valid configuration",
        ),
    ] {
        let done = tidegate(folder.path(), &arguments);
        assert_eq!(code(&done), 64, "{arguments:?}");
        assert!(err(&done).contains(text), "{}", err(&done));
    }
    assert!(!folder.path().join("tidegate.yaml").exists());
}

#[test]
fn the_schema_is_json() {
    let folder = tempfile::tempdir().unwrap();
    let done = tidegate(folder.path(), &["schema"]);
    let value: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!(
        value["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

#[test]
fn codes_of_files_and_of_servers_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    for code_word in ["TG0012", "tg2006", "TG3001"] {
        let done = tidegate(folder.path(), &["explain", code_word]);
        assert_eq!(code(&done), 0, "{}", err(&done));
        assert!(
            out(&done).starts_with(&code_word.to_uppercase()),
            "{}",
            out(&done)
        );
    }
    let unknown = tidegate(folder.path(), &["explain", "TG9999"]);
    assert_eq!(code(&unknown), 64);
    let all = tidegate(folder.path(), &["explain"]);
    assert!(
        out(&all).lines().all(|line| line.split('\t').count() == 3),
        "{}",
        out(&all)
    );
}

#[test]
fn without_a_server_the_three_ways_to_name_one_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let done = tidegate(folder.path(), &["status"]);
    assert_eq!(code(&done), 4);
    let text = err(&done);
    for way in ["--server", "TIDEGATE_URL", ".tidegate/"] {
        assert!(text.contains(way), "{text}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_named_and_no_token_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago; nothing listens on it.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let done = tidegate(
        folder.path(),
        &["release", "list", "--server", &url, "--token", "tg_secret"],
    );
    assert_eq!(code(&done), 1);
    let text = err(&done);
    assert!(
        text.contains(&format!("server {url} is not reachable")),
        "{text}"
    );
    assert!(text.contains("\nhelp: "), "{text}");
    assert!(!text.contains("tg_secret"), "{text}");
}

#[test]
fn a_wrong_command_line_ends_with_64_and_help_with_0() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        vec!["deploj"],
        vec!["deploy"],
        vec!["audit", "log", "--limit", "many"],
        vec![],
    ] {
        assert_eq!(
            code(&tidegate(folder.path(), &arguments)),
            64,
            "{arguments:?}"
        );
    }
    for arguments in [
        vec!["--help"],
        vec!["deploy", "--help"],
        vec!["--version"],
        vec!["help", "why"],
    ] {
        assert_eq!(
            code(&tidegate(folder.path(), &arguments)),
            0,
            "{arguments:?}"
        );
    }
}

#[test]
fn names_that_cannot_be_are_refused_before_a_server_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let deploy = tidegate(folder.path(), &["deploy", "web", "prod"]);
    assert_eq!(code(&deploy), 64);
    assert!(
        err(&deploy).contains("write it as `service@version`"),
        "{}",
        err(&deploy)
    );
    let why = tidegate(folder.path(), &["why", "web@1.0.0"]);
    assert!(
        err(&why).contains("into which environment"),
        "{}",
        err(&why)
    );
}

#[test]
fn a_reason_is_not_asked_for_where_nobody_can_answer() {
    let folder = tempfile::tempdir().unwrap();
    let done = tidegate(
        folder.path(),
        &[
            "rollback",
            "web",
            "prod",
            "--server",
            "http://127.0.0.1:9",
            "--token",
            "tg_x",
        ],
    );
    assert_eq!(code(&done), 64);
    assert!(err(&done).contains("add --reason"), "{}", err(&done));
}

#[test]
fn completion_scripts_are_written_for_every_shell() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let done = tidegate(folder.path(), &["completion", shell]);
        assert_eq!(code(&done), 0, "{shell}");
        assert!(out(&done).contains("rollback"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path(), &["completion", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(code(&done), 0);
    assert_eq!(err(&done), "");
}

#[test]
fn doctor_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let done = tidegate(folder.path(), &["doctor"]);
    assert_eq!(code(&done), 1);
    let text = out(&done);
    assert!(text.contains("[ok]\tzone data\t"), "{text}");
    assert!(text.contains("[no]\tserver\tno server is named"), "{text}");
}
