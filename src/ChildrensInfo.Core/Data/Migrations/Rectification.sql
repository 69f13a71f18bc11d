-- Somebody's request that something be put right: logged, put off once at most, and answered once.
grant select, insert on rectification_requests to portal_app;
grant update (extended_at, answer, statement_id, decided_by_id, decided_at) on rectification_requests to portal_app;
create trigger never_deleted before delete on rectification_requests for each row execute function refuse_change();

create function refuse_second_answer() returns trigger language plpgsql as $$
begin
    if old.answer is not null or (old.extended_at is not null and new.extended_at is distinct from old.extended_at) then
        raise exception 'A request is put off once and answered once' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger answered_once before update on rectification_requests for each row execute function refuse_second_answer();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('rectification_requests', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format('create policy written_by_the_service on %I for insert with check (authority_id = (select app_authority()) and (select app_reach()) = ''Whole'')', t);
        execute format('create policy decided_by_the_service on %I for update using (authority_id = (select app_authority()) and (select app_reach()) = ''Whole'')', t);
    end loop;
end
$$;
call close_to_assigned();
