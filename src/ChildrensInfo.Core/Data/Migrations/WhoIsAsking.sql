-- Says who is asking until the transaction ends (RowSecurity.cs). A procedure, because its body is compiled once for a connection,
-- where a block would be compiled before each question, and because it answers no rows.
-- The plan of a question is made once for a connection and then kept: with these policies, making it takes longer than following it,
-- and PostgreSQL, left to choose, makes it anew each time.
create procedure app_asks(authority text, actor text, reach text) language plpgsql as $$
begin
    perform set_config('app.authority', authority, true), set_config('app.actor', actor, true), set_config('app.reach', reach, true),
        set_config('plan_cache_mode', 'force_generic_plan', true);
end
$$;
