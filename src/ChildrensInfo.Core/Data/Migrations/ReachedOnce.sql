-- Who is reached, and what is held back, worked out once for each table that a question names. In SQL these were planned anew each time and asked who is asking of each row;
-- a body in PL/pgSQL keeps its plan for as long as the connection lasts, and reads who is asking once, so that the caseload is found by its index.

create or replace function app_team() returns uuid[] language plpgsql stable parallel safe as $$
declare
    actor uuid := app_actor();
begin
    return array(
        select colleague.id from people manager
        join people colleague on colleague.team_id = manager.team_id and colleague.authority_id = manager.authority_id
        where manager.id = actor and manager.role = 'TeamManager' and manager.left_at is null);
end
$$;

create or replace function app_caseload() returns uuid[] language plpgsql stable parallel safe as $$
declare
    reach text := app_reach();
    actor uuid := app_actor();
begin
    if reach = 'Caseload' then
        return array(
            select a.child_id from allocations a where a.practitioner_id = actor and a.ended_on is null
            union
            select b.child_id from break_glasses b where b.person_id = actor and b.ended_at is null and b.expires_at > now());
    elsif reach = 'Team' then
        return array(select distinct a.child_id from allocations a where a.practitioner_id = any (app_team()) and a.ended_on is null);
    end if;
    return '{}';
end
$$;

create or replace function app_frozen_children() returns uuid[] language plpgsql stable parallel safe as $$
declare
    authority uuid := app_authority();
    actor uuid := app_actor();
begin
    return array(
        select r.child_id from restrictions r where r.authority_id = authority and r.lifted_at is null and r.voice_record_id is null
            and not exists (select from restriction_openings o where o.restriction_id = r.id and o.person_id = actor and o.until > now()));
end
$$;

create or replace function app_frozen_records() returns uuid[] language plpgsql stable parallel safe as $$
declare
    authority uuid := app_authority();
    actor uuid := app_actor();
begin
    return array(
        select r.voice_record_id from restrictions r where r.authority_id = authority and r.lifted_at is null and r.voice_record_id is not null
            and not exists (select from restriction_openings o where o.restriction_id = r.id and o.person_id = actor and o.until > now()));
end
$$;
