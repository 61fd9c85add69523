//! Somebody who keeps asking, and writes down how long each answer took.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Client, Response};
use tokio::task::JoinSet;

pub const LIVEZ: &str = "/livez";

/// What asks the data base: alone, for the public without and with what is booked.
const QUESTIONS: [&str; 3] = [
    "/readyz",
    "/v1/organisations?limit=1",
    "/v1/slots?topic=psychosocial&limit=1",
];

/// So many good answers in a row to each question are taken for health.
const STREAK: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Well,
    /// 503 as a problem document that says when to come again.
    Unavailable,
    /// What nobody should be told.
    Wrongly(String),
    /// Nobody listened, or hung up.
    Nobody(String),
}

#[derive(Debug, Clone)]
pub struct Observation {
    pub path: &'static str,
    pub begun: Instant,
    pub took: Duration,
    /// How much later than it wanted the watch itself was woken: what the machine adds to every
    /// step that it is asked for.
    pub late: Duration,
    pub answered: Answered,
}

const PAUSE: Duration = Duration::from_millis(25);

type Book = Arc<Mutex<Vec<Observation>>>;

/// Asks until it is dropped.
#[derive(Debug)]
pub struct Watch {
    book: Book,
    _askers: JoinSet<()>,
}

impl Watch {
    #[must_use]
    pub fn start(base_url: &str) -> Self {
        let book = Book::default();
        let mut askers = JoinSet::new();
        askers.spawn(ask(base_url.to_owned(), LIVEZ, Arc::clone(&book)));
        for path in QUESTIONS {
            askers.spawn(ask(base_url.to_owned(), path, Arc::clone(&book)));
        }
        Self {
            book,
            _askers: askers,
        }
    }

    #[must_use]
    pub fn observations(&self) -> Vec<Observation> {
        self.book.lock().expect("the book").clone()
    }

    /// Waits until everything is answered well again that was asked after that moment. Answers
    /// after how long that began, or nothing when it takes longer than anybody waits.
    pub async fn health_after(&self, moment: Instant) -> Option<Duration> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            let book = self.observations();
            let begun: Vec<_> = QUESTIONS
                .iter()
                .filter_map(|path| streak(&book, path, moment))
                .collect();
            if begun.len() == QUESTIONS.len() {
                return begun.into_iter().max();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }
}

/// How long after the moment the good answers began that have not ended since.
fn streak(book: &[Observation], path: &str, moment: Instant) -> Option<Duration> {
    let asked = book
        .iter()
        .filter(|it| it.path == path && it.begun >= moment);
    let good: Vec<_> = asked
        .rev()
        .take_while(|it| it.answered == Answered::Well)
        .collect();
    let first = good.last().filter(|_| good.len() >= STREAK)?;
    Some(first.begun.duration_since(moment))
}

async fn ask(base_url: String, path: &'static str, book: Book) {
    let client = Client::new();
    let url = format!("{base_url}{path}");
    loop {
        let wanted = Instant::now() + PAUSE;
        tokio::time::sleep(PAUSE).await;
        let begun = Instant::now();
        let answer = client.get(&url).timeout(Duration::from_secs(20)).send();
        let answered = match answer.await {
            Ok(response) => judge(response).await,
            Err(error) => Answered::Nobody(format!("{error:?}")),
        };
        let observation = Observation {
            path,
            begun,
            took: begun.elapsed(),
            late: begun - wanted,
            answered,
        };
        book.lock().expect("the book").push(observation);
    }
}

async fn judge(response: Response) -> Answered {
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|it| it.to_str().ok());
    let is_problem = header("content-type") == Some("application/problem+json");
    let comes_again = header("retry-after").is_some_and(|it| it.parse::<u32>().is_ok());
    match response.text().await {
        Err(error) => Answered::Nobody(format!("{error:?}")),
        Ok(_) if status.is_success() => Answered::Well,
        Ok(_) if status.as_u16() == 503 && is_problem && comes_again => Answered::Unavailable,
        Ok(text) => Answered::Wrongly(format!("{status}: {text}")),
    }
}
