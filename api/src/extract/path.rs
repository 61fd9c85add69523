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

/// The two parameters of the path, in their order.
#[derive(Debug)]
pub struct PathOfTwo<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr> FromRequest for PathOfTwo<A, B> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let mut parameters = request.match_info().iter().map(|(_, text)| text);
        let (first, second) = (parameters.next(), parameters.next());
        let parsed = first
            .and_then(|text| text.parse().ok())
            .zip(second.and_then(|text| text.parse().ok()));
        ready(
            parsed
                .map(|(a, b)| Self(a, b))
                .ok_or_else(Problem::not_found),
        )
    }
}
