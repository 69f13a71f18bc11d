-- Returns on children looked after and the Standard Safeguarding Dataset, findings of the rules, and what undoing a load needs.
-- The same table of who reaches what stands in AppDbContext.OnModelCreating.

grant select, insert, update, delete on pre_proceedings, care_details, care_episodes, care_reviews, care_outcomes, care_leavers, care_adoptions,
    adoption_plans, previous_permanences, missing_episodes, care_workers, safeguarding_rows, return_absences, code_mappings to portal_app;
grant select, insert, delete on return_rule_results, return_findings, return_changes to portal_app;

do $$
declare
    t text;
    wide text;
begin
    foreach t in array array['return_rule_results', 'return_findings', 'return_changes', 'code_mappings'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_authority on %I using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()))', t);
        -- Only a data lead, or a job, sees what a return said of children.
        execute format('create policy need_only on %I as restrictive using ((select app_reach()) in (''Need'', ''Whole''))', t);
    end loop;

    for t, wide in
        select * from (values
            ('pre_proceedings', '''Need'', ''Whole'''),
            ('care_details', '''Need'', ''Whole'''),
            ('care_episodes', '''Need'', ''Whole'''),
            ('care_reviews', '''Need'', ''Whole'''),
            ('care_outcomes', '''Need'', ''Whole'''),
            ('care_leavers', '''Need'', ''Whole'''),
            ('care_adoptions', '''Need'', ''Whole'''),
            ('adoption_plans', '''Need'', ''Whole'''),
            ('previous_permanences', '''Need'', ''Whole'''),
            ('missing_episodes', '''Need'', ''Whole'''),
            ('care_workers', '''Need'', ''Whole'''),
            ('safeguarding_rows', '''Need'', ''Whole'''),
            ('return_absences', '''Need'', ''Whole''')) as rows (t, wide)
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

-- While app.return names a return, what it makes and changes is noted with what was there before. For each statement, not for each row, so that a
-- large council's return is noted as fast as it is written.
create function note_return_change() returns trigger language plpgsql as $$
declare
    of_return uuid := nullif(current_setting('app.return', true), '')::uuid;
begin
    if of_return is null then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into return_changes (authority_id, return_id, table_name, record_id) select authority_id, of_return, tg_table_name, id from made;
    else
        insert into return_changes (authority_id, return_id, table_name, record_id, before)
            select authority_id, of_return, tg_table_name, id, to_jsonb(was) from was;
    end if;
    return null;
end
$$;

do $$
declare
    t text;
begin
    foreach t in array array['children', 'need_episodes', 'need_assessments', 'cin_plans', 'section47s', 'protection_plans', 'pre_proceedings',
        'care_details', 'care_episodes', 'care_reviews', 'care_outcomes', 'care_leavers', 'care_adoptions', 'adoption_plans', 'previous_permanences',
        'missing_episodes', 'care_workers', 'safeguarding_rows', 'return_absences'] loop
        execute format('create trigger noted_made after insert on %I referencing new table as made for each statement execute function note_return_change()', t);
        execute format('create trigger noted_changed after update on %I referencing old table as was for each statement execute function note_return_change()', t);
        execute format('create trigger noted_removed after delete on %I referencing old table as was for each statement execute function note_return_change()', t);
    end loop;
end
$$;

-- The one way in which a child leaves the register: a return that is being undone had brought them, and nothing else has been kept about them since.
-- The site has no other; a foreign key of anything kept about the child refuses it.
create function remove_children_of_return(undone uuid) returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
    one uuid;
    removed int := 0;
begin
    perform 1 from returns where id = undone and authority_id = app_authority() and state = 'Loaded';
    if not found or app_reach() <> 'Whole' then
        raise exception 'There is no such return to undo' using errcode = 'insufficient_privilege';
    end if;
    for one in select c.id from return_changes n join children c on c.id = n.record_id and c.authority_id = n.authority_id
        where n.return_id = undone and n.table_name = 'children' and n.before is null loop
        begin
            delete from child_keys where child_id = one;
            delete from children where id = one;
            removed := removed + 1;
        exception when foreign_key_violation or restrict_violation then
            null;
        end;
    end loop;
    return removed;
end
$$;
revoke all on function remove_children_of_return(uuid) from public;
grant execute on function remove_children_of_return(uuid) to portal_app;
