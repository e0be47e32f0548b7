-- What of the log lies in files. Of a stream that are always its first facts; its last one stays, since who goes on with
-- the stream finds there how far it has come.
CREATE TABLE log.archive (
  lane        smallint NOT NULL,
  from_pos    bigint NOT NULL,
  to_pos      bigint NOT NULL,
  facts       bigint NOT NULL,
  sha256      text NOT NULL,
  kept_sha256 bytea NOT NULL,
  bytes_freed bigint NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (lane, to_pos)
);

-- How many facts of a stream lie in archives: all before the first that is here.
CREATE TABLE log.archived_stream (
  stream_id bigint PRIMARY KEY,
  facts     int NOT NULL
);

-- A hash over what a lane still holds up to a position.
CREATE FUNCTION log.kept_hash(p_lane smallint, p_to bigint) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(coalesce(string_agg(record_send(ROW(e.pos, e.tenant, e.stream_id, e.version, e.type_id, e.schema_ver,
    e.event_id, e.key_id, e.recorded_at, e.meta, e.body)), ''::bytea ORDER BY e.pos), ''::bytea))
  FROM log.event e WHERE e.lane = p_lane AND e.pos <= p_to
$$;

-- Counts again what is not here of these streams, after facts went or came.
CREATE FUNCTION log.count_archived(p_lane smallint, p_streams bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM log.archived_stream a WHERE a.stream_id = ANY (p_streams);
  INSERT INTO log.archived_stream
    SELECT w.id, f.version - 1 FROM unnest(p_streams) w (id), LATERAL (
      SELECT e.version FROM log.event e WHERE e.lane = p_lane AND e.stream_id = w.id ORDER BY e.version LIMIT 1) f
    WHERE f.version > 1;
END $$;

-- Removes the facts of some categories from the partition that a position ends, after they were written to a file, and
-- gives their room back to the file system: what stays is copied to a new partition, which takes the place of the old.
-- Refuses when somebody has still to read them, and when they are not as many as the file holds. For the owner only.
CREATE FUNCTION log.put_away(p_lane smallint, p_from bigint, p_to bigint, p_categories text[], p_sha256 text,
  p_in_file bigint, OUT o_facts bigint, OUT o_freed bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_size bigint; v_begin bigint; v_old text; v_new text; v_in_file bigint; v_before bigint; v_name text;
  v_streams bigint[]; v_last int[];
BEGIN
  PERFORM pg_advisory_xact_lock(7126511032002);
  SELECT i.partition_positions INTO STRICT v_size FROM log.installation i;
  v_begin := p_to / v_size * v_size;
  v_old := format('event_%s_%s', p_lane, v_begin);
  v_new := v_old || '_kept';
  IF p_from <> 1 + coalesce((SELECT max(a.to_pos) FROM log.archive a WHERE a.lane = p_lane), 0)
    OR NOT EXISTS (SELECT FROM log.lane l WHERE l.lane = p_lane AND l.head >= v_begin + v_size)
    OR NOT EXISTS (SELECT FROM log.seal s WHERE s.lane = p_lane AND s.pos = p_to) THEN
    RAISE EXCEPTION USING ERRCODE = 'AG001', MESSAGE = 'another stretch is next';
  END IF;
  SELECT s.name INTO v_name FROM log.subscription s WHERE s.lane = p_lane AND s.pos < p_to LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'AG002', MESSAGE = v_name;
  END IF;
  SELECT d.name INTO v_name FROM log.dead_event d WHERE d.lane = p_lane AND d.pos <= p_to LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'AG003', MESSAGE = v_name;
  END IF;

  -- Looked up once: their rows are updated by every append, and this transaction keeps all that they were.
  SELECT coalesce(array_agg(s.stream_id), '{}'), coalesce(array_agg(s.version), '{}') INTO v_streams, v_last
    FROM log.stream s WHERE s.lane = p_lane AND s.category = ANY (p_categories);
  SELECT count(*) INTO v_in_file FROM log.event e JOIN unnest(v_streams) w (id) ON w.id = e.stream_id + 0
    WHERE e.lane = p_lane AND e.pos BETWEEN p_from AND p_to;
  IF v_in_file <> p_in_file THEN
    RAISE EXCEPTION USING ERRCODE = 'AG004', MESSAGE = format('%s facts, not %s', v_in_file, p_in_file);
  END IF;

  EXECUTE format('CREATE TABLE log.%I (LIKE log.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', v_new);
  EXECUTE format('INSERT INTO log.%I SELECT e.* FROM log.%I e LEFT JOIN unnest($2, $3) w (id, last)'
    ' ON w.id = e.stream_id AND e.version < w.last WHERE e.pos > $1 OR w.id IS NULL', v_new, v_old)
    USING p_to, v_streams, v_last;
  EXECUTE format('SELECT count(*) FROM log.%I e JOIN unnest($2, $3) w (id, last) ON w.id = e.stream_id AND'
    ' e.version < w.last WHERE e.pos <= $1', v_old) INTO o_facts USING p_to, v_streams, v_last;
  -- What earlier archives left: the facts behind their last seal, and last facts that are last no more.
  WITH gone AS (
    DELETE FROM log.event e USING unnest(v_streams, v_last) w (id, last) WHERE e.lane = p_lane AND e.pos < v_begin
      AND w.id = e.stream_id + 0 AND e.version < w.last RETURNING 1)
  SELECT o_facts + count(*) INTO o_facts FROM gone;

  v_before := pg_total_relation_size(format('log.%I', v_old)::regclass);
  EXECUTE format('ALTER TABLE log.event_%s DETACH PARTITION log.%I', p_lane, v_old);
  EXECUTE format('DROP TABLE log.%I', v_old);
  EXECUTE format('ALTER TABLE log.%I RENAME TO %I', v_new, v_old);
  EXECUTE format('ALTER TABLE log.event_%s ATTACH PARTITION log.%I FOR VALUES FROM (%s) TO (%s)', p_lane, v_old, v_begin,
    v_begin + v_size);
  PERFORM log.has_many_streams(format('log.%I', v_old)::regclass);
  PERFORM log.count_archived(p_lane, v_streams);
  o_freed := v_before - pg_total_relation_size(format('log.%I', v_old)::regclass);
  INSERT INTO log.archive (lane, from_pos, to_pos, facts, sha256, kept_sha256, bytes_freed)
    VALUES (p_lane, p_from, p_to, o_facts, p_sha256, log.kept_hash(p_lane, p_to), o_freed);
END $$;

-- Takes note that the last archive of a lane was brought back: its facts stand where they stood. Beside the one before it
-- may stand less than when that was made: facts that were the last of their streams then.
CREATE FUNCTION log.brought_back(p_lane smallint, p_to bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM log.archive a WHERE a.lane = p_lane AND a.to_pos = p_to;
  UPDATE log.archive a SET kept_sha256 = log.kept_hash(a.lane, a.to_pos)
    WHERE a.lane = p_lane AND a.to_pos = (SELECT max(b.to_pos) FROM log.archive b WHERE b.lane = p_lane);
  PERFORM log.count_archived(p_lane, ARRAY(SELECT a.stream_id FROM log.archived_stream a JOIN log.stream s USING (stream_id)
    WHERE s.lane = p_lane));
END $$;

REVOKE EXECUTE ON FUNCTION log.kept_hash(smallint, bigint), log.put_away(smallint, bigint, bigint, text[], text, bigint),
  log.brought_back(smallint, bigint), log.count_archived(smallint, bigint[]) FROM PUBLIC;

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
  EXECUTE format('REVOKE EXECUTE ON FUNCTION log.admit(name), log.begin_life(), log.has_many_streams(regclass),'
    ' log.put_away(smallint, bigint, bigint, text[], text, bigint), log.brought_back(smallint, bigint),'
    ' log.count_archived(smallint, bigint[]) FROM %I', p_role);
END $$;
