-- The log of breaches of personal data. Those that began before this script with words under the wrong child are in it from here on.
alter table breach_reports no force row level security;
insert into data_breaches (id, authority_id, report_id, known_at, people, data, not_told, logged_by_id, logged_at)
    select gen_random_uuid(), r.authority_id, r.id, r.moved_at, 1, array['Words'], false, r.moved_by_id, r.moved_at from breach_reports r;
alter table breach_reports force row level security;

grant select, insert on data_breaches to portal_app;
grant update (people, data, risk, told_ico_at, not_told, told_people_at, looked_at_by_id, closed_by_id, closed_at) on data_breaches to portal_app;
create trigger never_deleted before delete on data_breaches for each row execute function refuse_change();
create trigger never_emptied before truncate on data_breaches for each statement execute function refuse_change();

-- What is closed is closed.
create function refuse_change_when_closed() returns trigger language plpgsql as $$
begin
    if old.closed_at is not null then
        raise exception '% is closed: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger closed_for_good before update on data_breaches for each row execute function refuse_change_when_closed();

alter table data_breaches enable row level security;
alter table data_breaches force row level security;
create policy seen_by_governance on data_breaches for select using (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'));
-- A practitioner who moves words to the right child begins one with the report of it (below), signed with their own name, and reads none.
create policy logged on data_breaches for insert with check (authority_id = (select app_authority())
    and ((select app_reach()) = 'Whole' or (logged_by_id = (select app_actor()) and report_id in (select r.id from breach_reports r where r.moved_by_id = (select app_actor())))));
create policy looked_at_by_the_service on data_breaches for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');

-- Words that stood under the wrong child are a breach from the moment they are moved: no page and no service can forget to say so.
create function log_breach_of_report() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into data_breaches (id, authority_id, report_id, known_at, people, data, not_told, logged_by_id, logged_at)
        values (gen_random_uuid(), new.authority_id, new.id, new.moved_at, 1, array['Words'], false, new.moved_by_id, new.moved_at);
    return null;
end
$$;
revoke all on function log_breach_of_report() from public;
create trigger logged_as_breach after insert on breach_reports for each row execute function log_breach_of_report();
