-- That something was deleted on a device before it was sent: read by those who work with the child, written once and only of oneself.
grant select, insert on taken_backs to portal_app;
create trigger written_once before update or delete on taken_backs for each row execute function refuse_change();
create trigger never_emptied before truncate on taken_backs for each statement execute function refuse_change();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('taken_backs', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format(
            'create policy taken_back_by_oneself on %I for insert with check (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) = ''Caseload'' and person_id = (select app_actor()) and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;
end
$$;
