//! For those who run the service, and for programs that read the contract.

use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::app::AppData;
use crate::draining::Draining;
use crate::problems::{Code, Problem};
use crate::refusals::Refusals;
use crate::specification::{Notation, specification};

/// Whether the program, or the whole service, is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Tell whether the program is alive
///
/// Asks nothing of the data base.
#[utoipa::path(operation_id = "isAlive", tag = "operation",
    responses((status = 200, description = "It is alive", body = Health)))]
#[get("/livez")]
pub async fn is_alive() -> web::Json<Health> {
    web::Json(Health { status: "ok" })
}

/// Tell whether requests can be answered
///
/// Asks the data base. Not ready either is a program that was told to stop.
#[utoipa::path(operation_id = "isReady", tag = "operation",
    responses((status = 200, description = "It is ready", body = Health), Refusals))]
#[get("/readyz")]
pub async fn is_ready(
    app: AppData,
    draining: web::Data<Draining>,
) -> Result<web::Json<Health>, Problem> {
    if draining.has_begun() {
        let stopping = "this program was told to stop";
        return Err(Problem::because(Code::Unavailable, stopping).retry_after(2));
    }
    app.database.ping().await?;
    Ok(web::Json(Health { status: "ok" }))
}

/// The specification in each notation, printed when it is asked for the first time: most programs
/// never ask the one that serves.
#[derive(Debug, Default)]
pub struct Printed {
    yaml: OnceLock<String>,
    json: OnceLock<String>,
    json_3_0: OnceLock<String>,
    plain_3_0: OnceLock<String>,
}

impl Printed {
    fn written(&self, notation: Notation) -> String {
        let kept = match notation {
            Notation::Yaml => &self.yaml,
            Notation::Json => &self.json,
            Notation::Json30 => &self.json_3_0,
            Notation::Plain30 => &self.plain_3_0,
        };
        let write = || notation.write(&specification()).unwrap_or_default();
        kept.get_or_init(write).clone()
    }

    fn answer(&self, notation: Notation) -> HttpResponse {
        let media_type = match notation {
            Notation::Yaml => "application/yaml",
            _ => "application/json",
        };
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, media_type))
            .body(self.written(notation))
    }
}

/// Get the specification as YAML
///
/// This document: OpenAPI 3.1.
#[utoipa::path(operation_id = "getSpecificationYaml", tag = "operation",
    responses((status = 200, description = "The specification", body = String, content_type = "application/yaml")))]
#[get("/openapi.yaml")]
pub async fn openapi_yaml(printed: web::Data<Printed>) -> HttpResponse {
    printed.answer(Notation::Yaml)
}

/// Get the specification as JSON
///
/// This document: OpenAPI 3.1.
#[utoipa::path(operation_id = "getSpecificationJson", tag = "operation",
    responses((status = 200, description = "The specification", body = serde_json::Value, content_type = "application/json")))]
#[get("/openapi.json")]
pub async fn openapi_json(printed: web::Data<Printed>) -> HttpResponse {
    printed.answer(Notation::Json)
}

/// Get the specification for readers of OpenAPI 3.0
///
/// This document, translated: for generators that read nothing newer.
#[utoipa::path(operation_id = "getSpecificationJson30", tag = "operation",
    responses((status = 200, description = "The specification", body = serde_json::Value, content_type = "application/json")))]
#[get("/openapi-3.0.json")]
pub async fn openapi_3_0_json(printed: web::Data<Printed>) -> HttpResponse {
    printed.answer(Notation::Json30)
}

/// Get the specification for generators that want it plain
///
/// This document in OpenAPI 3.0, for generators that know one answer of success and one name for JSON:
/// dry runs that answer otherwise are left out, problems and patches are `application/json`, and
/// other text is a file.
#[utoipa::path(operation_id = "getPlainSpecification", tag = "operation",
    responses((status = 200, description = "The specification", body = serde_json::Value, content_type = "application/json")))]
#[get("/openapi-3.0-plain.json")]
pub async fn openapi_3_0_plain_json(printed: web::Data<Printed>) -> HttpResponse {
    printed.answer(Notation::Plain30)
}

/// Swagger UI under `/docs`, from files inside the program.
#[must_use]
pub fn docs() -> SwaggerUi {
    SwaggerUi::new("/docs/{tail:.*}").config(Config::from("/openapi.json"))
}
