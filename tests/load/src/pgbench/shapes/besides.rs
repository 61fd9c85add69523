//! Places of groups, and series: see [`crate::besides`].

use super::{Shape, start};
use crate::besides::{BESIDES, Beside, DATES, First, RULES, Seat, rule};
use crate::network::{COUNSELLORS, Kind, SCATTER, SERVICES, SESSIONS, SLOTS};
use crate::subjects::{CLAIM, GROUP, LENGTH, Stock, World};

pub(super) fn place(world: &World, seat: Seat) -> Shape {
    let network = &world.network;
    let weeks = network.weeks_to_come(world.today);
    let slot = Beside::Group.slot(network, seat.organisation, seat.session, 0);
    let starts_at = network.starts_at(slot);
    let lines = format!(
        "\\set turn :t / {organisations}
\\set j {first} + :turn % {weeks} * 3
\\set k 0
",
        organisations = network.organisations(),
        first = network.bookable_sessions(world.today).start,
    );
    Shape {
        lines: next(world, Stock::Places) + &lines + &chosen(world, Beside::Group),
        numbers: numbers(world, Beside::Group, seat.organisation, seat.session, 1),
        instants: vec![
            (starts_at, start(0, 0)),
            (starts_at + GROUP, start(0, GROUP.num_minutes())),
        ],
        ..Shape::default()
    }
}

pub(super) fn series(world: &World, first: First) -> Shape {
    six(world, first, next(world, Stock::Series))
}

/// One of the last quarter, which nobody books.
pub(super) fn dates(world: &World, first: First) -> Shape {
    let all = world.network.free_series(world.today);
    let t = format!("\\set t random({}, {})\n", all - (all / 4).max(1), all - 1);
    six(world, first, t + &of_turn(world, Stock::Series))
}

fn six(world: &World, first: First, begin: String) -> Shape {
    let network = &world.network;
    let blocks = network.weeks_to_come(world.today) / DATES;
    let lines = format!(
        "\\set turn :t / {organisations}
\\set rest :turn / {blocks}
\\set j {begin} + :turn % {blocks} * {block} + :rest % 3
\\set k :rest / 3 % {SLOTS}
",
        organisations = network.organisations(),
        begin = network.bookable_sessions(world.today).start,
        block = DATES * 3,
    );
    let days: String = (1..DATES)
        .map(|week| format!("\\set s{week} :s + {}\n", week * 3))
        .collect();
    let (organisation, session) = (first.organisation, first.session);
    let slot = |week| Beside::Regular.slot(network, organisation, session + week * 3, first.place);
    let instants = (0..DATES).flat_map(|week| {
        let starts_at = network.starts_at(slot(week));
        let after = |minutes| start(week * 7, minutes);
        [
            (starts_at, after(0)),
            (starts_at + LENGTH, after(LENGTH.num_minutes())),
            (starts_at + CLAIM, after(CLAIM.num_minutes())),
        ]
    });
    Shape {
        lines: begin + &lines + &chosen(world, Beside::Regular) + &days,
        numbers: numbers(world, Beside::Regular, organisation, session, DATES),
        instants: instants.collect(),
        texts: vec![(rule(slot(0)).to_owned(), super::chosen(&RULES, "weekday"))],
        ..Shape::default()
    }
}

/// Every client takes every so-manyth number, from the first on that it may take; it makes ids of a
/// larger one.
pub(super) fn next(world: &World, stock: Stock) -> String {
    let turn = "\\set i :i + 1\n\\set t :base + (:i - 1) * :clients + :client_id\n";
    turn.to_owned() + &of_turn(world, stock)
}

fn of_turn(world: &World, stock: Stock) -> String {
    let offset = stock.offset();
    format!(
        "\\set u {offset} + :t
\\set o :t * {SCATTER} % {organisations}
",
        organisations = world.network.organisations()
    )
}

/// Who is chosen with organisation, session and place, and when.
pub(super) fn chosen(world: &World, beside: Beside) -> String {
    let organisations = world.network.organisations();
    format!(
        "\\set c {counsellors} + :o * {BESIDES} + {place}
\\set v {services} + :o * {BESIDES} + {place}
\\set s :c * {SESSIONS} + :j
\\set day :j / 3 * 7 + (:c + :j % 3 * 2) % 5
\\set hour 8 + (:c * 5 + :j % 3) % 7
\\set weekday (:c + :j % 3 * 2) % 5 + 1
",
        counsellors = organisations * COUNSELLORS,
        services = organisations * SERVICES,
        place = beside as u64,
    )
}

pub(super) fn numbers(
    world: &World,
    beside: Beside,
    organisation: u64,
    session: u64,
    weeks: u64,
) -> Vec<(u32, u64, &'static str)> {
    let network = &world.network;
    let mut numbers = vec![
        (Kind::Organisation as u32, organisation, "o"),
        (Kind::Site as u32, organisation, "o"),
        (
            Kind::Service as u32,
            beside.service(network, organisation),
            "v",
        ),
        (
            Kind::Counsellor as u32,
            beside.counsellor(network, organisation),
            "c",
        ),
    ];
    for (week, variable) in (0..weeks).zip(["s", "s1", "s2", "s3", "s4", "s5"]) {
        let session = beside.session(network, organisation, session + week * 3);
        numbers.push((Kind::Session as u32, session, variable));
    }
    numbers
}
