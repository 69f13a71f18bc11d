-- Where postcodes are: reference data of the whole site, which holds nothing of a child. Whoever runs the site loads it with the role that owns the tables; the site reads it.
grant select on postcode_places, postcode_directories to portal_app;
revoke insert, update, delete, truncate on postcode_places, postcode_directories from portal_app;
