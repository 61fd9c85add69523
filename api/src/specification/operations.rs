//! What holds for every operation, and is not said at each.

use utoipa::openapi::path::{Operation, Parameter, PathItem, Paths};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{Deprecated, RefOr, Required};

pub(super) fn complete(paths: &mut Paths) {
    for item in paths.paths.values_mut() {
        let PathItem {
            get,
            post,
            patch,
            delete,
            ..
        } = item;
        let operations = [get, post, patch, delete];
        operations
            .into_iter()
            .flatten()
            .for_each(complete_operation);
    }
}

/// An operation that takes a body wants it; one that will be gone is deprecated.
fn complete_operation(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.required = Some(Required::True);
    }
    let extensions = operation.extensions.as_ref();
    if extensions.is_some_and(|extensions| extensions.contains_key("x-sunset")) {
        operation.deprecated = Some(Deprecated::True);
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            forbid_null(parameter);
        }
    }
}

/// A parameter that is not given is not there: none can be null.
fn forbid_null(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
        && let SchemaType::Array(types) = &schema.schema_type
        && let Some(single) = types.iter().find(|kind| **kind != Type::Null)
    {
        schema.schema_type = SchemaType::Type(single.clone());
    }
}
