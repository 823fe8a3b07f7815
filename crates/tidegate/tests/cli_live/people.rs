//! People sign in, do what they may under their own name, and are shut out when they have left.

use crate::world::World;

const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

#[test]
fn ana_gets_a_one_time_password_signs_in_works_under_her_name_and_leaves() {
    let world = World::up();
    let once = world
        .run(&[
            "user",
            "add",
            "ana",
            "--role",
            "operator",
            "--email",
            "ana@acme.example",
        ])
        .ends(0);
    let once = once.out.trim().to_owned();
    assert_eq!(once.len(), 23, "the password alone on stdout");
    let only = world
        .run_as(
            "ana",
            &format!("{once}\n"),
            &["login", "ana", "--password-stdin"],
        )
        .ends(64);
    assert!(only.err.contains("New password is needed"), "{only:#?}");
    assert!(only.err.contains("one line each"), "{only:#?}");
    let both = format!("{once}\nfour plain words here\n");
    let me = world
        .run_as("ana", &both, &["login", "ana", "--password-stdin"])
        .ends(0);
    me.says(&[
        "ana (sign-in)",
        "person        ana",
        "role          operator",
    ]);
    let me = world
        .run_as("ana", "", &["whoami", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(
        (&me["name"], &me["way"]),
        (&"ana".into(), &"session".into())
    );
    world
        .run_as("ana", "", &["env", "lock", "dev", "--reason", "looking"])
        .ends(0);
    world
        .run(&["audit", "log"])
        .ends(0)
        .says(&["environment.held/1", "ana"]);
    world
        .run_as("ana", "", &["user", "add", "eve", "--role", "admin"])
        .ends(4)
        .refuses("TG2008", &["ana (operator)", "may not"], "role");
    world
        .run_as(
            "ana",
            "",
            &["user", "key", "add", "laptop", "--public", KEY],
        )
        .ends(0)
        .says(&["key       laptop"]);
    world
        .run(&[
            "user", "key", "revoke", "laptop", "--of", "ana", "--reason", "lost",
        ])
        .ends(0);
    world
        .run(&["user", "link", "hugo", "ana", "--reason", "x"])
        .ends(1)
        .refuses("TG2003", &["no person `hugo`"], "tidegate user list");
    world
        .run(&["user", "add", "hugo", "--role", "viewer", "--no-password"])
        .ends(0);
    world
        .run(&["user", "link", "hugo", "ana", "--reason", "x"])
        .ends(64)
        .refuses(
            "TG2004",
            &["the account `ana` belongs to ana"],
            "tidegate user unlink ana ana",
        );
    world
        .run_as(
            "eve",
            "wrong wrong wrong\n",
            &["login", "ana", "--password-stdin"],
        )
        .ends(4)
        .refuses(
            "TG3020",
            &["account or the password is wrong"],
            "tidegate user password",
        );

    world.run_as("ana", "", &["logout"]).ends(0);
    // Without a sign-in the folder's own token speaks again.
    world
        .run_as("ana", "", &["whoami"])
        .ends(0)
        .says(&["admin (token)"]);
    let words = "four plain words here\n";
    world
        .run_as("ana", words, &["login", "ana", "--password-stdin"])
        .ends(0);
    world
        .run(&["user", "disable", "ana", "--reason", "left the company"])
        .ends(0)
        .says(&["disabled", "left the company"]);
    world.run_as("ana", "", &["whoami"]).ends(4).refuses(
        "TG3001",
        &["unknown or has expired"],
        "tidegate login",
    );
    world
        .run(&["user", "list"])
        .ends(0)
        .says(&["ana\toperator\tdisabled\tana", "hugo\tviewer\tactive\thugo"]);
}
