-- Results under review. What was sent is never changed; only what was decided about it is, once.

grant select, insert on research_outputs to portal_app;
grant update (state, decided_by_id, decided_at, decision_reason) on research_outputs to portal_app;

alter table research_outputs enable row level security;
alter table research_outputs force row level security;
create policy own_authority on research_outputs for select using (authority_id = (select app_authority()));
create policy signed_by_oneself on research_outputs for insert with check (authority_id = (select app_authority())
    and ((select app_reach()) = 'Whole' or (submitted_by_id = (select app_actor()) and state = 'Submitted')));
-- Whoever reviews has the reach "Need", and decides in nobody's name but their own.
create policy decided_by_oneself on research_outputs for update using (authority_id = (select app_authority()) and (select app_reach()) in ('Need', 'Whole'))
    with check (authority_id = (select app_authority()) and ((select app_reach()) = 'Whole' or decided_by_id = (select app_actor())));

-- A decision is made once: what was released is published, and what was refused is not released later by another.
create function refuse_second_decision() returns trigger language plpgsql as $$
begin
    if old.state <> 'Submitted' then
        raise exception '% was decided: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger decided_once before update on research_outputs for each row execute function refuse_second_decision();
