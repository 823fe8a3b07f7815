//! The OpenAPI document, from the code that answers.

use crate::extract::KEY_HEADER;
use crate::layer::past;
use crate::{App, agent, command, error, ics, query, sse};
use axum::Json;
use tidegate_client::wire::ProblemDocument;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, Required, ResponseBuilder, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tidegate",
        description = "Releases and deployments: every change is a command, every no explains itself. Errors are `application/problem+json`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemDocument)),
    tags(
        (name = "artifacts", description = "Bits under a service and version"),
        (name = "releases", description = "Versions on their way"),
        (name = "deployments", description = "One service into one environment"),
        (name = "environments", description = "Places and what runs there"),
        (name = "freezes", description = "Times in which nothing may start, and exceptions from them"),
        (name = "changes", description = "Who is asked for a change in production, and what they said"),
        (name = "decisions", description = "May it go, and if not, why not"),
        (name = "calendar", description = "When work may go, for people and programs"),
        (name = "config", description = "Configuration as code"),
        (name = "audit", description = "The ledger"),
        (name = "events", description = "What happens, as it happens"),
        (name = "services", description = "Services, the versions that run, and known issues"),
        (name = "trains", description = "Departures that releases wait for"),
        (name = "tokens", description = "Who may do what"),
        (name = "users", description = "People, their accounts, and signing in"),
        (name = "agents", description = "Work at the targets"),
        (name = "server", description = "The server about itself"),
    )
)]
struct Frame;

/// All routes with their descriptions.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Frame::openapi())
        .merge(command::routes())
        .merge(query::routes())
        .merge(agent::routes())
        .merge(sse::routes())
        .merge(ics::routes())
        .merge(error::pages())
        .routes(routes!(openapi))
}

/// The OpenAPI document of this version.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = routes().into_openapi();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("token", bearer);
    document.security = Some(vec![SecurityRequirement::new(
        "token",
        Vec::<String>::new(),
    )]);
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            complete(operation);
        }
        if let Some(get) = item.get.as_mut().filter(|_| past::answers(path)) {
            looks_back(get);
        }
        if let Some(post) = &mut item.post {
            keyed(path, post);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .filter_map(Option::as_mut)
}

/// Every operation may answer with a problem.
fn complete(operation: &mut Operation) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDocument")))
        .build();
    let problem = ResponseBuilder::new()
        .description("A problem: nothing was changed unless it says otherwise")
        .content("application/problem+json", content)
        .build();
    operation
        .responses
        .responses
        .insert("default".to_owned(), problem.into());
}

/// What answers from the ledger alone answers as of an instant too.
fn looks_back(operation: &mut Operation) {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let parameter: Parameter = ParameterBuilder::new()
        .name(past::PARAMETER)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "As it was at this instant, or with this entry of the ledger as the newest one",
        ))
        .schema(Some(text))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(parameter.into());
}

/// Commands take an idempotency key; those that start something need one.
fn keyed(path: &str, operation: &mut Operation) {
    let takes_none = [
        "/api/v1/config/plans",
        "/api/v1/simulations/policy",
        "/api/v1/simulations/calendar",
        "/api/v1/tokens",
        "/api/v1/enrolments",
        "/api/v1/sessions",
        "/api/v1/sign-ins",
        "/api/v1/sign-ins/completions",
        "/api/v1/users/{user}/passwords",
        "/api/v1/users/{user}/sign-outs",
        "/api/v1/calendar/feeds",
        "/api/v1/calendar/imports",
    ]
    .contains(&path)
        || path.starts_with("/api/v1/agents/");
    if takes_none {
        return;
    }
    let starts = [
        "/api/v1/deployments",
        "/api/v1/rollbacks",
        "/api/v1/releases",
        "/api/v1/releases/{reference}/promotions",
        "/api/v1/config/applications",
        "/api/v1/artifacts",
    ];
    let required = if starts.contains(&path) {
        Required::True
    } else {
        Required::False
    };
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(200))
        .build();
    let key: Parameter = ParameterBuilder::new()
        .name(KEY_HEADER.as_str())
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(
            "The same key with the same body is the same command, however often it is sent",
        ))
        .schema(Some(text))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(key.into());
}

/// The description of this API.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "server",
    operation_id = "openapi",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
