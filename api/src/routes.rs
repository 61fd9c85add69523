//! The table of contents: one line for each operation. Registering it documents it.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{appointments, holds, operation, problems, sites, slots};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        // directory
        .service(sites::list_sites)
        .service(sites::get_site)
        // booking
        .service(slots::list_slots)
        .service(holds::create_hold)
        .service(holds::release_hold)
        .service(appointments::book_appointment)
        .service(appointments::find_appointment)
        .service(appointments::get_appointment)
        .service(appointments::get_appointment_calendar)
        .service(appointments::cancel_appointment)
        .service(appointments::reschedule_appointment)
        // the day
        .service(appointments::list_appointments)
        .service(appointments::check_in_appointment)
        .service(appointments::complete_appointment)
        .service(appointments::mark_appointment_no_show)
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
