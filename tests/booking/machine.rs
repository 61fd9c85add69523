//! Random histories against a simple model: whatever is held, booked, moved, given up, booked as a
//! series and asked at once, the program answers as some order of the requests allows, and offers what
//! the model says is free; to whom of those who wait, too.
//!
//! `MACHINE_CASES` makes it longer. A failure prints its shortest history.

mod model;
mod waiting;

use std::sync::OnceLock;

use api::waitlist::offering::offer_all;
use chrono::{Days, NaiveTime, SecondsFormat, TimeDelta};
use chrono_tz::Europe::Berlin;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::Value;
use tests::crowd::at_once;
use tests::fixtures::Talks;
use tests::{Answer, Server, invariants};
use tokio::runtime::Runtime;
use uuid::Uuid;

use model::{Model, SLOTS, WEEKS, Wish};

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    Alone(Wish),
    AtOnce(Vec<Wish>),
    /// So long that two of them outlive no hold, and three do.
    Wait,
    /// Somebody looks at who waits.
    Look,
}

const WAIT: TimeDelta = TimeDelta::minutes(4);

/// Any step can follow any other: what it is about is counted among what there is then.
#[derive(Debug)]
struct Histories;

impl ReferenceStateMachine for Histories {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        prop_oneof![
            6 => any_wish().prop_map(Step::Alone),
            4 => vec(any_wish(), 2..4).prop_map(Step::AtOnce),
            1 => Just(Step::Wait),
            3 => Just(Step::Look),
        ]
        .boxed()
    }

    fn apply((): (), _: &Step) {}
}

/// Of few slots, so that they are wanted often.
fn any_wish() -> impl Strategy<Value = Wish> {
    let slot = || 0..SLOTS * WEEKS;
    let any = || 0..8_usize;
    prop_oneof![
        3 => slot().prop_map(Wish::Book),
        2 => slot().prop_map(Wish::Hold),
        2 => any().prop_map(Wish::Redeem),
        1 => any().prop_map(Wish::Release),
        3 => (any(), slot()).prop_map(|(which, slot)| Wish::Move(which, slot)),
        2 => any().prop_map(Wish::Cancel),
        2 => (0..SLOTS, 2..=WEEKS).prop_map(|(slot, count)| Wish::Series(slot, count)),
        1 => any().prop_map(Wish::CancelSeries),
        2 => Just(Wish::Join),
        2 => any().prop_map(Wish::Accept),
        1 => any().prop_map(Wish::Decline),
        1 => any().prop_map(Wish::Leave),
    ]
}

/// An organisation of its own for each history, in one program.
#[derive(Debug)]
struct Run {
    talks: Talks,
    model: Model,
    history: Vec<String>,
}

/// The program, and what drives its callers.
fn program() -> &'static (Runtime, Server) {
    static PROGRAM: OnceLock<(Runtime, Server)> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let runtime = Runtime::new().expect("a runtime");
        let server = runtime.block_on(Server::start());
        (runtime, server)
    })
}

impl StateMachineTest for Run {
    type SystemUnderTest = Self;
    type Reference = Histories;

    fn init_test((): &()) -> Self {
        let (runtime, server) = program();
        runtime.block_on(Self::arrange(server))
    }

    fn apply(mut run: Self, (): &(), step: Step) -> Self {
        let (runtime, server) = program();
        runtime.block_on(run.take(server, step));
        run
    }

    fn check_invariants(run: &Self, (): &()) {
        let (runtime, server) = program();
        runtime.block_on(run.compare(server));
    }

    fn teardown(_: Self, (): ()) {
        let (runtime, server) = program();
        runtime.block_on(invariants::check(server));
    }
}

