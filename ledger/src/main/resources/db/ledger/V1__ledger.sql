-- Everything here is a projection of the log and can be thrown away and rebuilt.

-- What was used in an hour, by everything it is asked by. A day's totals are sums of these.
CREATE TABLE ledger.usage_by_hour (
  generation       int NOT NULL,
  hour             timestamptz NOT NULL,
  key              uuid NOT NULL,
  project          uuid NOT NULL,
  tenant           int NOT NULL,
  provider         text NOT NULL,
  model            text NOT NULL,
  operation        smallint NOT NULL,
  usage_class      smallint NOT NULL,
  attempts         bigint NOT NULL,
  failed           bigint NOT NULL,
  unpriced         bigint NOT NULL,
  input            bigint NOT NULL,
  output           bigint NOT NULL,
  cached           bigint NOT NULL,
  reasoning        bigint NOT NULL,
  cost_nanos       bigint NOT NULL,
  first_bytes      bigint NOT NULL, -- attempts that had a first byte
  first_byte_us    bigint NOT NULL,
  upstream_us      bigint NOT NULL,
  total_us         bigint NOT NULL,
  overhead_us      bigint NOT NULL,
  PRIMARY KEY (generation, hour, key, provider, model, operation, usage_class, project, tenant)
) WITH (fillfactor = 50);

-- One row per attempt, a partition per day (UTC); old days are dropped whole. No index but the key: request ids rise with
-- time, so the newest are the last pages, and every other question reads a bounded stretch of them.
CREATE TABLE ledger.request (
  day              date NOT NULL,
  generation       int NOT NULL,
  request          uuid NOT NULL,
  attempt          int NOT NULL,
  tenant           int NOT NULL,
  project          uuid NOT NULL,
  key              uuid NOT NULL,
  provider         text NOT NULL,
  model            text NOT NULL,
  price            text,
  operation        smallint NOT NULL,
  ending           smallint NOT NULL,
  usage_class      smallint NOT NULL,
  status           smallint NOT NULL,
  started          timestamptz NOT NULL,
  input            bigint NOT NULL,
  output           bigint NOT NULL,
  cached           bigint NOT NULL,
  reasoning        bigint NOT NULL,
  cost_nanos       bigint,
  upstream_us      bigint NOT NULL,
  first_byte_us    bigint NOT NULL,
  total_us         bigint NOT NULL,
  overhead_us      bigint NOT NULL,
  provider_request text,
  PRIMARY KEY (generation, request, attempt, day)
) PARTITION BY RANGE (day);

-- Makes the partition of a day; harmless when it is there. Attached, not created in place: readers are not waited for.
CREATE FUNCTION ledger.make_request_day(p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_name text := 'request_' || to_char(p_day, 'YYYYMMDD');
BEGIN
  -- One maker at a time; the number names this function among advisory locks.
  PERFORM pg_advisory_xact_lock(7126511032101);
  IF to_regclass('ledger.' || v_name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.request INCLUDING ALL)', v_name);
  EXECUTE format('ALTER TABLE ledger.request ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)', v_name, p_day, p_day + 1);
END $$;

-- Drops the partitions of days before this one; answers how many.
CREATE FUNCTION ledger.drop_request_days(p_before date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_name text; v_dropped int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7126511032101);
  FOR v_name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'ledger.request'::regclass AND c.relname < 'request_' || to_char(p_before, 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE ledger.%I', v_name);
    v_dropped := v_dropped + 1;
  END LOOP;
  RETURN v_dropped;
END $$;

REVOKE ALL ON FUNCTION ledger.make_request_day(date), ledger.drop_request_days(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.make_request_day(date), ledger.drop_request_days(date) TO ${runtime};
