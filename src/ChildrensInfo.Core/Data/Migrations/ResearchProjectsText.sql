-- Projects from before these things were asked: the stricter place, the earliest day, and words that were public already. Row-level security does not hold
-- whoever migrates.
update research_projects set destroy_on = expires_on, place = 'Outside', plain_words = left(question, 1000), stepped_at = coalesce(decided_at, submitted_at, created_at),
    round = case when state = 'Draft' and decided_at is null then 0 else 1 end;
