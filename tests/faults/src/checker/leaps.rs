use chrono::TimeDelta;

/// Which time the program believed it was: by how much it was wrong, since which micros of the
/// workload.
#[derive(Debug, Clone, Default)]
pub struct Leaps(Vec<(u64, TimeDelta)>);

/// A clock that is set is read a little later.
const SLACK_MICROS: u64 = 1_000_000;

impl Leaps {
    /// From here on the clock is wrong by so much.
    pub fn set(&mut self, micros: u64, wrong_by: TimeDelta) {
        self.0.push((micros, wrong_by));
    }

    /// Whether the program always knew what time it was.
    pub(crate) const fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// How far ahead the clock was at most, in that time.
    pub(crate) fn furthest(&self, from: u64, until: u64) -> TimeDelta {
        let ends = self.0.iter().skip(1).map(|(since, _)| *since);
        let spans = self.0.iter().zip(ends.chain([u64::MAX]));
        let in_force = spans.filter(|((since, _), end)| {
            *since <= until && end.saturating_add(SLACK_MICROS) >= from
        });
        let ahead = in_force.map(|((_, wrong_by), _)| *wrong_by);
        ahead.max().unwrap_or_default().max(TimeDelta::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_in_force_at_the_time_counts() {
        let hour = TimeDelta::hours(1);
        let second = |count: u64| count * 1_000_000;
        let mut leaps = Leaps::default();
        assert_eq!(leaps.furthest(0, second(9)), TimeDelta::zero());
        leaps.set(second(10), hour);
        leaps.set(second(20), -hour);
        leaps.set(second(30), TimeDelta::zero());
        for (from, until, furthest) in [
            (0, 9, TimeDelta::zero()),
            (9, 11, hour),
            (12, 13, hour),
            (21, 22, hour),
            (23, 29, TimeDelta::zero()),
            (33, 40, TimeDelta::zero()),
        ] {
            let found = leaps.furthest(second(from), second(until));
            assert_eq!(found, furthest, "{from} to {until}");
        }
    }
}
