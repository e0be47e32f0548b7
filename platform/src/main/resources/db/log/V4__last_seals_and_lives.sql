-- A lane's row carries the last seal and the life of the log, so that an append finds all it builds on in the one row it
-- locks, and one written down in another life of the log is refused instead of recorded.
ALTER TABLE log.lane ADD COLUMN seal bytea, ADD COLUMN incarnation uuid;
UPDATE log.lane l SET incarnation = i.incarnation, seal = CASE WHEN l.head = 0 THEN sha256(uuid_send(i.origin))
    ELSE (SELECT s.hash FROM log.seal s WHERE s.lane = l.lane AND s.pos = l.head) END
  FROM log.installation i;
ALTER TABLE log.lane ALTER COLUMN seal SET NOT NULL, ALTER COLUMN incarnation SET NOT NULL;

CREATE OR REPLACE FUNCTION log.install(p_lanes smallint, p_partition_positions bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO log.installation (origin, incarnation, lanes, lane_hash, seal_hash, partition_positions)
  SELECT n.id, n.id, p_lanes, 'sha256-63', 'sha256-record-1', p_partition_positions FROM (SELECT gen_random_uuid() AS id) n
  ON CONFLICT DO NOTHING;
  INSERT INTO log.lane (lane, last_at, seal, incarnation)
  SELECT n, clock_timestamp(), sha256(uuid_send(i.origin)), i.incarnation
    FROM log.installation i, generate_series(0, i.lanes - 1) n
  ON CONFLICT DO NOTHING;
  PERFORM log.make_partitions();
END $$;

-- A new life of the log, for the owner, after a restore or a failover and before anyone is let in. The lanes' locks keep
-- appends from falling between two lives.
CREATE FUNCTION log.begin_life() RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_life uuid := gen_random_uuid();
BEGIN
  PERFORM 1 FROM log.lane l ORDER BY l.lane FOR UPDATE;
  UPDATE log.installation SET incarnation = v_life;
  UPDATE log.lane SET incarnation = v_life;
  RETURN v_life;
END $$;

DROP FUNCTION log.append;

-- Appends a batch of requests to one lane in one transaction.
--
-- s_*  the distinct streams of the batch.
-- r_*  the requests, in order: which stream (an index from 1), the version expected (-1: any), how many facts. r_claim
--      is 0 for a request; 1 for a row that claims, 2 for one that gives back, the value of a uniqueness stream on
--      behalf of the request before it. r_id is the id of the first fact.
-- e_*  the facts of all rows, in order; e_request is an index from 1.
--
-- Per row: status 0 recorded, 1 wrong version (version: the actual one), 2 recorded before (pos, version: of its first fact),
-- 3 taken (version: the row of the claim), 4 the stream lies in another partition, 5 nothing to record, 6 this is not the
-- life of the log (p_incarnation) in which the request was written down: its numbers may mean something else here.
-- The caller's session forces generic plans over indexes (see AppendSession): planned while the log is empty, they
-- would else scan tables that have grown since; setting that here would cost every call some 10 µs.
-- The caller sends no two requests with the same id in one batch.
CREATE FUNCTION log.append(
  p_lane smallint, p_incarnation uuid,
  s_tenant int[], s_category text[], s_key text[], s_partition text[],
  r_stream int[], r_expected int[], r_count int[], r_claim smallint[], r_id uuid[],
  e_request int[], e_type int[], e_schema smallint[], e_id uuid[], e_key bigint[], e_meta bytea[], e_body bytea[],
  OUT o_head bigint, OUT o_status int[], OUT o_version int[], OUT o_pos bigint[])
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_requests int := cardinality(r_stream);
  v_started bigint; v_at timestamptz; v_previous bytea; v_life uuid; v_facts bytea; v_streams bytea := ''::bytea; v_hit record;
  s_id bigint[]; s_version int[]; s_state smallint[]; s_elsewhere boolean[]; s_holder text[];
  s_first bigint[] := array_fill(0::bigint, ARRAY[cardinality(s_tenant)]);
  s_touched boolean[] := array_fill(false, ARRAY[cardinality(s_tenant)]);
  r_base_pos bigint[] := array_fill(NULL::bigint, ARRAY[v_requests]);
  r_base_version int[] := array_fill(0, ARRAY[v_requests]);
  v_before bigint[] := array_fill(NULL::bigint, ARRAY[v_requests]); v_before_version int[];
  v_alone boolean := cardinality(s_tenant) = 1;
  v_id bigint; v_version int; v_state smallint; v_elsewhere boolean;
  v_any boolean := -1 = ANY (r_expected); v_claims boolean := 0 <> ANY (r_claim);
  v_wrong boolean := false; v_begun boolean := false; v_known boolean := false;
  i int := 1; j int; v_last int; s int; u int; v_order bigint := 0; v_answer int; v_holder text;
BEGIN
  o_status := array_fill(0, ARRAY[v_requests]);
  o_version := array_fill(0, ARRAY[v_requests]);
  o_pos := array_fill(0::bigint, ARRAY[v_requests]);

  -- From here on to the commit nobody else appends to this lane: this lock is the commit order.
  SELECT l.head, greatest(clock_timestamp(), l.last_at), l.seal, l.incarnation
    INTO STRICT v_started, v_at, v_previous, v_life
    FROM log.lane l WHERE l.lane = p_lane FOR UPDATE;
  o_head := v_started;
  IF v_life <> p_incarnation THEN
    o_status := array_fill(6, ARRAY[v_requests]);
    RETURN;
  END IF;

  -- One caller alone is the common case at rest: its few rows are found without building sets.
  IF v_alone THEN
    SELECT st.stream_id, st.version, st.state, st.lane <> p_lane OR st.partition <> s_partition[1]
      INTO v_id, v_version, v_state, v_elsewhere
      FROM log.stream st WHERE st.tenant = s_tenant[1] AND st.category = s_category[1] AND st.key = s_key[1];
    s_id := ARRAY[coalesce(v_id, 0)]; s_version := ARRAY[coalesce(v_version, 0)];
    s_state := ARRAY[coalesce(v_state, 0::smallint)]; s_elsewhere := ARRAY[coalesce(v_elsewhere, false)];
  ELSE
  SELECT array_agg(q.id), array_agg(q.version), array_agg(q.state), array_agg(q.elsewhere)
    INTO s_id, s_version, s_state, s_elsewhere
    FROM (SELECT coalesce(st.stream_id, 0) AS id, coalesce(st.version, 0) AS version,
                 coalesce(st.state, 0::smallint) AS state,
                 coalesce(st.lane <> p_lane OR st.partition <> n.partition, false) AS elsewhere
            FROM unnest(s_tenant, s_category, s_key, s_partition) WITH ORDINALITY AS n(tenant, category, key, partition, o)
            LEFT JOIN log.stream st ON st.tenant = n.tenant AND st.category = n.category AND st.key = n.key
           ORDER BY n.o) q;
  END IF;
  IF v_any THEN
    v_before_version := array_fill(0, ARRAY[v_requests]);
    FOR v_hit IN SELECT n.o, k.pos, e.version FROM unnest(r_stream, r_expected, r_id) WITH ORDINALITY AS n(stream, expected, id, o)
        JOIN log.event_key k ON k.tenant = s_tenant[n.stream] AND k.event_id = n.id
        JOIN log.event e ON e.lane = k.lane AND e.pos = k.pos WHERE n.expected = -1 LOOP
      v_before[v_hit.o] := v_hit.pos; v_before_version[v_hit.o] := v_hit.version;
    END LOOP;
  END IF;
  IF v_claims THEN
    s_holder := array_fill(''::text, ARRAY[cardinality(s_tenant)]);
    FOR v_hit IN SELECT n.o, convert_from(e.body, 'UTF8')::jsonb ->> 'holder' AS holder
        FROM unnest(s_id, s_version, s_state) WITH ORDINALITY AS n(id, version, state, o)
        JOIN log.event e ON e.lane = p_lane AND e.stream_id = n.id AND e.version = n.version WHERE n.state = 1 LOOP
      s_holder[v_hit.o] := v_hit.holder;
    END LOOP;
  END IF;

  WHILE i <= v_requests LOOP
    v_last := i;
    IF v_claims THEN
      WHILE v_last < v_requests AND r_claim[v_last + 1] <> 0 LOOP v_last := v_last + 1; END LOOP;
    END IF;
    s := r_stream[i];
    v_answer := 0;
    IF s_elsewhere[s] THEN
      v_answer := 4;
    ELSIF r_expected[i] = -1 THEN
      IF v_before[i] IS NOT NULL THEN 
        v_answer := 2; o_pos[i] := v_before[i]; o_version[i] := v_before_version[i];
      END IF;
    ELSIF r_expected[i] <> s_version[s] THEN
      v_answer := 1; v_wrong := true; o_version[i] := s_version[s];
    END IF;
    IF v_answer = 0 AND v_last > i THEN
      v_holder := s_category[s] || '/' || s_key[s];
      FOR j IN i + 1 .. v_last LOOP
        u := r_stream[j];
        IF s_state[u] = 1 AND s_holder[u] <> v_holder THEN v_answer := 3; o_version[i] := j; EXIT; END IF;
      END LOOP;
    END IF;
    FOR j IN i .. v_last LOOP
      u := r_stream[j];
      IF v_answer <> 0 THEN
        o_status[j] := v_answer;
      ELSIF r_claim[j] <> 0 AND (r_claim[j] = 1) = (s_state[u] = 1) THEN
        o_status[j] := 5;
      ELSE
        IF s_id[u] = 0 THEN
          s_id[u] := nextval('log.stream_stream_id_seq'); s_first[u] := o_head + 1; v_begun := true;
        ELSIF s_first[u] = 0 THEN
          v_known := true;
        END IF;
        -- The row's facts are the v_order + 1st and following of the batch.
        r_base_pos[j] := o_head - v_order;
        r_base_version[j] := s_version[u] - v_order;
        o_head := o_head + r_count[j];
        s_version[u] := s_version[u] + r_count[j];
        s_touched[u] := true;
        o_version[j] := s_version[u];
        o_pos[j] := o_head;
        IF r_claim[j] <> 0 THEN
          s_state[u] := CASE r_claim[j] WHEN 1 THEN 1 ELSE 0 END; s_holder[u] := v_holder;
        END IF;
      END IF;
      v_order := v_order + r_count[j];
    END LOOP;
    i := v_last + 1;
  END LOOP;

  -- A wrong version is a repetition when this very fact is what stands there.
  IF v_wrong THEN
    FOR v_hit IN SELECT n.o, e.pos, e.version FROM unnest(r_stream, r_expected, r_id, o_status)
          WITH ORDINALITY AS n(stream, expected, id, status, o)
        JOIN log.event e ON e.lane = p_lane AND e.stream_id = s_id[n.stream] AND e.version = n.expected + 1
          AND e.event_id = n.id
        WHERE n.status = 1 LOOP
      o_status[v_hit.o] := 2; o_pos[v_hit.o] := v_hit.pos; o_version[v_hit.o] := v_hit.version;
    END LOOP;
  END IF;
  IF o_head = v_started THEN RETURN; END IF;

  IF v_begun AND v_alone THEN
    INSERT INTO log.stream (stream_id, tenant, category, key, partition, lane, version, first_pos, state)
    OVERRIDING SYSTEM VALUE
    VALUES (s_id[1], s_tenant[1], s_category[1], s_key[1], s_partition[1], p_lane, s_version[1], s_first[1], s_state[1])
    RETURNING record_send(ROW(stream_id, tenant, convert_to(category, 'UTF8'), convert_to(key, 'UTF8'),
                              convert_to(partition, 'UTF8'), first_pos)) INTO v_streams;
  ELSIF v_begun THEN
    WITH begun AS (
      INSERT INTO log.stream (stream_id, tenant, category, key, partition, lane, version, first_pos, state)
      OVERRIDING SYSTEM VALUE
      SELECT n.id, n.tenant, n.category, n.key, n.partition, p_lane, n.version, n.first, n.state
        FROM unnest(s_id, s_tenant, s_category, s_key, s_partition, s_version, s_first, s_state)
          AS n(id, tenant, category, key, partition, version, first, state)
       WHERE n.first > 0
      RETURNING stream_id, tenant, category, key, partition, first_pos)
    SELECT string_agg(record_send(ROW(b.stream_id, b.tenant, convert_to(b.category, 'UTF8'), convert_to(b.key, 'UTF8'),
                                      convert_to(b.partition, 'UTF8'), b.first_pos)), ''::bytea ORDER BY b.first_pos)
      INTO v_streams FROM begun b;
  END IF;
  IF v_known AND v_alone THEN
    UPDATE log.stream st SET version = s_version[1], state = s_state[1] WHERE st.stream_id = s_id[1];
  ELSIF v_known THEN
    UPDATE log.stream st SET version = n.version, state = n.state
      FROM unnest(s_id, s_version, s_state, s_first, s_touched) AS n(id, version, state, first, touched)
     WHERE st.stream_id = n.id AND n.touched AND n.first = 0;
  END IF;

  IF cardinality(e_request) = 1 THEN
    INSERT INTO log.event (lane, pos, tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at,
                           meta, body)
    VALUES (p_lane, o_head, s_tenant[1], s_id[1], s_version[1], e_type[1], e_schema[1], e_id[1], e_key[1], v_at,
            e_meta[1], e_body[1])
    RETURNING record_send(ROW(pos, tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at, meta,
                              body)) INTO v_facts;
  ELSE
  WITH put AS (
    INSERT INTO log.event (lane, pos, tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at,
                           meta, body)
    SELECT p_lane, r_base_pos[n.request] + n.o, s_tenant[r_stream[n.request]], s_id[r_stream[n.request]],
           r_base_version[n.request] + n.o, n.type, n.schema, n.id, n.key, v_at, n.meta, n.body
      FROM unnest(e_request, e_type, e_schema, e_id, e_key, e_meta, e_body)
        WITH ORDINALITY AS n(request, type, schema, id, key, meta, body, o)
     WHERE r_base_pos[n.request] IS NOT NULL
    RETURNING pos, tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at, meta, body)
  SELECT string_agg(record_send(ROW(p.pos, p.tenant, p.stream_id, p.version, p.type_id, p.schema_ver, p.event_id,
                                    p.key_id, p.recorded_at, p.meta, p.body)), ''::bytea ORDER BY p.pos)
    INTO v_facts FROM put p;
  END IF;

  IF v_any THEN
    INSERT INTO log.event_key (tenant, event_id, lane, pos)
    SELECT s_tenant[n.stream], n.id, p_lane, n.last - n.facts + 1
      FROM unnest(r_stream, r_expected, r_id, o_status, o_pos, r_count) AS n(stream, expected, id, status, last, facts)
     WHERE n.expected = -1 AND n.status = 0;
  END IF;

  v_previous := sha256(v_previous || v_facts || v_streams);
  WITH sealed AS (INSERT INTO log.seal VALUES (p_lane, o_head, v_previous))
  UPDATE log.lane l SET head = o_head, last_at = v_at, seal = v_previous WHERE l.lane = p_lane;
END $$;

-- The same for one fact at an expected version, which is what a lane gets when nobody else is waiting: scalars instead of
-- arrays and four statements instead of six. Status null: not as simple as that, and nothing was changed; ask log.append.
CREATE FUNCTION log.append_one(
  p_lane smallint, p_incarnation uuid, p_tenant int, p_category text, p_key text, p_partition text, p_expected int,
  p_type int, p_schema smallint, p_id uuid, p_person bigint, p_meta bytea, p_body bytea,
  OUT o_head bigint, OUT o_status int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_at timestamptz; v_seal bytea; v_life uuid; v_stream bigint; v_fact bytea; v_begun bytea := ''::bytea;
BEGIN
  -- The commit order, as in log.append.
  SELECT l.head + 1, greatest(clock_timestamp(), l.last_at), l.seal, l.incarnation
    INTO STRICT o_head, v_at, v_seal, v_life
    FROM log.lane l WHERE l.lane = p_lane FOR UPDATE;
  IF v_life <> p_incarnation THEN
    o_status := 6;
    RETURN;
  END IF;
  IF p_expected > 0 THEN
    UPDATE log.stream s SET version = p_expected + 1
     WHERE s.tenant = p_tenant AND s.category = p_category AND s.key = p_key AND s.partition = p_partition
       AND s.lane = p_lane AND s.version = p_expected
    RETURNING s.stream_id INTO v_stream;
  ELSE
    INSERT INTO log.stream (tenant, category, key, partition, lane, version, first_pos)
    VALUES (p_tenant, p_category, p_key, p_partition, p_lane, 1, o_head)
    ON CONFLICT DO NOTHING
    RETURNING stream_id, record_send(ROW(stream_id, tenant, convert_to(category, 'UTF8'), convert_to(key, 'UTF8'),
                                         convert_to(partition, 'UTF8'), first_pos)) INTO v_stream, v_begun;
  END IF;
  IF v_stream IS NULL THEN RETURN; END IF;
  INSERT INTO log.event (lane, pos, tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at,
                         meta, body)
  VALUES (p_lane, o_head, p_tenant, v_stream, p_expected + 1, p_type, p_schema, p_id, p_person, v_at, p_meta, p_body)
  RETURNING record_send(ROW(pos, tenant, stream_id, version, type_id, schema_ver, event_id, key_id, recorded_at, meta,
                            body)) INTO v_fact;
  v_seal := sha256(v_seal || v_fact || v_begun);
  WITH sealed AS (INSERT INTO log.seal VALUES (p_lane, o_head, v_seal))
  UPDATE log.lane l SET head = o_head, last_at = v_at, seal = v_seal WHERE l.lane = p_lane;
  o_status := 0;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA log FROM PUBLIC;

CREATE OR REPLACE FUNCTION log.admit(p_role name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA log, keys TO %I', p_role);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA log, keys TO %I', p_role);
  EXECUTE format('GRANT INSERT ON keys.organisation, keys.person, keys.secret TO %I', p_role);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON log.subscription, log.dead_event, log.instance, log.snapshot TO %I',
    p_role);
  EXECUTE format('GRANT USAGE ON SEQUENCE log.instance_epoch TO %I', p_role);
  EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA log TO %I', p_role);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION log.admit(name), log.begin_life() FROM %I', p_role);
END $$;
