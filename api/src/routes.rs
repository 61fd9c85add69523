//! The table of contents: one line for each operation. Registering it documents it.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{accounts, appointments, auth, holds, invitations, operation, problems, sites, slots};

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
        // signing in
        .service(auth::set_up)
        .service(auth::create_token)
        .service(auth::refresh_token)
        .service(auth::revoke_token)
        .service(auth::get_me)
        .service(auth::get_jwks)
        .service(accounts::list_accounts)
        .service(accounts::update_account)
        .service(accounts::remove_account)
        .service(invitations::list_invitations)
        .service(invitations::create_invitation)
        .service(invitations::accept_invitation)
        .service(invitations::get_invitation)
        .service(invitations::withdraw_invitation)
        // problems
        .service(problems::catalogue::list_problems)
        .service(problems::catalogue::get_problem)
        // operation
        .service(operation::is_alive)
        .service(operation::is_ready)
        .service(operation::openapi_yaml)
        .service(operation::openapi_json);
}
