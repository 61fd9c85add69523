//! Who is signed in.

use std::io::{self, IsTerminal};

use sprechstunde_client::{Client, Error, Session, Tokens};

use super::{Desk, Failure, now};

impl Desk {
    pub async fn sign_in(&self, email: &str) -> Result<String, Failure> {
        let password = match std::env::var("SPRECHSTUNDE_PASSWORD") {
            Ok(password) => password,
            Err(_) => self.asked()?,
        };
        let mut session = Session::open(&self.session)?;
        let client = Client::new(&self.url)?;
        let tokens = client.sign_in(email, &password).await?;
        session.write(Some(&tokens))?;
        Ok(format!(
            "{} {email}\n",
            self.say("Angemeldet:", "Signed in:")
        ))
    }

    /// A line of the input: without a terminal, or where nobody looks over the shoulder.
    fn asked(&self) -> Result<String, Failure> {
        if io::stdin().is_terminal() {
            let hint = self.say(
                "Kennwort in SPRECHSTUNDE_PASSWORD setzen, oder über die Eingabe geben: `sign-in … < Datei`.",
                "Set SPRECHSTUNDE_PASSWORD, or give the password as input: `sign-in … < file`.",
            );
            return Err(Failure::Told(hint));
        }
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    pub async fn sign_out(&self) -> Result<String, Failure> {
        let mut session = Session::open(&self.session)?;
        if let Some(tokens) = session.read()? {
            session.write(None)?;
            Client::new(&tokens.url)?.sign_out(&tokens).await?;
        }
        Ok(format!("{}\n", self.say("Abgemeldet.", "Signed out.")))
    }

    /// A client for whoever is signed in; renews what is not good any more.
    pub(super) async fn client(&self) -> Result<Client, Failure> {
        let mut session = Session::open(&self.session)?;
        let nobody = self.say(
            "Niemand ist angemeldet: `sign-in` und die E-Mail-Adresse.",
            "Nobody is signed in: `sign-in` and the e-mail address.",
        );
        let tokens = session.read()?.filter(|tokens| tokens.url == self.url);
        let tokens = tokens.ok_or(Failure::Told(nobody))?;
        let tokens = self.good(&mut session, tokens).await?;
        Ok(Client::new(&self.url)?.with_token(tokens.access_token))
    }

    async fn good(&self, session: &mut Session, tokens: Tokens) -> Result<Tokens, Failure> {
        if tokens.is_good(now().to_utc()) {
            return Ok(tokens);
        }
        match Client::new(&self.url)?.renew(&tokens).await {
            Ok(renewed) => {
                session.write(Some(&renewed))?;
                Ok(renewed)
            }
            Err(error @ Error::Refused(_)) => {
                session.write(None)?;
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}
