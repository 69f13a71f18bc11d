-- What a worker thinks may rest on several things a child said. It stays written once under the first (interpretations.voice_record_id); what else it rests on is here, of the same child.
grant select, insert on interpretation_voices to portal_app;
create trigger written_once before update on interpretation_voices for each row execute function refuse_change();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('interpretation_voices', '''Whole''')) as rows (t, wide)
    loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy reach on %1$I using (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))'
            || ' with check (authority_id = (select app_authority()) and ((select app_reach()) in (%2$s)'
            || ' or ((select app_reach()) in (''Caseload'', ''Team'') and child_id = any ((select app_caseload())::uuid[]))))', t, wide);
    end loop;
end
$$;

-- It is as secret as the most secret thing it rests on: for whoever is assigned, and while one of them is restricted.
create policy assigned_reads on interpretation_voices for select using (authority_id = (select app_authority()) and (select app_reach()) = 'Assigned' and child_id = any ((select app_caseload())::uuid[]));
drop policy assigned_reads on interpretations;
create policy assigned_reads on interpretations for select using (authority_id = (select app_authority()) and (select app_reach()) = 'Assigned'
    and child_id = any ((select app_caseload())::uuid[]) and exists (select from voice_records r where r.id = interpretations.voice_record_id)
    and not exists (select from interpretation_voices v where v.interpretation_id = interpretations.id and not exists (select from voice_records r where r.id = v.voice_record_id)));
drop policy not_frozen on interpretations;
create policy not_frozen on interpretations as restrictive for select using ((select app_reach()) = 'Whole'
    or not (child_id = any ((select app_frozen_children())::uuid[]) or voice_record_id = any ((select app_frozen_records())::uuid[])
        or exists (select from interpretation_voices v where v.interpretation_id = interpretations.id and v.voice_record_id = any ((select app_frozen_records())::uuid[]))));

-- As in RowSecurity1.sql, but for what a worker thinks of what is moved and of something that stays, too. It is of two children: it stays with its other versions, shown on no page, since
-- nobody reads what was moved, and a person looks at it before it is given to anybody.
create or replace function move_voice_away(record uuid, report_id uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    report breach_reports;
    media uuid;
    kept uuid[];
begin
    select * into report from breach_reports where id = report_id and moved_by_id = app_actor() and completed_at is null;
    perform 1 from voice_records where child_id = report.child_id and moved_from_id = record;
    if not found then
        raise exception 'The record does not stand under the right child: nothing was taken away' using errcode = 'insufficient_privilege';
    end if;
    update voice_records set moved_at = report.moved_at, moved_by_id = report.moved_by_id
        where id = record and child_id = report.wrong_child_id and moved_at is null returning file_id into media;
    if not found then
        raise exception 'There is no such record to move' using errcode = 'insufficient_privilege';
    end if;
    delete from voice_words where voice_record_id = record;
    delete from transcript_acceptances where voice_record_id = record;
    delete from transcripts where voice_record_id = record;
    kept := array(
        with recursive stays(id, before) as (
            select i.id, i.supersedes_id from interpretations i join interpretation_voices v on v.interpretation_id = i.id
                where i.voice_record_id = record and not exists (select from voice_records r where r.child_id = report.child_id and r.moved_from_id = v.voice_record_id)
            union
            select i.id, i.supersedes_id from stays s join interpretations i on i.supersedes_id = s.id or i.id = s.before)
        select id from stays);
    delete from interpretation_showings s using interpretations i where s.interpretation_id = i.id and i.voice_record_id = record and i.id <> all (kept);
    delete from interpretation_voices v using interpretations i where v.interpretation_id = i.id and i.voice_record_id = record and i.id <> all (kept);
    delete from interpretations where voice_record_id = record and id <> all (kept);
    update do_not_tells set words_sealed = null where voice_record_id = record;
    delete from third_party_answers p using third_party_voices v where p.third_party_voice_id = v.id and v.voice_record_id = record;
    delete from third_party_voices where voice_record_id = record;
    if media is not null then
        delete from file_pieces where file_id = media;
        -- Without its key nothing left of it anywhere could be opened.
        update files set wrapped_key = '\x' where id = media;
    end if;
end
$$;

-- As in Duties.sql, but for what a worker thinks that rests on what is destroyed among others.
create or replace function destroy_words(of_disposal uuid, new_key bytea, new_key_of uuid, at_time timestamptz, in_backups date) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    d disposals;
    records uuid[];
    asked uuid[];
    thought uuid[];
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
    -- What a worker thinks says something of all that it rests on.
    thought := array(select i.id from interpretations i where i.child_id = d.child_id and (i.voice_record_id = any (records)
        or exists (select from interpretation_voices v where v.interpretation_id = i.id and v.voice_record_id = any (records))));

    for t, c in
        select s.table_name, s.column_name from information_schema.columns s
        where s.table_schema = 'public' and (s.column_name = 'sealed' or s.column_name like '%\_sealed') and s.data_type = 'bytea' and s.table_name <> 'duty_notes'
            and exists (select from information_schema.columns o where o.table_schema = 'public' and o.table_name = s.table_name and o.column_name = 'child_id')
            and exists (select from information_schema.tables b where b.table_schema = 'public' and b.table_name = s.table_name and b.table_type = 'BASE TABLE')
    loop
        which := case
            when t = 'file_pieces' then null
            when d.voice_record_id is null then 'true'
            when t in ('voice_words', 'transcripts', 'third_party_voices', 'do_not_tells') then 'voice_record_id = any ($2)'
            when t = 'interpretations' then 'id = any ($4)'
            when t = 'interpretation_showings' then 'interpretation_id = any ($4)'
            when t = 'third_party_answers' then 'third_party_voice_id in (select v.id from third_party_voices v where v.voice_record_id = any ($2))'
            when t = 'asks' then 'id = any ($3)'
            when t = 'ask_steps' then 'ask_id = any ($3)'
        end;
        continue when which is null;
        execute format('update %1$I set %2$I = ''\x'' where child_id = $1 and length(%2$I) > 0 and %3$s', t, c, which) using d.child_id, records, asked, thought;
        get diagnostics n = row_count;
        execute format('select exists (select from %1$I where child_id = $1 and length(%2$I) > 0 and %3$s)', t, c, which) into left_over using d.child_id, records, asked, thought;
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

call close_to_assigned();