impl Run {
    /// Talks on the same day of some weeks, at the same local hours whatever the clocks do.
    async fn arrange(server: &Server) -> Self {
        let slug = format!("machine-{}", Uuid::new_v4());
        let talks = Talks::arrange(server, &slug).await;
        let mut sql = format!(
            "UPDATE sessions SET status = 'withdrawn' WHERE id = '{}';
             UPDATE services SET waitlist_offer_minutes = {} WHERE id = '{}';",
            talks.session,
            waiting::MINUTES,
            talks.service
        );
        let first = server.app.clock.now().with_timezone(&Berlin).date_naive() + Days::new(2);
        for week in 0..WEEKS {
            let day = first + Days::new(7 * u64::try_from(week).expect("a week"));
            let ten = day.and_time(NaiveTime::from_hms_opt(10, 0, 0).expect("ten"));
            let ten = ten.and_local_timezone(Berlin).single().expect("ten");
            let hours = TimeDelta::hours(i64::try_from(SLOTS).expect("hours"));
            let [from, before] = [ten, ten + hours].map(|at| at.to_rfc3339());
            let session = Uuid::now_v7();
            let (organisation, site) = (talks.people.organisation, talks.site);
            let (counsellor, service) = (talks.counsellor, talks.service);
            sql += &format!(
                "INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities,
                     opens_on_holidays, status)
                 VALUES ('{organisation}', '{session}', '{counsellor}', '{site}', '{from}', '{before}', '{{in_person}}',
                     true, 'published');
                 INSERT INTO session_services VALUES ('{organisation}', '{session}', '{service}', '{from}');"
            );
        }
        server.sql(&sql).await;
        let slots = offered(server, talks).await;
        assert_eq!(slots.len(), SLOTS * WEEKS, "{slots:?}");
        let day = first.format("%a").to_string().to_uppercase();
        Self {
            talks,
            model: Model::of(slots, day[..2].to_owned(), talks.service),
            history: Vec::new(),
        }
    }

    async fn take(&mut self, server: &Server, step: Step) {
        match step {
            Step::Wait => {
                server.app.clock.advance(WAIT);
                self.history
                    .push(format!("{} minutes pass", WAIT.num_minutes()));
            }
            Step::Look => self.look(server).await,
            Step::Alone(wish) => self.ask(server, vec![wish]).await,
            Step::AtOnce(wishes) => self.ask(server, wishes).await,
        }
    }

    /// Sends them at once, and looks for an order in which the model answers the same.
    async fn ask(&mut self, server: &Server, wishes: Vec<Wish>) {
        let possible = wishes.into_iter().filter(|wish| self.model.knows(wish));
        let wishes: Vec<Wish> = possible.collect();
        let requests = wishes.iter().map(|wish| self.model.request(server, wish));
        let calls = at_once(requests).await;
        let now = server.app.clock.now();
        let asked: Vec<_> = wishes
            .into_iter()
            .zip(calls.into_iter().map(|call| call.answer))
            .collect();
        let told = asked
            .iter()
            .map(|(wish, answer)| format!("{wish:?} → {}", answer.outcome()));
        self.history
            .push(told.collect::<Vec<_>>().join(", at once "));
        let explained = self.model.explained(&asked, now);
        assert!(
            explained.is_some(),
            "no order of these explains the last:\n{}",
            self.told()
        );
        self.model = explained.unwrap_or_default();
    }

    async fn look(&mut self, server: &Server) {
        offer_all(&server.app).await.expect("a look");
        let mut told = Vec::new();
        for entry in &self.model.entries {
            told.push(Answer::of(entry.seen(server)).await.expect(200));
        }
        self.history.push("somebody looks".to_owned());
        self.model.offer(&told, server.app.clock.now());
    }

    /// What is offered is what the model says is free.
    async fn compare(&self, server: &Server) {
        let offered = offered(server, self.talks).await;
        let offered: Vec<&Value> = offered.iter().map(|slot| &slot["id"]).collect();
        let free = self.model.free(server.app.clock.now());
        assert_eq!(offered, free, "offered and free after:\n{}", self.told());
    }

    fn told(&self) -> String {
        self.history.join("\n")
    }
}

/// In all of the weeks.
async fn offered(server: &Server, talks: Talks) -> Vec<Value> {
    let before = server.app.clock.now() + TimeDelta::days(30);
    let before = before.to_rfc3339_opts(SecondsFormat::Secs, true);
    let path = format!(
        "/v1/slots?service_id={}&limit=200&before={before}",
        talks.service
    );
    let page = server.get(&path).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

fn cases() -> u32 {
    let cases = std::env::var("MACHINE_CASES");
    cases.map_or(8, |cases| cases.parse().expect("a number of cases"))
}

prop_state_machine! {
    #![proptest_config(Config {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    })]

    #[test]
    fn every_history_has_an_order_that_explains_it(sequential 1..24 => Run);
}

/// The text in an answer.
fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
