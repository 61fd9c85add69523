//! The table of contents: one line for each operation. Registering it documents it.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{operation, problems, sites};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        // directory
        .service(sites::list_sites)
        .service(sites::get_site)
        // setting up
        .service(sites::create_site)
        .service(sites::update_site)
        .service(sites::archive_site)
        // problems
        .service(problems::catalogue::list_problems)
        .service(problems::catalogue::get_problem)
        // operation
        .service(operation::is_alive)
        .service(operation::is_ready)
        .service(operation::openapi_yaml)
        .service(operation::openapi_json);
}
