//! The table of contents: one line for each operation. Registering it documents it.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    absences, accounts, appointments, attention, auth, closures, counsellors, holds, invitations,
    metrics, operation, organisations, problems, proposals, rooms, schedules, services, sessions,
    sick_days, sites, slots,
};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        // directory
        .service(organisations::list_organisations)
        .service(organisations::get_organisation)
        .service(sites::list_sites)
        .service(sites::get_site)
        .service(services::list_services)
        .service(services::get_service)
        .service(counsellors::list_counsellors)
        .service(counsellors::get_counsellor)
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
        .service(proposals::list_proposals)
        .service(proposals::accept_proposal)
        .service(proposals::decline_proposal)
        // the day
        .service(appointments::list_appointments)
        .service(appointments::approve_appointment)
        .service(appointments::decline_appointment)
        .service(appointments::check_in_appointment)
        .service(appointments::complete_appointment)
        .service(appointments::mark_appointment_no_show)
        .service(sick_days::create_sick_day)
        .service(attention::list_attention)
        .service(attention::deal_with_attention)
        // setting up
        .service(organisations::create_organisation)
        .service(organisations::update_organisation)
        .service(organisations::archive_organisation)
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
        .service(services::create_service)
        .service(services::update_service)
        .service(services::archive_service)
        .service(counsellors::create_counsellor)
        .service(counsellors::update_counsellor)
        .service(counsellors::archive_counsellor)
        .service(rooms::list_rooms)
        .service(rooms::get_room)
        .service(rooms::create_room)
        .service(rooms::update_room)
        .service(rooms::archive_room)
        .service(closures::list_closures)
        .service(closures::get_closure)
        .service(closures::create_closure)
        .service(closures::update_closure)
        .service(closures::archive_closure)
        .service(absences::list_absences)
        .service(absences::get_absence)
        .service(absences::create_absence)
        .service(absences::update_absence)
        .service(absences::archive_absence)
        .service(schedules::list_schedules)
        .service(schedules::get_schedule)
        .service(schedules::create_schedule)
        .service(schedules::update_schedule)
        .service(schedules::archive_schedule)
        .service(sessions::list_sessions)
        .service(sessions::get_session)
        .service(sessions::create_session)
        .service(sessions::update_session)
        .service(sessions::withdraw_session)
        // problems
        .service(problems::catalogue::list_problems)
        .service(problems::catalogue::get_problem)
        // operation
        .service(operation::is_alive)
        .service(operation::is_ready)
        .service(metrics::get_metrics)
        .service(operation::openapi_yaml)
        .service(operation::openapi_json);
}
