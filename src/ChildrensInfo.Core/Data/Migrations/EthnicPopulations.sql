-- How many children of each ethnic group live here: kept by those who see figures, each in their own name, and never changed: a correction is a version of its own.
grant select, insert on ethnic_populations to portal_app;
revoke update, delete on ethnic_populations from portal_app;
alter table ethnic_populations enable row level security;
alter table ethnic_populations force row level security;
create policy own_authority on ethnic_populations for select using (authority_id = (select app_authority()));
create policy kept_by_oneself on ethnic_populations for insert with check (
    authority_id = (select app_authority()) and (select app_reach()) = 'Need' and kept_by_id = (select app_actor()));
create trigger written_once before update or delete on ethnic_populations for each row execute function refuse_change();
create trigger never_emptied before truncate on ethnic_populations for each statement execute function refuse_change();
