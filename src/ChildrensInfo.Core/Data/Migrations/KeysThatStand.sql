-- Whoever saves what is sealed for a child says under which key it is. While that transaction lasts the key is not destroyed; if it was destroyed before, nothing is saved:
-- otherwise somebody would be told that words are kept which nobody can ever open. It looks as the service does, because what is saved may be of a child whom
-- whoever saves it cannot reach.
create procedure app_seals(child uuid, key uuid) language plpgsql as $$
declare
    reach text := current_setting('app.reach', true);
    stands boolean;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('key ' || child::text, 0));
    perform set_config('app.reach', 'Whole', true);
    stands := exists (select from child_keys where child_id = child and id = key);
    perform set_config('app.reach', reach, true);
    if not stands then
        raise exception 'The key was destroyed meanwhile' using errcode = 'foreign_key_violation';
    end if;
end
$$;

-- Whoever destroys one waits for those first.
create function nobody_seals(child uuid) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('key ' || child::text, 0));
end
$$;
