//! How pgbench chooses what a transaction is about: the same arithmetic as [`crate::network`], in
//! its own language, and in SQL where it is bound to a statement.

mod besides;
mod waiting;

use chrono::{DateTime, TimeDelta, Utc};

use crate::besides::{BESIDES, Beside};
use crate::network::{
    COUNSELLORS, Kind, Network, SCATTER, SERVICES, SESSIONS, SLOTS, WEEKS_EACH_WAY,
};
use crate::subjects::{CLAIM, DAYS, LANGUAGES, LAST_WEEK, LENGTH, Subject, TOPICS, World};

/// What a subject looks like in statements.
#[derive(Debug, Default)]
pub struct Shape {
    /// Lines that choose a subject.
    pub lines: String,
    /// Kind and number of ids that may occur, and the variable that holds the number.
    pub numbers: Vec<(u32, u64, &'static str)>,
    pub instants: Vec<(DateTime<Utc>, String)>,
    pub texts: Vec<(String, String)>,
    /// Hashes of secrets.
    pub hashes: Vec<([u8; 32], &'static str)>,
}

impl Shape {
    #[must_use]
    pub fn of(world: &World, subject: Subject) -> Self {
        let network = &world.network;
        match subject {
            Subject::Anything => Self::default(),
            Subject::Booked(slot) => Self {
                lines: booked(network),
                numbers: vec![
                    (Kind::Appointment as u32, slot.appointment(), "n"),
                    (Kind::Account as u32, slot.organisation(), "o"),
                    (Kind::Organisation as u32, slot.organisation(), "o"),
                ],
                ..Self::default()
            },
            Subject::Week { service, week } => {
                let from = world.week_starts(week);
                Self {
                    lines: format!(
                        "\\set v random(0, {})\n{WEEK}",
                        network.organisations() * SERVICES - 1
                    ),
                    numbers: vec![(Kind::Service as u32, service, "v")],
                    instants: week_from(from),
                    ..Self::default()
                }
            }
            Subject::DemandingWeek { organisation, week } => Self {
                lines: format!(
                    "\\set v {} + random(0, {}) * {BESIDES} + {}\n{WEEK}",
                    network.organisations() * SERVICES,
                    network.organisations() - 1,
                    Beside::Demanding as u64
                ),
                numbers: vec![(
                    Kind::Service as u32,
                    Beside::Demanding.service(network, organisation),
                    "v",
                )],
                instants: week_from(world.week_starts(week)),
                ..Self::default()
            },
            Subject::Place { seat, .. } => besides::place(world, seat),
            Subject::Series { first, .. } => besides::series(world, first),
            Subject::Dates { first } => besides::dates(world, first),
            Subject::Waiting { organisation } => waiting::entry(world, organisation),
            Subject::Offered(offer) => waiting::offer(world, offer),
            Subject::Offer { topic, language } => Self {
                lines: "\\set topic random(1, 3)\n\\set language random(1, 6)\n".to_owned(),
                texts: vec![
                    (TOPICS[topic].to_owned(), chosen(&TOPICS, "topic")),
                    (
                        LANGUAGES[language].to_owned(),
                        chosen(&LANGUAGES, "language"),
                    ),
                ],
                ..Self::default()
            },
            Subject::Day { organisation, day } => Self {
                lines: format!(
                    "\\set o random(0, {})\n\\set day random(0, {})\n",
                    network.organisations() - 1,
                    DAYS - 1
                ),
                numbers: vec![
                    (Kind::Account as u32, organisation, "o"),
                    (Kind::Organisation as u32, organisation, "o"),
                ],
                instants: vec![
                    (world.day_starts(day), midnight(0)),
                    (world.day_starts(day + 1), midnight(1)),
                ],
                ..Self::default()
            },
            Subject::Free { slot, .. } => {
                let starts_at = network.starts_at(slot);
                Self {
                    lines: free(world),
                    numbers: vec![
                        (Kind::Organisation as u32, slot.organisation(), "o"),
                        (Kind::Site as u32, slot.organisation(), "o"),
                        (Kind::Service as u32, slot.service(), "v"),
                        (Kind::Counsellor as u32, slot.counsellor, "c"),
                        (
                            Kind::Session as u32,
                            slot.counsellor * SESSIONS + slot.session,
                            "s",
                        ),
                    ],
                    instants: vec![
                        (starts_at, start(0, 0)),
                        (starts_at + LENGTH, start(0, LENGTH.num_minutes())),
                        (starts_at + CLAIM, start(0, CLAIM.num_minutes())),
                    ],
                    ..Self::default()
                }
            }
        }
    }
}

/// How far back the program looks for sessions that are still open: the longest on the longest day.
const LONGEST_SESSION: TimeDelta = domain::calendar::LONGEST_SESSION;

/// A week that is to come.
const WEEK: &str = "\\set day (52 + random(1, 50)) * 7\n";
const _: () = assert!(WEEKS_EACH_WAY == 52 && LAST_WEEK == 50, "as in `WEEK`");

fn week_from(from: DateTime<Utc>) -> Vec<(DateTime<Utc>, String)> {
    vec![
        (from, midnight(0)),
        (from + TimeDelta::weeks(1), midnight(7)),
        (
            from - LONGEST_SESSION,
            format!("({} - interval '25 hours')", midnight(0)),
        ),
    ]
}

fn booked(network: &Network) -> String {
    format!(
        "\\set c random(0, {})
\\set j random(0, {})
\\set first (5 - (:c * 7 + :j * 3) % 5) * 3 % 5
\\set k case when :first < {SLOTS} then :first else (:first + 3) % 5 end
\\set n (:c * {SESSIONS} + :j) * {SLOTS} + :k
\\set o :c / {COUNSELLORS}
",
        network.counsellors() - 1,
        SESSIONS - 1
    )
}

/// Every client counts its own transactions, and takes every so-manyth slot from the first on.
fn free(world: &World) -> String {
    let counsellors = world.network.counsellors();
    let sessions = world.network.bookable_sessions(world.today);
    let many = sessions.end - sessions.start;
    format!(
        "\\set i :i + 1
\\set u :base + (:i - 1) * :clients + :client_id
\\set c :u * {SCATTER} % {counsellors}
\\set turn :u / {counsellors}
\\set j {} + :turn % {many}
\\set p (7 - (:c * 7 + :j * 3) % 5) * 3 % 5
\\set q (:p + 3) % 5
\\set r (:q + 3) % 5
\\set first case when :p < {SLOTS} then :p else :q end
\\set second case when :p = {SLOTS} or :q = {SLOTS} then :r else :q end
\\set k case when :turn / {many} = 0 then :first else :second end
\\set s :c * {SESSIONS} + :j
\\set o :c / {COUNSELLORS}
\\set v :o * {SERVICES} + :c % {COUNSELLORS} / 4
\\set day :j / 3 * 7 + (:c + :j % 3 * 2) % 5
\\set hour 8 + (:c * 5 + :j % 3) % 7
",
        sessions.start
    )
}

/// So many days and minutes after the start of the chosen slot.
fn start(days: u64, minutes: i64) -> String {
    format!(
        "((:monday::timestamp + make_interval(days => :day::int + {days}, hours => :hour::int)) AT TIME ZONE 'Europe/Berlin' \
         + make_interval(mins => :k::int * 60 + {minutes}))"
    )
}

/// So many days after the chosen day began.
fn midnight(days: u32) -> String {
    format!("((:monday::timestamp + make_interval(days => :day::int + {days})) AT TIME ZONE 'UTC')")
}

fn chosen(texts: &[&str], variable: &str) -> String {
    format!("('{{{}}}'::text[])[:{variable}::int]", texts.join(","))
}
