-- Requests for everything held on a child: never taken back, and what was asked and by whom stays as it was. Choices are written once.
grant select, insert on access_requests, access_choices to portal_app;
grant update (extended_at, extension_reason_sealed, harm_found, harm_note_sealed, state, sent_by_id, sent_at, released_by_id, released_at, file_id, destroy_on, destroyed_at) on access_requests to portal_app;
create trigger written_once before update or delete on access_choices for each row execute function refuse_change();
create trigger never_emptied before truncate on access_choices for each statement execute function refuse_change();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('access_requests', '''Whole'''),
            ('access_choices', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        -- Those who work with the child see that somebody asked; the service that answers alone writes it down.
        execute format(
            'create policy reach on %I for select using (authority_id = (select app_authority()) and ((select app_reach()) in (%s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
        execute format('create policy written_by_the_service on %I for insert with check (authority_id = (select app_authority()) and (select app_reach()) in (%s))', t, wide);
    end loop;
end
$$;
create policy answered_by_the_service on access_requests for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
