//! What is asked of the program.

use crate::subjects::{Random, Stock, Subject, World, offer};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// A route that does nothing, in a program of its own.
    Ceiling,
    Read,
    Week,
    Region,
    Directory,
    Day,
    Book,
    HoldAndBook,
    /// Of what [`Call::Book`] has booked.
    Cancel,
    DemandingWeek,
    PreviewSeries,
    BookPlace,
    BookSeries,
    Join,
    Accept,
    Leave,
}

impl Call {
    /// Those that change something come last, of talks and of what is beside them; cancelling needs
    /// what booking has booked.
    pub const ALL: [Self; 16] = [
        Self::Ceiling,
        Self::Read,
        Self::Week,
        Self::Region,
        Self::Directory,
        Self::Day,
        Self::Book,
        Self::HoldAndBook,
        Self::Cancel,
        Self::DemandingWeek,
        Self::PreviewSeries,
        Self::BookPlace,
        Self::BookSeries,
        Self::Join,
        Self::Accept,
        Self::Leave,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ceiling => "bare route",
            Self::Read => "read an appointment",
            Self::Week => "a service's week",
            Self::Region => "next 20 of a topic",
            Self::Directory => "directory",
            Self::Day => "coordinator's day",
            Self::Book => "book",
            Self::HoldAndBook => "hold, then book",
            Self::Cancel => "cancel",
            Self::DemandingWeek => "a week with needs",
            Self::PreviewSeries => "preview a series of six",
            Self::BookPlace => "book a place of a group",
            Self::BookSeries => "book a series of six",
            Self::Join => "join a waiting list",
            Self::Accept => "accept an offer",
            Self::Leave => "leave with an offer",
        }
    }

    /// The call of that name.
    pub fn named(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join("”, “");
        Self::ALL
            .into_iter()
            .find(|call| call.name() == name)
            .ok_or_else(|| format!("no call has that name; these do: “{names}”"))
    }

    /// What it uses up.
    #[must_use]
    pub const fn takes(self) -> Option<Stock> {
        match self {
            Self::Book | Self::HoldAndBook => Some(Stock::Slots),
            Self::BookPlace => Some(Stock::Places),
            Self::BookSeries => Some(Stock::Series),
            Self::Join => Some(Stock::Entries),
            Self::Accept | Self::Leave => Some(Stock::Offers),
            _ => None,
        }
    }

    /// What it is about; `None` when nothing is left.
    pub fn subject(self, world: &World, random: &mut Random) -> Option<Subject> {
        Some(match self {
            Self::Ceiling | Self::Region | Self::Cancel => Subject::Anything,
            Self::Read => world.booked_slot(random),
            Self::Week => world.week(random),
            Self::Directory => offer(random),
            Self::Day => world.day(random),
            Self::Book | Self::HoldAndBook => world.free()?,
            Self::DemandingWeek => world.demanding_week(random),
            Self::PreviewSeries => world.some_series(random)?,
            Self::BookPlace => world.free_place()?,
            Self::BookSeries => world.free_series()?,
            Self::Join => world.new_entry()?,
            Self::Accept | Self::Leave => world.open_offer()?,
        })
    }
}
