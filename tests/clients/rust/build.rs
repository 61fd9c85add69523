//! Writes the client from the plain specification, which `sprechstunde openapi` prints.

use std::error::Error;
use std::path::PathBuf;

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

const SPECIFICATION: &str = "../generated/openapi-3.0-plain.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={SPECIFICATION}");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(SPECIFICATION)?)?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    // What a patch leaves out and what it removes would both be `None`: a patch stays JSON.
    let schemas = document["components"]["schemas"].as_object();
    for (name, _) in schemas.into_iter().flatten() {
        if name.ends_with("Patch") {
            settings.with_replacement(name, "serde_json::Value", std::iter::empty());
        }
    }
    let document = serde_json::from_value(document)?;
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let client = PathBuf::from(std::env::var("OUT_DIR")?).join("client.rs");
    std::fs::write(client, prettyplease::unparse(&syn::parse2(tokens)?))?;
    Ok(())
}
