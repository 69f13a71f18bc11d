-- How long records are kept, what holds them, and how they are destroyed.
grant select, insert on retention_settings, duty_notes, legal_holds, disposals, erasure_requests to portal_app;
grant update (lifted_at, lifted_by_id) on legal_holds to portal_app;
grant update (state, decided_by_id, decided_at) on disposals to portal_app;
grant update (granted, ground, decided_by_id, decided_at) on erasure_requests to portal_app;
grant update (authority_key_id, sealed) on duty_notes to portal_app;

create trigger written_once before update or delete on retention_settings for each row execute function refuse_change();
create trigger never_emptied before truncate on retention_settings for each statement execute function refuse_change();
create trigger written_once before update or delete on duty_notes for each row execute function refuse_change_but_rewrapping('sealed');
create trigger never_emptied before truncate on duty_notes for each statement execute function refuse_change();
create trigger never_deleted before delete on legal_holds for each row execute function refuse_change();
create trigger never_deleted before delete on disposals for each row execute function refuse_change();
create trigger never_deleted before delete on erasure_requests for each row execute function refuse_change();

alter table retention_settings enable row level security;
alter table retention_settings force row level security;
create policy own_authority on retention_settings using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'));

-- A hold on every child names none. Whoever would delete something has to see that it stands; the notes with its reason are the service's alone.
alter table legal_holds enable row level security;
alter table legal_holds force row level security;
create policy seen on legal_holds for select using (authority_id = (select app_authority()) and (child_id is null or (select app_reach()) in ('Need', 'Whole')
    or ((select app_reach()) in ('Caseload', 'Team') and child_id = any ((select app_caseload())::uuid[]))));
create policy placed_by_the_service on legal_holds for insert with check (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');
create policy lifted_by_the_service on legal_holds for update using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');

alter table duty_notes enable row level security;
alter table duty_notes force row level security;
create policy of_the_service on duty_notes using (authority_id = (select app_authority()) and (select app_reach()) = 'Whole')
    with check (authority_id = (select app_authority()) and (select app_reach()) = 'Whole');

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('disposals', '''Need'', ''Whole'''),
            ('erasure_requests', '''Whole''')) as rows (t, wide)
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

-- Whoever places a hold waits for what is being destroyed now, and whoever would destroy something waits for the hold that is being placed.
create function no_hold_meanwhile() returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('legal_holds ' || coalesce(app_authority()::text, ''), 0));
end
$$;
create function wait_for_destruction() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('legal_holds ' || new.authority_id::text, 0));
    return new;
end
$$;
create trigger wait_for_destruction before insert on legal_holds for each row execute function wait_for_destruction();

-- Who proposed never decides that it is destroyed, and only destroy_words does it.
create function refuse_disposing_by_hand() returns trigger language plpgsql as $$
begin
    if old.state <> 'Proposed' or (new.state = 'Done' and current_user = 'portal_app') then
        raise exception 'A disposal is decided once, and done by destroy_words alone' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger decided_once before update on disposals for each row execute function refuse_disposing_by_hand();

-- Whether a change does nothing but empty what is sealed, for a disposal that a second person is agreeing to in this very transaction. Rows written once let that happen and nothing else.
create function only_destroys(was jsonb, will jsonb) returns boolean language plpgsql stable as $$
declare
    disposal text := nullif(current_setting('app.destroying', true), '');
begin
    return disposal is not null
        and exists (select from disposals d where d.id = disposal::uuid and d.child_id::text = was ->> 'child_id' and d.state = 'Proposed' and d.proposed_by_id <> app_actor())
        and not exists (select from jsonb_each(will) n where n.value is distinct from was -> n.key
            and not ((n.key = 'sealed' or n.key like '%\_sealed') and n.value = to_jsonb('\x'::text))
            and not (n.key = 'destroyed_at' and was -> n.key = 'null'::jsonb));
end
$$;

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if only_destroys(to_jsonb(old), to_jsonb(new)) then
            return new;
        end if;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create or replace function refuse_change_but_moving() returns trigger language plpgsql as $$
