-- Who else was at a visit, each with whether they could hear: written once with the visit.
grant select, insert on present_persons to portal_app;

-- What stands already goes along before the columns go: who was there was one text under the visit's own number, and stays sealed under it. Where it was
-- only said that somebody could hear, that somebody is a row without a name. Nobody there and nobody who could hear is no row.
insert into present_persons (id, authority_id, child_id, session_id, position, who_sealed, role, in_earshot)
    select id, authority_id, child_id, id, 0, present_sealed, 'SomebodyElse', case earshot when 'Somebody' then 'Yes' when 'PartOfTheTime' then 'Partly' when 'Nobody' then 'No' else 'NotKnown' end
    from voice_sessions where present_sealed is not null or earshot in ('Somebody', 'PartOfTheTime');

create trigger written_once before update or delete on present_persons for each row execute function refuse_change();
create trigger never_emptied before truncate on present_persons for each statement execute function refuse_change();

-- As a row of a list, as the other scripts have theirs: docs/access.md is compared with it.
do $$
declare
    t text;
    wide text;
begin
    for t, wide in
        select * from (values
            ('present_persons', '''Whole''')) as rows (t, wide)
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
