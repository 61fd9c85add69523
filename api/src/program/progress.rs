//! How far a command is, on the terminal of whoever waits for it; nothing where there is none.

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "{bar:40} {human_pos} of {human_len} {msg}, {eta} left";

pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Of things that are called so.
    pub(super) fn new(of: &'static str) -> Self {
        let style = ProgressStyle::with_template(TEMPLATE);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(0).with_style(style).with_message(of))
    }

    pub(super) fn tell(&mut self, done: u64, all: u64) {
        self.0.set_length(all);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    /// Whatever is printed next begins on a line of its own.
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
