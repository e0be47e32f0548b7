-- Who would feed a generation of a projection: its shards are shared out among these, evenly.
CREATE TABLE log.feeder (
  name        text,
  generation  int,
  owner       text,
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (name, generation, owner)
) WITH (fillfactor = 50);

-- The shard of the fact's stream, so that whoever feeds the shard knows what was set aside in it.
ALTER TABLE log.dead_event ADD COLUMN shard smallint NOT NULL DEFAULT 0;

-- When a generation stopped being the one that queries read. A replaced one is kept for a while, so that there is a way
-- back (state 2); one that was gone back from is state 3, and is not switched to again by itself.
ALTER TABLE log.subscription ADD COLUMN replaced_at timestamptz;
UPDATE log.subscription SET replaced_at = coalesce(lease_until, clock_timestamp()) WHERE state = 2;

CREATE OR REPLACE FUNCTION log.admit(p_role name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA log, keys TO %I', p_role);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA log, keys TO %I', p_role);
  EXECUTE format('GRANT INSERT ON keys.organisation, keys.person, keys.secret TO %I', p_role);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON log.subscription, log.feeder, log.dead_event, log.instance,'
    ' log.snapshot TO %I', p_role);
  EXECUTE format('GRANT USAGE ON SEQUENCE log.instance_epoch TO %I', p_role);
  EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA log TO %I', p_role);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION log.admit(name), log.begin_life() FROM %I', p_role);
END $$;
