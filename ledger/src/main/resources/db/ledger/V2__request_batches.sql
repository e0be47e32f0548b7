-- The rows of single attempts were a copy, of some 290 bytes and an index entry each, of what stands in the log anyway, and
-- cost more than everything else the metering does. What is kept now is where to look: one row for each fact (up to 512
-- attempts) and day, with what a question can rule it out by.
DROP TABLE ledger.request;
DROP FUNCTION ledger.make_request_day(date), ledger.drop_request_days(date);

CREATE TABLE ledger.request_batch (
  day        date NOT NULL,
  generation int NOT NULL,
  lane       smallint NOT NULL,
  pos        bigint NOT NULL,
  least      uuid NOT NULL,     -- the least and the greatest request id of this fact on this day
  greatest   uuid NOT NULL,
  tenants    int[] NOT NULL,
  projects   uuid[] NOT NULL,
  keys       uuid[] NOT NULL,
  providers  text[] NOT NULL,
  models     text[] NOT NULL,
  PRIMARY KEY (generation, greatest, lane, pos, day)
) PARTITION BY RANGE (day);

-- Makes the partition of a day; harmless when it is there. Attached, not created in place: readers are not waited for.
CREATE FUNCTION ledger.make_request_day(p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_name text := 'request_batch_' || to_char(p_day, 'YYYYMMDD');
BEGIN
  IF to_regclass('ledger.' || v_name) IS NOT NULL THEN RETURN; END IF;
  -- One maker at a time; the number names this function among advisory locks.
  PERFORM pg_advisory_xact_lock(7126511032101);
  -- Asked of the catalogue's rows: to_regclass may answer from what this session remembered before it waited.
  IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'ledger'::regnamespace AND relname = v_name) THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.request_batch INCLUDING ALL)', v_name);
  EXECUTE format('ALTER TABLE ledger.request_batch ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)', v_name, p_day, p_day + 1);
END $$;

-- Drops the partitions of days before this one; answers how many.
CREATE FUNCTION ledger.drop_request_days(p_before date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_name text; v_dropped int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7126511032101);
  FOR v_name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'ledger.request_batch'::regclass
       AND c.relname < 'request_batch_' || to_char(p_before, 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE ledger.%I', v_name);
    v_dropped := v_dropped + 1;
  END LOOP;
  RETURN v_dropped;
END $$;

REVOKE ALL ON FUNCTION ledger.make_request_day(date), ledger.drop_request_days(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.make_request_day(date), ledger.drop_request_days(date) TO ${runtime};
