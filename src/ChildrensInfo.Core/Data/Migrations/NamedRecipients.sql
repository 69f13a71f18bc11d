-- Whom or what a permission is asked for, by name: written once, by oneself, and read by those who work with the child.
grant select, insert on named_recipients to portal_app;
create trigger written_once before update or delete on named_recipients for each row execute function refuse_change();
create trigger never_emptied before truncate on named_recipients for each statement execute function refuse_change();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('named_recipients', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format(
            'create policy named_by_oneself on %I for insert with check (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) = ''Caseload'' and named_by_id = (select app_actor()) and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;
end
$$;
