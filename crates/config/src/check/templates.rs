//! Templates with fields that nobody can fill in.

use super::Whole;
use crate::diagnostic::{Report, codes};
use tidegate_core::spec::{BadTemplate, FIELDS, Template};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for (name, template) in &whole.spec.templates {
        let spot = whole.spot(&format!("templates.{name}.text"));
        for wrong in Template::wrong(&template.text) {
            let help = match &wrong {
                BadTemplate::Unknown(field) => {
                    let near = crate::suggest::nearest(field, FIELDS.iter().copied());
                    let near =
                        near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                    format!("{near}the fields are {}", FIELDS.join(", "))
                }
                BadTemplate::Open => "write `}}` behind its name".to_owned(),
            };
            report
                .add(
                    codes::TEMPLATE_FIELD,
                    &spot,
                    format!("template `{name}` cannot be filled in: {wrong}"),
                )
                .help(help);
        }
    }
}
