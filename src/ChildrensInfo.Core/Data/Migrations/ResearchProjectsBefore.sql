-- What was decided before two people decided, kept until there is a place for it.
create temporary table earlier_decisions on commit drop as
    select id, decided_by_id, decided_at, decision_reason from research_projects where decided_by_id is not null;
