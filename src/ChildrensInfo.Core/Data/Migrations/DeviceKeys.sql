-- A council's pairs of keys for devices: made when somebody first takes a child along, wrapped anew by a job when the council's key changes, and never taken away.
grant select, insert on device_keys to portal_app;
grant update (authority_key_id, wrapped_key) on device_keys to portal_app;
create trigger written_once before update or delete on device_keys for each row execute function refuse_change_but_rewrapping('wrapped_key');
create trigger never_emptied before truncate on device_keys for each statement execute function refuse_change();
alter table device_keys enable row level security;
alter table device_keys force row level security;
create policy of_the_council on device_keys for select using (authority_id = (select app_authority()));
create policy made_for_devices on device_keys for insert with check (authority_id = (select app_authority()) and (select app_reach()) in ('Caseload', 'Whole'));
create policy wrapped_anew on device_keys for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
