//! Ids in paths.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev};

use crate::problems::Problem;

/// The one parameter of the path. What cannot be an id names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: FromStr> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let parameter = request.match_info().iter().next();
        let parsed = parameter.and_then(|(_, text)| text.parse().ok());
        ready(parsed.map(Self).ok_or_else(Problem::not_found))
    }
}
