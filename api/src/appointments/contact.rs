use domain::appointment::Appointment;
use domain::contact::Contact;
use domain::ids::{AppointmentId, OrganisationId};
use domain::line::Line;
use domain::texts::has_control_characters;
use domain::visits::Doorstep;
use persistence::appointments::{Found, NewContact};
use persistence::vault::{Purpose, Vault};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::visit::{self, VisitBody, VisitView};
use crate::checks::Checks;
use crate::problems::{Code, Problem};

/// What a visitor gives of themselves; everything is optional unless the service requires a contact.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientBody {
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40, example = "+49 341 1234567")]
    pub phone: Option<String>,
}

/// What a visitor gave of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientView {
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub email: Option<String>,
    #[schema(required)]
    pub phone: Option<String>,
}

/// A contact as it is sealed.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct ContactDocument {
    pub(crate) client: Option<ClientView>,
    pub(crate) access_needs: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) visit: Option<VisitView>,
}

/// Reads what was given, noting what is wrong with it.
pub(crate) fn read(
    client: Option<ClientBody>,
    access_needs: Option<String>,
    note: Option<String>,
    visit: Option<VisitBody>,
    checks: &mut Checks,
) -> Option<Contact> {
    let client = client.unwrap_or_default();
    let name = checks.optional("/client/name", client.name.map(|name| Line::new(&name)));
    let email = checks.optional("/client/email", client.email.map(|email| email.parse()));
    let phone = checks.optional("/client/phone", client.phone.map(|phone| phone.parse()));
    let access_needs = checks.optional("/access_needs", access_needs.map(paragraph));
    let note = checks.optional("/note", note.map(paragraph));
    let home = visit::read(visit, checks);
    Some(Contact {
        name: name?,
        email: email?,
        phone: phone?,
        access_needs: access_needs?,
        note: note?,
        home: home?,
    })
}

fn paragraph(text: String) -> Result<String, &'static str> {
    if text.chars().count() > 2000 {
        return Err("has at most 2,000 characters");
    }
    if has_control_characters(&text) {
        return Err("must not contain control characters other than line breaks and tabs");
    }
    Ok(text)
}

/// Seals what was given, bound to the appointment. Nothing is stored where nothing was given.
pub(crate) fn seal(
    vault: &Vault,
    organisation: OrganisationId,
    id: AppointmentId,
    contact: &Contact,
) -> Result<Option<NewContact>, Problem> {
    if contact.is_empty() {
        return Ok(None);
    }
    let client = ClientView {
        name: contact.name.as_ref().map(ToString::to_string),
        email: contact
            .email
            .as_ref()
            .map(|email| email.as_str().to_owned()),
        phone: contact
            .phone
            .as_ref()
            .map(|phone| phone.as_str().to_owned()),
    };
    let given = client.name.is_some() || client.email.is_some() || client.phone.is_some();
    let document = ContactDocument {
        client: given.then_some(client),
        access_needs: contact.access_needs.clone(),
        note: contact.note.clone(),
        visit: contact.home.as_ref().map(VisitView::from),
    };
    let plain = serde_json::to_vec(&document).map_err(|_| Problem::new(Code::Internal))?;
    let sealed = vault.seal(Purpose::Contact, &row(organisation, id), &plain)?;
    Ok(Some(NewContact { sealed }))
}

pub(super) fn open(
    vault: &Vault,
    appointment: &Appointment,
    sealed: Option<&[u8]>,
) -> Result<ContactDocument, Problem> {
    open_of(vault, appointment.organisation_id, appointment.id, sealed)
}

/// As it was sealed, bound to that id.
pub(crate) fn open_of(
    vault: &Vault,
    organisation: OrganisationId,
    id: AppointmentId,
    sealed: Option<&[u8]>,
) -> Result<ContactDocument, Problem> {
    let Some(sealed) = sealed else {
        return Ok(ContactDocument::default());
    };
    let row = row(organisation, id);
    let plain = vault.open(Purpose::Contact, &row, sealed)?;
    // The error would quote what it could not read.
    serde_json::from_slice(&plain).map_err(|_| {
        log::error!("a sealed contact is no document");
        Problem::new(Code::Internal)
    })
}

