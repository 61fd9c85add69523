//! The walls between tenants and roles, as Postgres itself keeps them.

mod catalogue;
mod loans;
mod migrations;
mod roles;
