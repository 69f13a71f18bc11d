-- Who may decide for a child, and what was done with what was decided: the same two locks as RowSecurity1.sql.

do $$
declare
    t text;
    wide text;
begin
    -- Whoever may count answers must see what makes a yes count no longer, or they would count too many.
    drop policy reach on competence_assessments;
    for t, wide in
        select * from (values
            ('competence_assessments', '''Need'', ''Whole'''),
            ('parental_responsibilities', '''Need'', ''Whole'''),
            ('delegated_authorities', '''Need'', ''Whole'''),
            ('legal_statuses', '''Need'', ''Whole'''),
            ('consent_orders', '''Need'', ''Whole'''),
            ('withdrawal_outcomes', '''Need'', ''Whole'''),
            ('consent_uses', '''Need'', ''Whole'''),
            ('consent_receipts', '''Whole'''),
            ('media_erasures', '''Whole'''),
            ('disclosure_decisions', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %1$I using (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))'
            || ' with check (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;

    -- Written once: not changed by the site, and by a trigger not by its owner either.
    foreach t in array array['competence_assessments', 'consent_orders', 'withdrawal_outcomes', 'consent_uses', 'consent_receipts', 'media_erasures'] loop
        execute format('grant select, insert on %I to portal_app', t);
        execute format('revoke update, delete on %I from portal_app', t);
        execute format('create trigger written_once before update or delete on %I for each row execute function refuse_change()', t);
    end loop;

    -- That something holds no longer can be added; since when it held, and who showed it, stays.
    foreach t in array array['parental_responsibilities', 'delegated_authorities', 'legal_statuses'] loop
        execute format('grant select, insert on %I to portal_app', t);
        execute format('revoke update, delete on %I from portal_app', t);
        execute format('grant update (to_on, end_recorded_at, end_recorded_by_id) on %I to portal_app', t);
    end loop;
end
$$;

-- What was proposed is what a second person agrees to.
grant select, insert on disclosure_decisions to portal_app;
revoke update, delete on disclosure_decisions from portal_app;
grant update (state, decided_by_id, decided_at, decision_reason_sealed) on disclosure_decisions to portal_app;
create function refuse_change_but_deciding() returns trigger language plpgsql as $$
begin
    if old.state = 'Proposed' and new.state <> 'Proposed'
        and to_jsonb(new) - array['state', 'decided_by_id', 'decided_at', 'decision_reason_sealed']
            = to_jsonb(old) - array['state', 'decided_by_id', 'decided_at', 'decision_reason_sealed'] then
        return new;
    end if;
    raise exception '% is decided once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger decided_once before update on disclosure_decisions for each row execute function refuse_change_but_deciding();
create trigger never_deleted before delete on disclosure_decisions for each row execute function refuse_change();

-- Takes the bytes of a recording or picture out of the live database, where somebody who withdrew wanted that and the same save has written it
-- down. The record and what was written down of it stay. It owns no more than its owner, who stands under the same policies.
create function erase_recording(erasure uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done media_erasures;
begin
    select * into done from media_erasures where id = erasure and erased_by_id = app_actor();
    perform 1 from consent_events e where e.id = done.event_id and e.child_id = done.child_id and e.type in ('Withdrawn', 'Refused', 'Objected')
        and coalesce((select o.wants from withdrawal_outcomes o where o.event_id = e.id order by o.decided_at desc, o.id desc limit 1), e.wants) = 'DeleteRecording';
    if not found then
        raise exception 'Nobody asked for this to be deleted' using errcode = 'insufficient_privilege';
    end if;
    perform 1 from voice_records r where r.id = done.voice_record_id and r.child_id = done.child_id and r.file_id = done.file_id;
    if not found then
        raise exception 'There is no such recording to delete' using errcode = 'insufficient_privilege';
    end if;
    delete from file_pieces where file_id = done.file_id and child_id = done.child_id;
    -- Without its key nothing left of it anywhere could be opened.
    update files set wrapped_key = '\x' where id = done.file_id and child_id = done.child_id;
end
$$;
revoke all on function erase_recording(uuid) from public;
grant execute on function erase_recording(uuid) to portal_app;
