use std::net::SocketAddr;
use std::path::Path;

use domain::code::Secret;

use crate::app::App;
use crate::demo::Loaded;

/// What the operator reads when the program is up.
pub(super) struct Greeting<'a> {
    pub(super) app: &'a App,
    pub(super) address: SocketAddr,
    pub(super) folder: Option<&'a Path>,
    pub(super) setup_token: Option<Secret>,
    pub(super) demo: Option<Loaded>,
}

impl Greeting<'_> {
    #[expect(clippy::print_stdout, reason = "the operator reads it")]
    pub(super) fn print(&self) {
        let url = &self.app.base_url;
        println!("Sprechstunde listens on http://{}", self.address);
        println!("  pages     {url}/ for visitors, {url}/day for staff");
        println!("  docs      {url}/docs/");
        if let Some(folder) = self.folder {
            println!("  data      {}", folder.display());
        }
        if let Some(token) = &self.setup_token {
            println!(
                "  set-up    POST {url}/v1/auth/setup makes the first account, once, with the token {}",
                token.reveal()
            );
        }
        if let Some(demo) = &self.demo {
            println!(
                "  demo      sign in as {} with the password {}",
                demo.coordinator(),
                demo.password()
            );
            println!();
            println!("curl '{url}/v1/slots?topic=psychosocial&limit=3'");
            println!("curl '{url}/v1/services?topic=psychosocial'");
            println!(
                "curl '{url}/v1/auth/token' -H 'Content-Type: application/json' \\\n     -d '{{\"email\": \"{}\", \"password\": \"{}\"}}'",
                demo.coordinator(),
                demo.password()
            );
        }
    }
}
