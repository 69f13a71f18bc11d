-- What was asked in a record that stood under the wrong child goes with it: the site has written it anew under the right child, and here no word of it
-- stays (move_voice_away in RowSecurity1.sql).
create function take_asks_away() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    asked uuid[] := array(select v.ask_id from ask_voices v where v.voice_record_id = new.id);
begin
    delete from ask_steps where ask_id = any (asked);
    delete from ask_voices where ask_id = any (asked);
    delete from asks where id = any (asked);
    return null;
end
$$;
revoke all on function take_asks_away() from public;
create trigger asks_taken_away after update on voice_records for each row when (old.moved_at is null and new.moved_at is not null) execute function take_asks_away();
