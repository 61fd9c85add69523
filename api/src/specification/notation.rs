use clap::ValueEnum;
use utoipa::openapi::OpenApi;

use super::openapi_3_0::openapi_3_0;
use super::plain::plain;

/// How the document is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Notation {
    /// OpenAPI 3.1 as YAML: the document itself.
    Yaml,
    /// OpenAPI 3.1 as JSON.
    Json,
    /// OpenAPI 3.0 as JSON, for generators that read nothing newer.
    #[value(name = "json-3.0")]
    Json30,
    /// The same for generators that know one answer of success and one name for JSON: without previews.
    #[value(name = "json-3.0-plain")]
    Plain30,
}

impl Notation {
    /// Fails only where the document is broken.
    pub fn write(self, document: &OpenApi) -> Result<String, String> {
        let written = match self {
            Self::Yaml => return document.to_yaml().map_err(|error| error.to_string()),
            Self::Json => document.to_pretty_json(),
            Self::Json30 => {
                openapi_3_0(document).and_then(|document| serde_json::to_string_pretty(&document))
            }
            Self::Plain30 => openapi_3_0(document)
                .and_then(|document| serde_json::to_string_pretty(&plain(document))),
        };
        written.map_err(|error| error.to_string())
    }
}
