//! What is asked of the program.

use crate::subjects::{Random, Subject, World, offer};

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
}

impl Call {
    /// Those that change something come last; cancelling needs what booking has booked.
    pub const ALL: [Self; 9] = [
        Self::Ceiling,
        Self::Read,
        Self::Week,
        Self::Region,
        Self::Directory,
        Self::Day,
        Self::Book,
        Self::HoldAndBook,
        Self::Cancel,
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

    /// Whether it uses a free slot up.
    #[must_use]
    pub const fn takes_slots(self) -> bool {
        matches!(self, Self::Book | Self::HoldAndBook)
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
        })
    }
}
