-- Steps of research projects, what was told of them before anything was built, and links to their files. What two people agree to is written once; a link is used once.

grant select, insert on project_steps to portal_app;
grant select, insert on project_previews to portal_app;
grant select, insert on extract_links to portal_app;
grant update (used_at, expires_at) on extract_links to portal_app;
-- A certificate takes the portal's own copy of a file with it, and what was asked for stays on record.
revoke update on extracts from portal_app;
grant update (state, decided_by_id, decided_at, decision_reason, failed_because, file_id, report_json, released_at, destroyed_on, destroyed_how, certified_at) on extracts to portal_app;

-- What one person decided before becomes one of the two yeses. A project that one person approved waits for the other.
insert into project_steps (id, authority_id, project_id, owner_id, round, kind, by_id, by_role, at, reason, safes)
    select gen_random_uuid(), p.authority_id, p.id, p.owner_id, 1, case when p.state = 'Refused' then 'Refused' else 'Approved' end, d.decided_by_id, 'DataLead', d.decided_at,
        coalesce(d.decision_reason, 'Decided before reasons were kept.'), array['Project', 'People', 'Data', 'Setting', 'Output']
    from research_projects p join earlier_decisions d on d.id = p.id where p.state in ('Approved', 'Refused', 'Closed');
update research_projects set state = 'Submitted', decided_at = null where state = 'Approved';

create trigger written_once before update or delete on project_steps for each row execute function refuse_change();
create trigger never_emptied before truncate on project_steps for each statement execute function refuse_change();

alter table project_steps enable row level security;
alter table project_steps force row level security;
create policy own_authority on project_steps for select using (authority_id = (select app_authority()));
-- Whoever reviews has the reach "Need", and signs with nobody's name but their own.
create policy signed_by_oneself on project_steps for insert with check (authority_id = (select app_authority())
    and ((select app_reach()) = 'Whole'
        or (by_id = (select app_actor()) and (kind in ('Sent', 'Closed') or (select app_reach()) = 'Need'))));

create trigger written_once before update or delete on project_previews for each row execute function refuse_change();
alter table project_previews enable row level security;
alter table project_previews force row level security;
create policy own_authority on project_previews using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()));

alter table extract_links enable row level security;
alter table extract_links force row level security;
create policy own_authority on extract_links using (authority_id = (select app_authority())) with check (authority_id = (select app_authority()));

-- A link is used once and by nobody afterwards.
create function refuse_used_link() returns trigger language plpgsql as $$
begin
    if old.used_at is not null then
        raise exception '% was used: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger used_once before update on extract_links for each row execute function refuse_used_link();

-- A project runs only while a data lead and information governance, two people and neither of them its owner, have said yes to its text of now.
-- Asked at the end of the transaction, when the second yes is there.
create function refuse_unless_two_agreed() returns trigger language plpgsql as $$
begin
    if (select count(distinct by_role) < 2 or count(distinct by_id) < 2 from project_steps
        where project_id = new.id and round = new.round and kind = 'Approved' and by_role in ('DataLead', 'InformationGovernance') and by_id <> new.owner_id) then
        raise exception 'Two people have not agreed to this project' using errcode = 'check_violation', constraint = 'ck_research_projects_two_agreed';
    end if;
    return null;
end
$$;
create constraint trigger two_agreed after insert or update of state, round on research_projects deferrable initially deferred
    for each row when (new.state = 'Approved') execute function refuse_unless_two_agreed();
