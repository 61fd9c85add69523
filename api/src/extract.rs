//! How a request is read. Whatever cannot be read is a problem that says where.

mod body;
mod headers;
mod object;
mod patch;
mod path;
mod query;

pub use body::{Body, read_body};
pub(crate) use headers::idempotency_key;
pub use headers::{IdempotencyKey, IfMatch, IfNoneMatch, Languages, SecretHeader};
pub(crate) use object::optional_object;
pub use patch::Patch;
pub use path::{Path, PathOfTwo};
pub use query::Query;
