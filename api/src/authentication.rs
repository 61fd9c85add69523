//! Who calls: the argument that makes a handler ask for a token.

mod issuer;
mod known;

use std::future::{Ready, ready};

use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, dev};
use domain::ids::AccountId;

pub use issuer::{ACCESS_LASTS, Issuer, IssuerError};

use crate::app::SharedApp;
use crate::problems::{Code, Problem};

/// A caller with a good access token. What they may do, the data base says.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    pub account_id: AccountId,
}

/// Anyone. A bad token is refused also where none is needed.
#[derive(Debug, Clone, Copy)]
pub enum Caller {
    Visitor,
    SignedIn(SignedIn),
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(caller(request))
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(caller(request).and_then(|caller| match caller {
            Caller::SignedIn(signed_in) => Ok(signed_in),
            Caller::Visitor => Err(Problem::new(Code::Unauthenticated)),
        }))
    }
}

fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    let mut given = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = given.next() else {
        return Ok(Caller::Visitor);
    };
    let refused = || {
        Problem::because(
            Code::Unauthenticated,
            "the access token is malformed, expired or not ours",
        )
    };
    if given.next().is_some() {
        return Err(refused());
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    let app = request
        .app_data::<SharedApp>()
        .ok_or_else(|| Problem::new(Code::Internal))?;
    let account_id = app
        .issuer
        .verify(token.trim(), app.clock.now())
        .map_err(|_| refused())?;
    Ok(Caller::SignedIn(SignedIn { account_id }))
}
