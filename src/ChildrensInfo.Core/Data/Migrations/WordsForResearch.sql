-- Pieces of what children said on their way into an extract: what they are of stays as it was, and what a person decided about them can be decided anew until the file is made.
grant select, insert on extract_items to portal_app;
grant update (hidden, kept, because, reviewed_by_id, reviewed_at) on extract_items to portal_app;

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('extract_items', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format('create policy written_by_the_service on %I for insert with check (authority_id = (select app_authority()) and (select app_reach()) in (%s))', t, wide);
    end loop;
end
$$;
create policy decided_by_the_service on extract_items for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');

-- What a researcher asked for cannot be read by whoever asked or approved, whatever a form or a later page says.
create function refuse_own_reading() returns trigger language plpgsql as $$
begin
    if exists (select from extracts e where e.id = new.extract_id and new.reviewed_by_id in (e.requested_by_id, e.decided_by_id)) then
        raise exception 'a piece is read by somebody else than asked or approved' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger read_by_another before insert or update on extract_items for each row when (new.reviewed_by_id is not null) execute function refuse_own_reading();