begin
    if old.moved_at is null and new.moved_at is not null
        and to_jsonb(new) - array['moved_at', 'moved_by_id'] = to_jsonb(old) - array['moved_at', 'moved_by_id'] then
        return new;
    end if;
    if only_destroys(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create or replace function refuse_change_but_deciding() returns trigger language plpgsql as $$
begin
    if old.state = 'Proposed' and new.state <> 'Proposed'
        and to_jsonb(new) - array['state', 'decided_by_id', 'decided_at', 'decision_reason_sealed']
            = to_jsonb(old) - array['state', 'decided_by_id', 'decided_at', 'decision_reason_sealed'] then
        return new;
    end if;
    if only_destroys(to_jsonb(old), to_jsonb(new)) then
        return new;
    end if;
    raise exception '% is decided once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create or replace function refuse_change_but_rewrapping() returns trigger language plpgsql as $$
declare
    held text := tg_argv[0];
    before jsonb := to_jsonb(old);
    after jsonb;
begin
    if tg_op = 'UPDATE' then
        after := to_jsonb(new);
        if length(after ->> held) = length(before ->> held) and after - array['authority_key_id', held] = before - array['authority_key_id', held]
            and (select n.created_at from authority_keys n where n.id = new.authority_key_id) > (select o.created_at from authority_keys o where o.id = old.authority_key_id) then
            return new;
        end if;
        if only_destroys(before, after) then
            return new;
        end if;
    end if;
    raise exception '% is written once: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

-- The one way in which what a child said is destroyed: a disposal that somebody else proposed, no hold, and then every sealed text of the child (or of the one record, with what corrects and
-- explains it), every piece of every file, the keys of the files and, when it is everything, the child's own key, in one transaction or not at all. It goes through the tables by their
-- columns, so that none is forgotten when one is added, and refuses when something is left. What stays: that it was said, permissions, the audit log. It owns no more than its owner, who stands
-- under the same policies.
create function destroy_words(of_disposal uuid, new_key bytea, new_key_of uuid, at_time timestamptz, in_backups date) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    d disposals;
    records uuid[];
    asked uuid[];
    t text;
    c text;
    which text;
    n int;
    left_over boolean;
    n_words int := 0;
    n_interpretations int := 0;
    n_transcripts int := 0;
    n_files int := 0;
    n_other int := 0;
begin
    select * into d from disposals where id = of_disposal and authority_id = app_authority() for update;
    if not found or app_reach() <> 'Whole' or d.state <> 'Proposed' or d.proposed_by_id = app_actor() then
        raise exception 'There is no such disposal to agree to' using errcode = 'insufficient_privilege';
    end if;
    perform no_hold_meanwhile();
    perform 1 from legal_holds h where h.authority_id = d.authority_id and h.lifted_at is null and (h.child_id is null or h.child_id = d.child_id);
    if found then
        raise exception 'A legal hold stands: nothing was destroyed' using errcode = 'insufficient_privilege';
    end if;
    perform set_config('app.destroying', d.id::text, true);
    records := array(select r.id from voice_records r where r.child_id = d.child_id and (d.voice_record_id is null or r.id = d.voice_record_id or r.corrects_id = d.voice_record_id
        or r.explains_id = d.voice_record_id or r.corrects_id in (select e.id from voice_records e where e.child_id = d.child_id and e.explains_id = d.voice_record_id)));
    -- What was asked is destroyed with the record when it was asked in no other.
    asked := array(select a.id from asks a where a.child_id = d.child_id and exists (select from ask_voices v where v.ask_id = a.id)
        and not exists (select from ask_voices v where v.ask_id = a.id and v.voice_record_id <> all (records)));

    for t, c in
        select s.table_name, s.column_name from information_schema.columns s
        where s.table_schema = 'public' and (s.column_name = 'sealed' or s.column_name like '%\_sealed') and s.data_type = 'bytea' and s.table_name <> 'duty_notes'
            and exists (select from information_schema.columns o where o.table_schema = 'public' and o.table_name = s.table_name and o.column_name = 'child_id')
            and exists (select from information_schema.tables b where b.table_schema = 'public' and b.table_name = s.table_name and b.table_type = 'BASE TABLE')
    loop
        which := case
            when t = 'file_pieces' then null
            when d.voice_record_id is null then 'true'
            when t in ('voice_words', 'transcripts', 'interpretations', 'third_party_voices', 'do_not_tells') then 'voice_record_id = any ($2)'
            when t = 'interpretation_showings' then 'interpretation_id in (select i.id from interpretations i where i.voice_record_id = any ($2))'
            when t = 'third_party_answers' then 'third_party_voice_id in (select v.id from third_party_voices v where v.voice_record_id = any ($2))'
            when t = 'asks' then 'id = any ($3)'
            when t = 'ask_steps' then 'ask_id = any ($3)'
        end;
        continue when which is null;
        execute format('update %1$I set %2$I = ''\x'' where child_id = $1 and length(%2$I) > 0 and %3$s', t, c, which) using d.child_id, records, asked;
        get diagnostics n = row_count;
        execute format('select exists (select from %1$I where child_id = $1 and length(%2$I) > 0 and %3$s)', t, c, which) into left_over using d.child_id, records, asked;
        if left_over then
            raise exception 'Something of %.% would be left', t, c;
        end if;
        case
            when t = 'voice_words' and c = 'sealed' then n_words := n_words + n;
            when t = 'interpretations' and c = 'sealed' then n_interpretations := n_interpretations + n;
            when t = 'transcripts' then n_transcripts := n_transcripts + n;
            else n_other := n_other + n;
        end case;
    end loop;

    -- A file that was given to somebody who asked for what is held is a copy of all of it.
    if d.voice_record_id is null then
        update access_requests set state = 'Destroyed', file_id = null, destroyed_at = at_time where child_id = d.child_id and state = 'Ready';
    end if;
    delete from file_pieces p where p.child_id = d.child_id and (d.voice_record_id is null or p.file_id in (select r.file_id from voice_records r where r.id = any (records)));
    update files f set wrapped_key = '\x' where f.child_id = d.child_id and length(f.wrapped_key) > 0 and (d.voice_record_id is null or f.id in (select r.file_id from voice_records r where r.id = any (records)));
    get diagnostics n_files = row_count;
    update voice_records r set destroyed_at = at_time where r.id = any (records) and r.destroyed_at is null and r.moved_at is null;
    get diagnostics n = row_count;
    if d.voice_record_id is null then
        delete from child_keys where child_id = d.child_id;
        insert into child_keys (child_id, authority_id, authority_key_id, wrapped_key) values (d.child_id, d.authority_id, new_key_of, new_key);
    end if;
    update disposals set state = 'Done', decided_by_id = app_actor(), decided_at = at_time, backups_until = in_backups,
        records = n, interpretations = n_interpretations, transcripts = n_transcripts, files = n_files, other_texts = n_other where id = d.id;
    perform set_config('app.destroying', '', true);
end
$$;
revoke all on function destroy_words(uuid, bytea, uuid, timestamptz, date) from public;
grant execute on function destroy_words(uuid, bytea, uuid, timestamptz, date) to portal_app;

-- A recording whose deletion somebody wanted is kept while a hold stands.
create or replace function erase_recording(erasure uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
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
    perform no_hold_meanwhile();
    perform 1 from legal_holds h where h.authority_id = done.authority_id and h.lifted_at is null and (h.child_id is null or h.child_id = done.child_id);
    if found then
        raise exception 'A legal hold stands: nothing was deleted' using errcode = 'insufficient_privilege';
    end if;
    delete from file_pieces where file_id = done.file_id and child_id = done.child_id;
    -- Without its key nothing left of it anywhere could be opened.
    update files set wrapped_key = '\x' where id = done.file_id and child_id = done.child_id;
end
$$;
