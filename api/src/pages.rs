//! Lists in pages: a cursor says where the last page ended, and for which filter.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use persistence::vault::fingerprint;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problems::Problem;

/// How many items a page has when nobody says.
const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 200;

/// How many items are wanted: 1 to 200. More is answered with 200.
#[derive(Debug, Clone, Copy)]
pub struct Limit(usize);

impl Limit {
    pub fn new(wanted: Option<u32>) -> Result<Self, Problem> {
        match wanted.unwrap_or(DEFAULT_LIMIT) {
            0 => Err(Problem::parameter("limit", "is at least 1")),
            wanted => Ok(Self(wanted.min(LARGEST_LIMIT) as usize)),
        }
    }

    #[must_use]
    pub const fn count(self) -> usize {
        self.0
    }

    /// One more than wanted, to see whether there is a next page.
    #[must_use]
    pub fn with_lookahead(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Cuts the lookahead off; answers the last item of the page if more follow.
    pub fn cut<T>(self, items: &mut Vec<T>) -> Option<&T> {
        if items.len() <= self.0 {
            return None;
        }
        items.truncate(self.0);
        items.last()
    }

    /// Cuts the lookahead off; answers the cursor to the next page if more follow.
    pub fn turn<T, K: Serialize>(
        self,
        items: &mut Vec<T>,
        filter: &impl std::fmt::Debug,
        key: impl FnOnce(&T) -> K,
    ) -> Option<String> {
        let last = self.cut(items)?;
        cursor(key(last), filter)
    }
}

#[derive(Serialize, Deserialize)]
struct Position<K> {
    after: K,
    filter: String,
}

/// Writes where a page ended. `filter` is whatever decides what is in the list.
pub fn cursor<K: Serialize>(after: K, filter: &impl std::fmt::Debug) -> Option<String> {
    let position = Position {
        after,
        filter: fingerprint_of(filter),
    };
    serde_json::to_vec(&position)
        .ok()
        .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads where the last page ended.
pub fn after<K: for<'de> Deserialize<'de>>(
    cursor: Option<&str>,
    filter: &impl std::fmt::Debug,
) -> Result<Option<K>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let position = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Position<K>>(&bytes).ok())
        .ok_or_else(malformed)?;
    if position.filter == fingerprint_of(filter) {
        Ok(Some(position.after))
    } else {
        Err(Problem::parameter(
            "cursor",
            "belongs to a list with another filter",
        ))
    }
}

/// As [`after`], for a list by time. No page ended where no span can lie; there Postgres has no
/// instant either.
pub fn after_instant(
    cursor: Option<&str>,
    filter: &impl std::fmt::Debug,
) -> Result<Option<(DateTime<Utc>, Uuid)>, Problem> {
    let after: Option<(DateTime<Utc>, Uuid)> = after(cursor, filter)?;
    match after {
        Some((instant, _)) if !(1970..=9999).contains(&instant.year()) => Err(malformed()),
        after => Ok(after),
    }
}

fn malformed() -> Problem {
    Problem::parameter("cursor", "send a `next_cursor` unchanged")
}

fn fingerprint_of(filter: &impl std::fmt::Debug) -> String {
    let hash = fingerprint(format!("{filter:?}").as_bytes());
    URL_SAFE_NO_PAD.encode(&hash[..6])
}

/// Reads a parameter of a query, refused by its name when it cannot be read.
pub fn parsed<T>(name: &str, text: Option<&str>) -> Result<Option<T>, Problem>
where
    T: FromStr,
    T::Err: ToString,
{
    let malformed = |error: T::Err| Problem::parameter(name, error.to_string());
    text.map(|text| text.parse().map_err(malformed)).transpose()
}

/// As [`parsed`], for a parameter that may be repeated.
pub fn each_parsed<T>(name: &str, texts: &[String]) -> Result<Vec<T>, Problem>
where
    T: FromStr,
    T::Err: ToString,
{
    let one = |text: &String| parsed(name, Some(text));
    texts
        .iter()
        .filter_map(|text| one(text).transpose())
        .collect()
}

/// As [`parsed`], for a parameter that is always given.
pub fn required<T>(name: &str, text: &str) -> Result<T, Problem>
where
    T: FromStr,
    T::Err: ToString,
{
    text.parse()
        .map_err(|error: T::Err| Problem::parameter(name, error.to_string()))
}

/// The answer of a list operation: a concrete type with its own name in the specification.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident of $item:ty) => {
        $(#[$doc])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            pub items: Vec<$item>,
            /// Where the next page begins; null on the last one.
            #[schema(required)]
            pub next_cursor: Option<String>,
        }

        impl $name {
            /// Answers the page, with a `Link` to the next one.
            pub fn respond(self, request: &actix_web::HttpRequest) -> actix_web::HttpResponse {
                let mut response = actix_web::HttpResponse::Ok();
                if let Some(link) = self.next_cursor.as_deref().and_then(|cursor| $crate::pages::next_link(request, cursor)) {
                    response.insert_header((actix_web::http::header::LINK, link));
                }
                response.json(self)
            }
        }
    };
}
pub(crate) use page;

/// `Link: <…>; rel="next"` (RFC 8288): the same request with the next cursor.
pub fn next_link(request: &actix_web::HttpRequest, cursor: &str) -> Option<String> {
    let kept = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: Vec<String> = kept
        .map(str::to_owned)
        .chain([format!("cursor={cursor}")])
        .collect();
    Some(format!(
        "<{}?{}>; rel=\"next\"",
        request.path(),
        query.join("&")
    ))
}
