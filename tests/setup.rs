mod sites;
