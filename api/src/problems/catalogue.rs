//! The catalogue of problems, served by the API itself.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Code, Problem};
use crate::extract::Path;
use crate::guide::path_of_problem;
use crate::refusals::Refusals;

/// A kind of problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemKind {
    #[schema(example = "slot-taken")]
    pub code: &'static str,
    /// The status of the answers that carry it.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    pub title: &'static str,
    /// What happened and what a caller can do.
    pub description: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemKindPage {
    pub items: Vec<ProblemKind>,
    /// Always null: the catalogue is one page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

impl From<Code> for ProblemKind {
    fn from(code: Code) -> Self {
        Self {
            code: code.as_str(),
            status: code.status().as_u16(),
            title: code.title(),
            description: code.description().trim(),
        }
    }
}

/// List the kinds of problems
///
/// Every `code` that a problem document can carry.
#[utoipa::path(operation_id = "listProblems", tag = "problems", responses(
    (status = 200, description = "The catalogue", body = ProblemKindPage), Refusals))]
#[get("/v1/problems")]
pub async fn list_problems() -> web::Json<ProblemKindPage> {
    let items = Code::ALL.iter().copied().map(ProblemKind::from).collect();
    web::Json(ProblemKindPage {
        items,
        next_cursor: None,
    })
}

/// Describe one kind of problem
///
/// Where the `type` of a problem document leads. Who asks for HTML is shown to a page for people.
#[utoipa::path(operation_id = "getProblem", tag = "problems",
    params(("code" = String, Path, description = "Its code", example = "slot-taken")),
    responses((status = 200, description = "The kind of problem", body = ProblemKind),
        (status = 303, description = "To a page for people, where `Accept` begins with `text/html`",
            headers(("Location" = String, description = "Where the page is"))),
        Refusals))]
#[get("/v1/problems/{code}")]
pub async fn get_problem(
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let code = Code::ALL.iter().find(|known| known.as_str() == code.0);
    let code = *code.ok_or_else(Problem::not_found)?;
    let accepted = request.headers().get(header::ACCEPT);
    let by_a_person =
        accepted.is_some_and(|accepted| accepted.as_bytes().starts_with(b"text/html"));
    let vary = (header::VARY, "Accept");
    if by_a_person {
        let location = (header::LOCATION, path_of_problem(code));
        let mut response = HttpResponse::SeeOther();
        return Ok(response
            .insert_header(vary)
            .insert_header(location)
            .finish());
    }
    let mut response = HttpResponse::Ok();
    Ok(response.insert_header(vary).json(ProblemKind::from(code)))
}
