-- What was found in a piece stays as it was. A save of what a person decided writes it along where nothing was found, so it may be written, and not changed.
grant update (found) on extract_items to portal_app;

create function refuse_other_marks() returns trigger language plpgsql as $$
begin
    raise exception 'what was found in a piece is not changed' using errcode = 'insufficient_privilege';
end
$$;
create trigger found_stays before update on extract_items for each row when (coalesce(new.found, '[]'::jsonb) is distinct from coalesce(old.found, '[]'::jsonb)) execute function refuse_other_marks();
