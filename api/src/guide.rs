//! The guide for those who write clients: pages of `api/guide`, for people and as they are written for
//! programs, and what leads there.

use std::sync::LazyLock;

use actix_web::web::ServiceConfig;
use pulldown_cmark::{Options, Parser, html};
use serde_json::json;

use crate::problems::Code;
use crate::web::{File, HTML, resource};

const MARKDOWN: &str = "text/markdown; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const LINKS: &str = "application/linkset+json";

/// A page, and what it is about.
struct Page {
    name: &'static str,
    about: &'static str,
    markdown: &'static str,
}

macro_rules! pages {
    ($($name:literal $about:literal)+) => {
        &[$(Page {
            name: $name,
            about: $about,
            markdown: include_str!(concat!("../guide/", $name, ".md")),
        }),+]
    };
}

/// In the order in which somebody new reads them.
const PAGES: &[Page] = pages! {
    "booking" "finding, holding, booking, moving and cancelling"
    "anonymous" "codes and secrets, and what happens to what somebody gives"
    "retries" "idempotency keys, versions, and what to repeat when"
    "errors" "problem documents and their codes"
    "pages" "lists, cursors, filters and patches"
    "times" "time zones, and the nights on which the clocks change"
    "clients" "generators, and what a client can rely on"
};

/// Rendered when they are asked for the first time, and kept.
static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut files = vec![
        file("/guide".to_owned(), HTML, rendered("Guide", &contents(""))),
        file("/llms.txt".to_owned(), TEXT, contents(".md")),
        file(
            "/.well-known/api-catalog".to_owned(),
            LINKS,
            catalogue().to_string(),
        ),
    ];
    for page in PAGES {
        let path = format!("/guide/{}", page.name);
        files.push(file(
            format!("{path}.md"),
            MARKDOWN,
            page.markdown.to_owned(),
        ));
        files.push(file(path, HTML, rendered(title(page), page.markdown)));
    }
    files.extend(of_problems());
    files
});

/// Registers the guide; none of it is an operation of the API.
pub fn guide(config: &mut ServiceConfig) {
    for file in FILES.iter() {
        config.service(resource(file));
    }
}

fn file(path: String, media_type: &'static str, content: String) -> File {
    File {
        path: path.into(),
        media_type,
        content: content.into(),
    }
}

/// A page for each code of a refusal, where its `type` leads a person, and their list.
fn of_problems() -> impl Iterator<Item = File> {
    let both = |path: String, title: &str, text: String| {
        let page = rendered(title, &text);
        [
            file(format!("{path}.md"), MARKDOWN, text),
            file(path, HTML, page),
        ]
    };
    let list = both("/guide/problems".to_owned(), "Problems", problems());
    let codes = Code::ALL.iter().map(move |code| {
        let text = format!(
            "# {title}\n\n`{code}`, status {status}\n\n{description}\n\n[All problems](/guide/problems)\n",
            title = code.title(),
            code = code.as_str(),
            status = code.status().as_u16(),
            description = code.description().trim(),
        );
        both(path_of_problem(*code), code.as_str(), text)
    });
    list.into_iter().chain(codes.flatten())
}

/// Where a person reads of it.
pub(crate) fn path_of_problem(code: Code) -> String {
    format!("/guide/problems/{}", code.as_str())
}

fn problems() -> String {
    let mut list = String::from(
        "# Problems\n\nEvery refusal is a problem document ([RFC 9457](/guide/errors)) with one of these codes.\n\n\
         | Code | Status | What it says |\n| --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let (path, name, status) = (
            path_of_problem(*code),
            code.as_str(),
            code.status().as_u16(),
        );
        list += &format!("| [`{name}`]({path}) | {status} | {} |\n", code.title());
    }
    list
}

/// The heading that a page begins with.
fn title(page: &Page) -> &'static str {
    let heading = page.markdown.lines().next().unwrap_or_default();
    heading.trim_start_matches("# ")
}

/// What there is to read: of the pages, those whose names end so.
fn contents(ending: &str) -> String {
    let mut contents = String::from(
        "# Sprechstunde\n\n\
         > An HTTP API to find, hold, book and manage counselling appointments across the organisations of a network, \
         for visitors who may stay anonymous.\n\n\
         ## Guide\n\n",
    );
    for page in PAGES {
        let (title, name, about) = (title(page), page.name, page.about);
        contents += &format!("- [{title}](/guide/{name}{ending}): {about}\n");
    }
    contents
        + "\n## Reference\n\n\
           - [OpenAPI 3.1](/openapi.yaml): every operation, field and example\n\
           - [OpenAPI 3.0](/openapi-3.0.json): for generators that read nothing newer\n\
           - [OpenAPI 3.0, plain](/openapi-3.0-plain.json): for generators that know one answer of success and one name for JSON\n\
           - [Try it](/docs/): the same, to be tried out\n\
           - [Problems](/guide/problems): every code of a refusal, with what to do about it\n"
}

/// Where programs find what describes the API (RFC 9727).
fn catalogue() -> serde_json::Value {
    json!({"linkset": [{
        "anchor": "/v1",
        "service-desc": [
            {"href": "/openapi.yaml", "type": "application/yaml"},
            {"href": "/openapi.json", "type": "application/json"},
            {"href": "/openapi-3.0.json", "type": "application/json"},
            {"href": "/openapi-3.0-plain.json", "type": "application/json"},
        ],
        "service-doc": [
            {"href": "/guide", "type": "text/html"},
            {"href": "/docs/", "type": "text/html"},
            {"href": "/llms.txt", "type": "text/plain"},
        ],
        "status": [{"href": "/readyz", "type": "application/json"}],
    }]})
}

/// A page for people.
fn rendered(title: &str, markdown: &str) -> String {
    let mut content = String::new();
    html::push_html(
        &mut content,
        Parser::new_ext(markdown, Options::ENABLE_TABLES),
    );
    format!(
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{title} – Sprechstunde</title>
    <link rel="icon" href="/web/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/web/style.css">
    <link rel="alternate" type="text/markdown" href="/llms.txt">
  </head>
  <body>
    <header>
      <p class="brand">Sprechstunde</p>
      <nav aria-label="Guide"><a href="/guide">Guide</a> <a href="/docs/">Reference</a></nav>
    </header>
    <main class="guide">
{content}    </main>
  </body>
</html>
"#
    )
}
