-- What was received from devices: read by those who work with the child, written once and only by oneself.
grant select, insert on device_receipts to portal_app;
create trigger written_once before update or delete on device_receipts for each row execute function refuse_change();
create trigger never_emptied before truncate on device_receipts for each statement execute function refuse_change();
alter table device_receipts enable row level security;
alter table device_receipts force row level security;
create policy reach on device_receipts for select using (authority_id = (select app_authority()) and ((select app_reach()) = 'Whole'
    or ((select app_reach()) in ('Caseload', 'Team') and child_id = any ((select app_caseload())::uuid[]))));
create policy received_from_oneself on device_receipts for insert with check (authority_id = (select app_authority()) and ((select app_reach()) = 'Whole'
    or ((select app_reach()) = 'Caseload' and person_id = (select app_actor()) and child_id = any ((select app_caseload())::uuid[]))));
