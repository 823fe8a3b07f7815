//! Keys of templates.

use super::leaf::{NAME, TEXT};
use super::policy::DOCUMENT;
use super::shape::{Key, Ref, Shape, Table};

/// `template`.
pub static TEMPLATE: Table = Table {
    what: "a template",
    of: "template",
    keys: &[
        Key::new(
            "template",
            &NAME,
            "Name of the template.",
            "template: way-back",
        )
        .required(),
        Key::new(
            "document",
            &DOCUMENT,
            "The part of the document pack that is written with it.",
            "document: rollback-plan",
        )
        .required(),
        Key::new(
            "services",
            &Shape::OneOrMore(&Shape::Ref(Ref::Service)),
            "Services that it is for; all without it. One that names the service comes before one for all.",
            "services: [payments]",
        ),
        Key::new(
            "text",
            &TEXT,
            "What the part begins with. Fields: `{{ change }}`, `{{ release }}`, `{{ service }}`, `{{ version }}`, `{{ environment }}`, `{{ previous }}`, `{{ owner }}`, `{{ class }}`, `{{ risk }}`.",
            "text: \"Back from {{ release }} to {{ previous }}: \"",
        )
        .required(),
    ],
};
