-- A log has very many streams, nearly all of them short; a sample of it shows the few long ones and nothing else. Left to
-- the sample, PostgreSQL believes that any stream holds a good part of the log, and goes past all of it to read three
-- facts. So it is told: a hundredth as many streams as facts.

-- Makes a table for facts so. Counts from the next ANALYZE on.
CREATE FUNCTION log.has_many_streams(p_table regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ALTER COLUMN stream_id SET (n_distinct = -0.01, n_distinct_inherited = -0.01)', p_table);
END $$;
REVOKE EXECUTE ON FUNCTION log.has_many_streams(regclass) FROM PUBLIC;

CREATE OR REPLACE FUNCTION log.make_partitions() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_size bigint; v_lane record; v_from bigint; v_made int := 0;
BEGIN
  -- One maker at a time; the number names this function among advisory locks.
  PERFORM pg_advisory_xact_lock(7126511032002);
  SELECT i.partition_positions INTO STRICT v_size FROM log.installation i;
  FOR v_lane IN SELECT l.lane, l.head FROM log.lane l LOOP
    IF to_regclass(format('log.event_%s', v_lane.lane)) IS NULL THEN
      EXECUTE format('CREATE TABLE log.event_%1$s PARTITION OF log.event FOR VALUES IN (%1$s) PARTITION BY RANGE (pos)',
        v_lane.lane);
      PERFORM log.has_many_streams(format('log.event_%s', v_lane.lane)::regclass);
    END IF;
    FOR v_ahead IN 0..1 LOOP
      v_from := (v_lane.head / v_size + v_ahead) * v_size;
      IF to_regclass(format('log.event_%s_%s', v_lane.lane, v_from)) IS NULL THEN
        EXECUTE format('CREATE TABLE log.event_%1$s_%2$s PARTITION OF log.event_%1$s FOR VALUES FROM (%2$s) TO (%3$s)',
          v_lane.lane, v_from, v_from + v_size);
        PERFORM log.has_many_streams(format('log.event_%s_%s', v_lane.lane, v_from)::regclass);
        v_made := v_made + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN v_made;
END $$;

SELECT log.has_many_streams(t.relid) FROM pg_partition_tree('log.event') t;
ANALYZE log.event;
