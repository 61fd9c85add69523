//! The wire protocol of Postgres, as far as telling one message from the next.

/// Stands for the letter that the first message of a program lacks.
pub const GREETING: u8 = 0;

/// Cuts a stream of bytes into messages: a letter, a length in four bytes, a body.
#[derive(Debug)]
pub struct Messages {
    pending: Vec<u8>,
    greeting: bool,
}

impl Messages {
    #[must_use]
    pub const fn from_program() -> Self {
        Self::new(true)
    }

    #[must_use]
    pub const fn from_postgres() -> Self {
        Self::new(false)
    }

    const fn new(greeting: bool) -> Self {
        Self {
            pending: Vec::new(),
            greeting,
        }
    }

    /// Tells letter and body of every message that is whole with these bytes.
    pub fn each(&mut self, bytes: &[u8], mut message: impl FnMut(u8, &[u8])) {
        self.pending.extend_from_slice(bytes);
        loop {
            let letter = usize::from(!self.greeting);
            let Some(length) = self.pending.get(letter..letter + 4) else {
                return;
            };
            let length = u32::from_be_bytes(length.try_into().expect("four bytes"));
            let end = letter + usize::try_from(length).expect("a length");
            if self.pending.len() < end {
                return;
            }
            let whole: Vec<u8> = self.pending.drain(..end).collect();
            let kind = if self.greeting { GREETING } else { whole[0] };
            self.greeting = false;
            message(kind, &whole[letter + 4..]);
        }
    }
}
