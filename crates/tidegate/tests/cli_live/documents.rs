//! A part of a document pack that a policy asks for: begun from a template, written in an editor, and never lost on the way.

use crate::world::{Ran, World};
use std::fs;
use std::path::Path;

const MORE: &str = "---
policy: paper
applies-to: { tier: production }
documents: [rollback-plan]
---
template: way-back
document: rollback-plan
text: |
  From {{ release }} back to {{ previous }}, by {{ owner }}.
  Watch:
";

fn edit(world: &World, editor: &str) -> Ran {
    let write = ["change", "write", "CHG-1", "rollback-plan", "--edit"];
    let mut command = world.command_as("ana", &write);
    command.env("EDITOR", editor);
    Ran::of(&command.output().unwrap())
}

#[test]
fn a_document_begins_with_its_template_and_what_was_typed_survives_a_no_and_a_server_that_is_away()
{
    let mut world = World::written();
    let text = format!("{}{MORE}", world.configuration());
    world.write(&text.replace("{{ previous }}", "{{ previus }}"));
    world.run(&["validate"]).ends(65).refuses(
        "TG0499",
        &[
            "template `way-back` cannot be filled in: there is no field `previus`",
            "tidegate.yaml:",
        ],
        "",
    );
    world.write(&text);
    world.start();
    world.arrived("web", "1.0.0", "dev");
    let deploy = ["deploy", "web@1.0.0", "prod", "--no-wait"];
    let id = world.run(&deploy).ends(0).out;
    world.until(id.trim(), |d| d["phase"] == "waiting");
    world
        .run(&["why", "web@1.0.0", "prod"])
        .ends(3)
        .says(&["documents are missing: rollback-plan"]);

    let draft = world.beside("ana/drafts/CHG-1.rollback-plan.md");
    let kept = || fs::read_to_string(&draft).unwrap_or_default();
    edit(&world, "false").ends(1).refuses(
        "",
        &[
            "ended with exit status: 1: nothing was sent",
            "CHG-1.rollback-plan.md",
        ],
        "",
    );
    assert_eq!(kept(), "From web@1.0.0 back to none, by web.\nWatch:\n");
    edit(&world, "true").ends(64).refuses(
        "TG2004",
        &[
            "is the template `way-back` and nothing else",
            "your text is kept in",
        ],
        "write what people need to know",
    );
    world.stop();
    let wrote = edit(&world, "printf 'errors above 2%%\\n' >>");
    assert_ne!(wrote.code, 0, "{wrote:#?}");
    assert!(wrote.err.contains("--edit goes on from it"), "{wrote:#?}");
    assert!(kept().ends_with("Watch:\nerrors above 2%\n"), "{}", kept());
    world.start();
    edit(&world, "true").ends(0);
    assert!(!Path::new(&draft).exists(), "the server has it");
    world.until(id.trim(), |d| d["phase"] != "waiting");
    world
        .run(&["release", "notes", "web@1.0.0", "prod"])
        .ends(0)
        .says(&["errors above 2%"]);
}
