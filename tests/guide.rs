//! The guide, and what leads programs to the contract: it names what there is, and nothing else.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::Value;
use tests::{Answer, Server};

const PAGES: [&str; 7] = [
    "anonymous",
    "booking",
    "clients",
    "errors",
    "pages",
    "retries",
    "times",
];

/// Everything that a text links to in this program.
fn links(text: &str) -> BTreeSet<&str> {
    let of = |before: &'static str, end: char| {
        let parts = text.split(before).skip(1);
        parts.filter_map(move |part| part.split(end).next())
    };
    let links = of("](", ')').chain(of("href=\"", '"'));
    links.filter(|link| link.starts_with('/')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_served_for_people_and_for_programs_and_leads_on() {
    let server = Server::start().await;
    let mut leads = BTreeSet::new();
    for path in ["/guide", "/llms.txt"]
        .map(str::to_owned)
        .into_iter()
        .chain(
            PAGES
                .iter()
                .flat_map(|page| [format!("/guide/{page}"), format!("/guide/{page}.md")]),
        )
    {
        let answer = server.get(&path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let media_type = answer.header("content-type");
        let expected = match path.rsplit('.').next() {
            Some("md") => "text/markdown; charset=utf-8",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(media_type, expected, "{path}");
        leads.extend(links(&answer.text).into_iter().map(str::to_owned));
    }
    for page in PAGES {
        for listed in [format!("/guide/{page}"), format!("/guide/{page}.md")] {
            assert!(leads.contains(&listed), "nothing leads to {listed}");
        }
    }
    for link in leads {
        let answer = server.get(&link).await;
        assert_eq!(answer.status.as_u16(), 200, "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_leads_a_person_to_a_page_and_a_program_to_its_description() {
    let server = Server::start().await;
    let kinds = server.get("/v1/problems").await.expect(200);
    let list = server.get("/guide/problems").await;
    for kind in kinds["items"].as_array().expect("items") {
        let code = kind["code"].as_str().expect("a code");
        let path = format!("/v1/problems/{code}");
        assert_eq!(server.get(&path).await.expect(200)["code"], code);
        let by_a_person = server.request(Method::GET, &path);
        let by_a_person = by_a_person.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let page = Answer::of(by_a_person).await;
        assert_eq!(page.status.as_u16(), 200, "{code}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let title = kind["title"].as_str().expect("a title");
        assert!(
            page.text.contains(&format!("<title>{title}")) || page.text.contains(code),
            "{code}"
        );
        assert!(
            list.text.contains(&format!("/guide/problems/{code}\"")),
            "{code}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_a_weakness_learns_whom_to_tell() {
    let server = Server::start().await;
    let told = server.get("/.well-known/security.txt").await;
    assert_eq!(told.status.as_u16(), 200);
    assert!(
        told.text
            .starts_with("Contact: mailto:security@sprechstunde.example\n")
    );
    let expires = told
        .text
        .lines()
        .find_map(|line| line.strip_prefix("Expires: "));
    let expires: DateTime<Utc> = expires.expect("an end").parse().expect("an instant");
    let lasts = expires - server.app.clock.now();
    assert!(lasts > TimeDelta::days(90) && lasts < TimeDelta::days(365));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_of_the_api_names_what_there_is() {
    let server = Server::start().await;
    let answer = server.get("/.well-known/api-catalog").await;
    assert_eq!(answer.header("content-type"), "application/linkset+json");
    let catalogue = answer.expect(200);
    let links = &catalogue["linkset"][0];
    for relation in ["service-desc", "service-doc", "status"] {
        for link in links[relation].as_array().expect(relation) {
            let told = server.get(link["href"].as_str().expect("a link")).await;
            let media_type = told.header("content-type");
            let promised = link["type"].as_str().expect("a type");
            assert!(media_type.starts_with(promised), "{link}: {media_type}");
        }
    }
}

/// The operations that the pages name, as they are written: `GET /v1/slots`.
#[test]
fn what_the_guide_names_stands_in_the_specification() {
    let document = serde_json::to_value(api::specification::specification()).expect("JSON");
    let mut named = 0;
    for page in PAGES {
        let path = format!("{}/../api/guide/{page}.md", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a page");
        for code in text.split('`').skip(1).step_by(2) {
            let Some((method, path)) = code.split_once(" /") else {
                continue;
            };
            let operation = &document["paths"][format!("/{path}")][method.to_lowercase()];
            assert_ne!(*operation, Value::Null, "{page}: {code}");
            named += 1;
        }
    }
    assert!(named > 10, "only {named} operations are named");
}
