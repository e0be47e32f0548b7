-- What of the log lies in files. The facts of a lane that do are always its first ones, whole streams of the categories
-- that were put away; the others up to there stay.
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

-- How many facts of a stream lie in archives: its first ones.
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

-- Removes the facts of some categories from the partition that a position ends, after they were written to a file, and
-- gives their room back to the file system: what stays is copied to a new partition, which takes the place of the old.
-- Refuses when somebody has still to read them, and when they are not as many as the file holds. For the owner only.
CREATE FUNCTION log.put_away(p_lane smallint, p_from bigint, p_to bigint, p_categories text[], p_sha256 text,
  p_facts bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_size bigint; v_begin bigint; v_old text; v_new text; v_facts bigint; v_tail bigint; v_freed bigint; v_name text;
  v_streams bigint[];
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

  EXECUTE format('CREATE TABLE log.%I (LIKE log.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', v_new);
  -- Looked up once: their rows are updated by every append, and this transaction keeps all that they were.
  v_streams := ARRAY(SELECT s.stream_id FROM log.stream s WHERE s.lane = p_lane AND s.category = ANY (p_categories));
  EXECUTE format('INSERT INTO log.%I SELECT e.* FROM log.%I e LEFT JOIN unnest($2) w (id) ON w.id = e.stream_id'
    ' WHERE e.pos > $1 OR w.id IS NULL', v_new, v_old) USING p_to, v_streams;
  EXECUTE format('WITH gone AS (SELECT e.stream_id, count(*) AS facts FROM log.%I e JOIN unnest($2) w (id)'
    ' ON w.id = e.stream_id WHERE e.pos <= $1 GROUP BY 1),'
    ' counted AS (INSERT INTO log.archived_stream SELECT g.stream_id, g.facts FROM gone g'
    ' ON CONFLICT (stream_id) DO UPDATE SET facts = archived_stream.facts + excluded.facts)'
    ' SELECT coalesce(sum(g.facts), 0) FROM gone g', v_old) INTO v_facts USING p_to, v_streams;

  -- The last facts of the partition before, which the seal that ended its archive did not reach.
  WITH gone AS (
    DELETE FROM log.event e WHERE e.lane = p_lane AND e.pos >= p_from AND e.pos < v_begin
      AND e.stream_id + 0 = ANY (v_streams) RETURNING e.stream_id),
  counted AS (
    INSERT INTO log.archived_stream SELECT g.stream_id, count(*) FROM gone g GROUP BY 1
      ON CONFLICT (stream_id) DO UPDATE SET facts = archived_stream.facts + excluded.facts)
  SELECT count(*) INTO v_tail FROM gone;
  IF v_facts + v_tail <> p_facts THEN
    RAISE EXCEPTION USING ERRCODE = 'AG004', MESSAGE = format('%s facts, not %s', v_facts + v_tail, p_facts);
  END IF;

  v_freed := pg_total_relation_size(format('log.%I', v_old)::regclass);
  EXECUTE format('ALTER TABLE log.event_%s DETACH PARTITION log.%I', p_lane, v_old);
  EXECUTE format('DROP TABLE log.%I', v_old);
  EXECUTE format('ALTER TABLE log.%I RENAME TO %I', v_new, v_old);
  EXECUTE format('ALTER TABLE log.event_%s ATTACH PARTITION log.%I FOR VALUES FROM (%s) TO (%s)', p_lane, v_old, v_begin,
    v_begin + v_size);
  PERFORM log.has_many_streams(format('log.%I', v_old)::regclass);
  v_freed := v_freed - pg_total_relation_size(format('log.%I', v_old)::regclass);
  INSERT INTO log.archive (lane, from_pos, to_pos, facts, sha256, kept_sha256, bytes_freed)
    VALUES (p_lane, p_from, p_to, p_facts, p_sha256, log.kept_hash(p_lane, p_to), v_freed);
  RETURN v_freed;
END $$;

-- Takes note that the last archive of a lane was brought back: its facts stand where they stood.
CREATE FUNCTION log.brought_back(p_lane smallint, p_to bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_before bigint;
BEGIN
  DELETE FROM log.archive a WHERE a.lane = p_lane AND a.to_pos = p_to;
  SELECT coalesce(max(a.to_pos), 0) INTO v_before FROM log.archive a WHERE a.lane = p_lane;
  UPDATE log.archived_stream a SET facts = a.facts - e.facts FROM (
      SELECT e.stream_id, count(*) AS facts FROM log.event e
      WHERE e.lane = p_lane AND e.pos > v_before AND e.pos <= p_to GROUP BY 1) e
    WHERE e.stream_id = a.stream_id;
  DELETE FROM log.archived_stream a WHERE a.facts <= 0;
END $$;

REVOKE EXECUTE ON FUNCTION log.kept_hash(smallint, bigint), log.put_away(smallint, bigint, bigint, text[], text, bigint),
  log.brought_back(smallint, bigint) FROM PUBLIC;

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
    ' log.put_away(smallint, bigint, bigint, text[], text, bigint), log.brought_back(smallint, bigint) FROM %I', p_role);
END $$;
