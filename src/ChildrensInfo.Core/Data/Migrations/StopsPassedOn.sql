-- A stop that somebody else was told is passed on: those who work with the child find it on their first page until they have read it. Whoever was told cannot write to other people, so the
-- database does it for them, of a stop of their own that has just come into the ledger, and of nothing else.
create function pass_on_stop(stop_id uuid) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    stop consent_events;
    told integer;
begin
    select * into stop from consent_events e where e.id = stop_id and e.type in ('Withdrawn', 'Refused', 'Objected')
        and e.authority_id = app_authority() and e.recorded_by_id = app_actor();
    if not found then
        raise exception 'No stop of one’s own: nobody was told' using errcode = 'insufficient_privilege';
    end if;
    insert into notices (id, authority_id, child_id, person_id, kind, subject_id, created_at)
        select gen_random_uuid(), stop.authority_id, stop.child_id, worker.practitioner_id, 'Stop', stop.id, stop.recorded_at
        from (select distinct a.practitioner_id from allocations a where a.child_id = stop.child_id and a.ended_on is null) worker
        where worker.practitioner_id <> stop.recorded_by_id
            and not exists (select from notices n where n.subject_id = stop.id and n.person_id = worker.practitioner_id);
    get diagnostics told = row_count;
    return told;
end
$$;
revoke all on function pass_on_stop(uuid) from public;
grant execute on function pass_on_stop(uuid) to portal_app;
