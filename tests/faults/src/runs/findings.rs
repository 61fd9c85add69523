//! What a run has measured, and what it holds against the program.

use std::time::{Duration, Instant};

use crate::history::{Call, Knowledge, NoAnswer, Operation, Outcome, Result as Came};
use crate::stage::{Answered, LIVEZ, Observation};

/// Two seconds are promised; the rest is for a machine that is busy with the fault itself.
const LONGEST_ANSWER: Duration = Duration::from_millis(2500);
/// Promised of `/livez`, for 95 of a hundred answers. A program that was not optimised has more.
const LONGEST_LIVEZ: Duration =
    Duration::from_millis(if cfg!(debug_assertions) { 150 } else { 50 });
/// Asking, answering and hearing each wait for a machine that has other things to do.
const STEPS: u32 = 3;
const LONGEST_RECOVERY: Duration = Duration::from_secs(5);
/// What is worth reading.
const COMPLAINTS: usize = 20;

#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) complaints: Vec<String>,
    pub(super) withheld: usize,
    pub(super) worst_answer: Duration,
    lives: Vec<Duration>,
    lateness: Vec<Duration>,
    pub(super) worst_recovery: Duration,
    /// Writes whose outcome was unknown to the client, and how many of them it learned later.
    pub(super) unknown: usize,
    pub(super) settled: usize,
}

impl Findings {
    pub(super) fn complain(&mut self, about: String) {
        if self.complaints.len() < COMPLAINTS {
            self.complaints.push(about);
        } else {
            self.withheld += 1;
        }
    }

    /// How long after everything was right again the program was well, if ever.
    pub(super) fn recovered(&mut self, after: Option<Duration>) {
        let took = after.unwrap_or(Duration::MAX);
        self.worst_recovery = self.worst_recovery.max(took);
        if took > LONGEST_RECOVERY {
            self.complain(format!("not back to normal within 5 s: {after:?}"));
        }
    }

    /// Judges what the watch has seen. Where the program itself dies, nobody answers.
    pub(super) fn judge(&mut self, seen: &[Observation], started: Instant, may_die: bool) {
        for observation in seen {
            let at = observation.begun.duration_since(started);
            let about = format!("{} at {at:.1?}", observation.path);
            match &observation.answered {
                Answered::Wrongly(answer) => self.complain(format!("{about}: {answer}")),
                Answered::Nobody(error) if !may_die => self.complain(format!("{about}: {error}")),
                Answered::Unavailable if observation.path == LIVEZ => {
                    self.complain(format!("{about}: 503"));
                }
                Answered::Nobody(_) => continue,
                Answered::Well | Answered::Unavailable => {}
            }
            if observation.path == LIVEZ {
                self.lives.push(observation.took);
                self.lateness.push(observation.late);
            } else {
                self.answered_after(observation.took, &about);
            }
        }
    }

    /// Judges all answers of `/livez` together; answers the worst, and the worst but for the
    /// slowest twentieth.
    pub(super) fn judge_livez(&mut self) -> (Duration, Duration) {
        let (usual, worst) = usual_and_worst(&mut self.lives);
        let (late, _) = usual_and_worst(&mut self.lateness);
        if usual > LONGEST_LIVEZ + late * STEPS {
            self.complain(format!(
                "of a hundred answers of {LIVEZ}, five took {usual:.0?} or longer, on a machine \
                 that is {late:.0?} late"
            ));
        }
        (worst, usual)
    }

    fn answered_after(&mut self, took: Duration, about: &str) {
        self.worst_answer = self.worst_answer.max(took);
        if took > LONGEST_ANSWER {
            self.complain(format!("{about} was answered after {took:.1?}"));
        }
    }

    /// Judges what the callers of the workload met.
    pub(super) fn judge_calls(&mut self, calls: &[(Call, Option<Outcome>)], may_die: bool) {
        for (call, outcome) in calls {
            let Some(outcome) = outcome else { continue };
            let about = format!(
                "client {}, call {} ({:?} at {:.1} s)",
                call.client,
                call.sequence,
                call.operation,
                Duration::from_micros(call.at.micros).as_secs_f32()
            );
            match &outcome.result {
                Came::Answer {
                    status, problem, ..
                } if *status >= 500 && *status != 503 => {
                    self.complain(format!("{about}: {status} {problem:?}"));
                }
                Came::NoAnswer { how, error } if !may_die || *how == NoAnswer::TimedOut => {
                    self.complain(format!("{about}: {how:?}: {error}"));
                }
                Came::NoAnswer { .. } => continue,
                Came::Answer { .. } => {}
            }
            // Whoever signs in waits for others who do: hashing takes turns.
            if call.operation != Operation::SignIn {
                self.answered_after(outcome.took, &about);
            }
        }
        self.count_unknown(calls);
    }

    fn count_unknown(&mut self, calls: &[(Call, Option<Outcome>)]) {
        let known = |outcome: &Option<Outcome>| {
            let knowledge = outcome.as_ref().map(|it| it.result.knowledge());
            knowledge.unwrap_or(Knowledge::Unknown)
        };
        let writes = calls
            .iter()
            .filter(|(call, _)| call.idempotency_key.is_some());
        let mut intents = std::collections::BTreeMap::new();
        for (call, outcome) in writes {
            let attempts: &mut Vec<_> = intents.entry(call.intent).or_default();
            attempts.push((call.attempt, known(outcome) == Knowledge::Unknown));
        }
        for attempts in intents.values_mut() {
            attempts.sort_unstable();
            if attempts.iter().any(|(_, unknown)| *unknown) {
                self.unknown += 1;
                self.settled += usize::from(attempts.last().is_some_and(|(_, unknown)| !unknown));
            }
        }
    }
}

fn usual_and_worst(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let usual = times.get(times.len().saturating_sub(1) * 95 / 100);
    (
        usual.copied().unwrap_or_default(),
        times.last().copied().unwrap_or_default(),
    )
}
