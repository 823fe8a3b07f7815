//! Bits get a name for ever.

use crate::world::World;

#[test]
fn bits_are_registered_once_and_a_version_never_means_other_bits() {
    let world = World::up();
    let (first, second) = (world.bits("web", "1.0.0"), world.bits("web", "1.1.0"));
    let nothing = world.beside("nothing");
    let register = |path: &str, more: &[&str]| {
        let mut all = vec!["artifact", "register", "web@1.0.0", path];
        all.extend(more);
        world.run(&all)
    };
    register(&nothing, &[]).ends(64).refuses(
        "",
        &[&nothing, "cannot be read"],
        "file or folder that holds the bits",
    );
    let wrong = format!("sha256:{}", "0".repeat(64));
    register(&first, &["--digest", &wrong]).ends(7).refuses(
        "",
        &["has digest sha256:", &wrong],
        "nothing was registered",
    );
    world.run(&["artifact", "list"]).ends(0);
    world
        .run(&["artifact", "show", "web@1.0.0"])
        .ends(1)
        .refuses(
            "TG2003",
            &["no artifact `web@1.0.0`"],
            "tidegate artifact list",
        );

    let made = register(&first, &["--commit", "c0ffee1234567", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(
        (&made["id"], &made["phase"], &made["commit"]),
        (
            &"web@1.0.0".into(),
            &"registered".into(),
            &"c0ffee1234567".into()
        )
    );
    let again = register(&first, &["--commit", "c0ffee1234567", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(again, made, "the same bits are the same artifact");
    let digest = made["digest"].as_str().unwrap();
    register(&second, &[]).ends(7).refuses(
        "TG2005",
        &["web@1.0.0 is registered with", digest],
        "build the change as a new version",
    );

    world
        .run(&["artifact", "list"])
        .ends(0)
        .says(&["web@1.0.0\tregistered\t", "\tc0ffee123456\t"]);
    let list = world
        .run(&["artifact", "list", "-o", "json", "--service", "web"])
        .ends(0)
        .json();
    assert_eq!(list["items"][0]["digest"], digest);
    assert_eq!(
        world
            .run(&["artifact", "list", "--service", "api", "-o", "json"])
            .ends(0)
            .json()["items"],
        serde_json::json!([])
    );
    world
        .run(&["artifact", "show", "web@1.0.0"])
        .ends(0)
        .says(&[digest, "c0ffee1234567"]);
    world
        .run(&["artifact", "register", "web", &first])
        .ends(64)
        .refuses("", &["which version of web is it?"], "web@1.1.0");
    world
        .run(&["artifact", "register", "nosuch@1.0.0", &first])
        .ends(1)
        .refuses("TG2003", &["no service `nosuch`"], "tidegate config show");

    world.run(&["release", "create", "web@1.0.0"]).ends(0);
    world
        .run(&["artifact", "recall", "web@1.0.0"])
        .ends(64)
        .refuses("", &["a reason is needed"], "--reason");
    world
        .run(&[
            "artifact",
            "recall",
            "web@1.0.0",
            "--reason",
            "leaks memory",
        ])
        .ends(0)
        .says(&["recalled"]);
    world
        .run(&["why", "web@1.0.0", "dev"])
        .ends(3)
        .says(&["[no]", "leaks memory"]);
}
