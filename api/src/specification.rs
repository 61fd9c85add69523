//! The OpenAPI document: what the routes say of themselves, and what no single route can say.

mod notation;
mod openapi_3_0;
mod operations;
mod plain;

use std::collections::BTreeSet;

use actix_web::App;
use serde_json::Value;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Server};
use utoipa_actix_web::AppExt;

use crate::problems::ProblemDocument;
use crate::routes::routes;
pub use notation::Notation;

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(ProblemDocument)), info(
    title = "Sprechstunde",
    description = "Find, book and manage counselling appointments across the organisations of a network.\n\nVisitors need no account and may stay anonymous. Times are RFC 3339 with the offset of the site; spans are half-open. Refusals are problem documents (RFC 9457), listed at `/v1/problems`.",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
), tags(
    (name = "directory", description = "What the organisations of the network offer, and where"),
    (name = "booking", description = "Find a slot, hold it, book it, move it, cancel it"),
    (name = "appointments", description = "The day's list and the life of an appointment"),
    (name = "setup", description = "Sites, people, services and hours of an organisation"),
    (name = "auth", description = "Signing in, accounts and invitations"),
    (name = "problems", description = "The catalogue of refusals"),
    (name = "operation", description = "For those who run the service"),
))]
struct Frame;

/// The whole document. Needs no data base.
#[must_use]
pub fn specification() -> OpenApi {
    let mut document = <Frame as utoipa::OpenApi>::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(document)
        .configure(routes)
        .split_for_parts();
    // Wherever the program listens; and whoever asks for no token says nothing of it.
    document.servers = Some(vec![Server::new("/")]);
    document.security = Some(vec![SecurityRequirement::default()]);
    add_security(&mut document);
    add_patches(&mut document);
    operations::complete(&mut document.paths);
    document
}

fn add_security(document: &mut OpenApi) {
    let Some(components) = document.components.as_mut() else {
        return;
    };
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    bearer.description = Some("An access token of `POST /v1/auth/token`.".to_owned());
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
}

/// For every `…Patch` that an operation takes, the fields of the `…Body` of that name, all of them
/// optional: a merge patch of it. What the body may leave out, the patch may remove.
fn add_patches(document: &mut OpenApi) {
    let wanted = patches_taken(&document.paths);
    let Some(components) = document.components.as_mut() else {
        return;
    };
    for name in wanted {
        let body = name
            .strip_suffix("Patch")
            .and_then(|name| components.schemas.get(&format!("{name}Body")));
        if let Some(patch) = body.and_then(patch_of) {
            components.schemas.insert(name, patch);
        }
    }
}

fn patches_taken(paths: &Paths) -> BTreeSet<String> {
    let mut taken = BTreeSet::new();
    for item in paths.paths.values() {
        let Some(RefOr::T(body)) = item
            .patch
            .as_ref()
            .and_then(|patch| patch.request_body.as_ref())
        else {
            continue;
        };
        for content in body.content.values() {
            if let RefOr::T(content) = content
                && let Some(RefOr::Ref(schema)) = &content.schema
            {
                taken.extend(schema.ref_location.rsplit('/').next().map(str::to_owned));
            }
        }
    }
    taken
}

fn patch_of(body: &RefOr<Schema>) -> Option<RefOr<Schema>> {
    let RefOr::T(Schema::Object(object)) = body else {
        return None;
    };
    let mut patch = object.clone();
    let required = std::mem::take(&mut patch.required);
    patch.example = patch.example.as_ref().and_then(one_change);
    patch.description =
        Some("A merge patch (RFC 7396): what is left out stays, null removes.".to_owned());
    for (name, property) in &mut patch.properties {
        if let RefOr::T(Schema::Object(property)) = property {
            property.default = None;
            if let SchemaType::Type(single) = &property.schema_type
                && !required.contains(name)
            {
                property.schema_type = SchemaType::Array(vec![single.clone(), Type::Null]);
            }
        }
    }
    Some(RefOr::T(Schema::Object(patch)))
}

/// An example of a patch: one field of the body's example, no reference.
fn one_change(body: &Value) -> Option<Value> {
    let mut fields = body.as_object()?.iter().rev();
    let (name, value) = fields.find(|(name, _)| !name.contains("_id"))?;
    Some(Value::Object(
        [(name.clone(), value.clone())].into_iter().collect(),
    ))
}
