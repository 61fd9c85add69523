use std::collections::HashMap;

use sprechstunde_client::{Client, Error, Service};
use uuid::Uuid;

use crate::words::Language;

/// What things are called.
pub(super) struct Names {
    services: Vec<Service>,
    counsellors: HashMap<Uuid, String>,
}

impl Names {
    pub(super) async fn load(client: &Client) -> Result<Self, Error> {
        let counsellors = client.counsellors().await?.into_iter();
        Ok(Self {
            services: client.services().await?,
            counsellors: counsellors.map(|one| (one.id, one.display_name)).collect(),
        })
    }

    pub(super) fn counsellor(&self, id: Uuid) -> String {
        self.counsellors.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn service(&self, id: Uuid, language: Language) -> String {
        let service = self.services.iter().find(|service| service.id == id);
        let name = service.map(|service| service.name.in_language(language.tag()));
        name.unwrap_or_default().to_owned()
    }
}
