-- What the query filters of AppDbContext ask, told who asks and when instead of looking at the session, so that row-level security, which
-- looks there, stands as a second lock beside them. In plpgsql, because a function in SQL would be unfolded into each question again.
create function children_reached(of_authority uuid, person uuid, team uuid, at_time timestamptz) returns table (child_id uuid) language plpgsql stable parallel safe rows 20 as $$
begin
    return query
        select a.child_id from allocations a where a.authority_id = of_authority and a.practitioner_id = person and a.ended_on is null
        union
        select b.child_id from break_glasses b where b.authority_id = of_authority and b.person_id = person and b.ended_at is null and b.expires_at > at_time
        union
        select a.child_id from people p join allocations a on a.practitioner_id = p.id where p.team_id = team and a.authority_id = of_authority and a.ended_on is null;
end
$$;

create function voice_frozen(of_authority uuid, person uuid, at_time timestamptz) returns table (child_id uuid, voice_record_id uuid) language plpgsql stable parallel safe rows 5 as $$
begin
    return query
        select r.child_id, r.voice_record_id from restrictions r where r.authority_id = of_authority and r.lifted_at is null
            and not exists (select from restriction_openings o where o.restriction_id = r.id and o.person_id = person and o.until > at_time);
end
$$;