/// What is kept of an address and a number where talks are missed: keyed hashes, which differ from
/// organisation to organisation.
pub(crate) fn hashes(
    vault: &Vault,
    organisation: OrganisationId,
    email: Option<&str>,
    phone: Option<&str>,
) -> Vec<[u8; 32]> {
    let hash = |kind: &[u8], text: &str| {
        let organisation = organisation.uuid();
        let parts = [organisation.as_bytes(), kind, text.as_bytes()];
        vault.hash("missed-talks", &parts)
    };
    let phone = phone.map(|phone| {
        phone
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    });
    let email = email.map(|email| hash(b"email", email));
    let phone = phone.map(|phone| hash(b"phone", &phone));
    email.into_iter().chain(phone).collect()
}

/// As [`hashes`], of what was given with a booking.
pub(crate) fn hashes_of(
    vault: &Vault,
    organisation: OrganisationId,
    contact: &Contact,
) -> Vec<[u8; 32]> {
    let email = contact.email.as_ref().map(domain::contact::Email::as_str);
    let phone = contact.phone.as_ref().map(domain::contact::Phone::as_str);
    hashes(vault, organisation, email, phone)
}

/// As [`hashes`], of what is still kept of an appointment.
pub(super) fn hashes_kept(
    vault: &Vault,
    appointment: &Appointment,
    sealed: Option<&[u8]>,
) -> Result<Vec<[u8; 32]>, Problem> {
    let client = open(vault, appointment, sealed)?.client;
    let email = client.as_ref().and_then(|client| client.email.as_deref());
    let phone = client.as_ref().and_then(|client| client.phone.as_deref());
    let organisation = appointment.organisation_id;
    Ok(hashes(vault, organisation, email, phone))
}

/// Where the visit is wanted, if the appointment is one.
pub(crate) fn doorstep(vault: &Vault, found: &Found) -> Result<Option<Doorstep>, Problem> {
    let contact = open(vault, &found.appointment, found.sealed_contact.as_deref())?;
    let doorstep = contact
        .visit
        .map(|visit| Doorstep::new(visit.latitude, visit.longitude));
    doorstep.transpose().map_err(|_| {
        log::error!("a sealed visit leads off the globe");
        Problem::new(Code::Internal)
    })
}

/// Whether the visitor left an address or a number at which they can be told something.
pub(crate) fn can_be_told(vault: &Vault, found: &Found) -> Result<bool, Problem> {
    let contact = open(vault, &found.appointment, found.sealed_contact.as_deref())?;
    let client = contact.client.as_ref();
    Ok(client.is_some_and(|client| client.email.is_some() || client.phone.is_some()))
}

/// Seals why an appointment was cancelled, bound to it.
pub(crate) fn seal_reason(
    vault: &Vault,
    appointment: &Appointment,
    reason: Option<&Line>,
) -> Result<Option<Vec<u8>>, Problem> {
    let row = row(appointment.organisation_id, appointment.id);
    let seal = |reason: &Line| vault.seal(Purpose::CancelReason, &row, reason.as_str().as_bytes());
    Ok(reason.map(seal).transpose()?)
}

pub(super) fn open_reason(
    vault: &Vault,
    appointment: &Appointment,
    sealed: Option<&[u8]>,
) -> Result<Option<String>, Problem> {
    let row = row(appointment.organisation_id, appointment.id);
    let plain = sealed
        .map(|sealed| vault.open(Purpose::CancelReason, &row, sealed))
        .transpose()?;
    let text = plain.map(String::from_utf8).transpose();
    text.map_err(|_| Problem::new(Code::Internal))
}

fn row(organisation: OrganisationId, id: AppointmentId) -> [u8; 32] {
    let mut row = [0; 32];
    row[..16].copy_from_slice(organisation.uuid().as_bytes());
    row[16..].copy_from_slice(id.uuid().as_bytes());
    row
}
