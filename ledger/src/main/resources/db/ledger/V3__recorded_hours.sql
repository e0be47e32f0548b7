-- The hour in which an attempt was recorded, beside the hour in which it began: what was known at a moment is the sum of
-- what had been recorded until then. Rows of an earlier revision do not know it; they are replaced by a new generation.
ALTER TABLE ledger.usage_by_hour ADD COLUMN recorded timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE ledger.usage_by_hour DROP CONSTRAINT usage_by_hour_pkey;
ALTER TABLE ledger.usage_by_hour ADD PRIMARY KEY
  (generation, hour, key, provider, model, operation, usage_class, project, tenant, recorded);
ALTER TABLE ledger.usage_by_hour ALTER COLUMN recorded DROP DEFAULT;
