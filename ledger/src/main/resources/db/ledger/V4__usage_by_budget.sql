-- What was charged to each account (a budget in one stretch of time, by its first second), by the journal that spent it.
-- Stretch -1: all that a key ever used, whatever it was charged to.
CREATE TABLE ledger.usage_by_budget (
  generation int NOT NULL,
  budget     uuid NOT NULL,
  stretch    bigint NOT NULL,
  journal    text NOT NULL,
  attempts   bigint NOT NULL,
  money      bigint NOT NULL, -- nano-units
  tokens     bigint NOT NULL,
  PRIMARY KEY (generation, budget, stretch, journal)
) WITH (fillfactor = 50);
