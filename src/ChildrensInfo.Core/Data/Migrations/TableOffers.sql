-- What is offered in the place of a table is written when that is refused.
grant update (offer) on extracts to portal_app;
