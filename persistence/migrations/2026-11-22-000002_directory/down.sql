DROP TABLE services, counsellors, rooms, sites, resources;
