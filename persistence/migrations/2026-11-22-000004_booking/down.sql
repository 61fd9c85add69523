DROP TABLE contacts, allocations, appointments, holds;
