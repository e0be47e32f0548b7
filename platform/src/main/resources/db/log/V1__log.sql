-- The event log. What is stored here is for ever: this is its final shape from the first fact on.
-- The runtime role reads these tables and writes only through the functions of V2; it never updates a fact.

-- Keys of people and organisations lie in a schema of their own, so that they can have backups of their own.
CREATE SCHEMA IF NOT EXISTS keys;

-- One row: what was fixed when this log was made. Restore and failover change the incarnation, never the origin.
CREATE TABLE log.installation (
  one                 boolean PRIMARY KEY DEFAULT true CHECK (one),
  origin              uuid NOT NULL,
  incarnation         uuid NOT NULL,
  lanes               smallint NOT NULL CHECK (lanes BETWEEN 1 AND 64),
  lane_hash           text NOT NULL,
  seal_hash           text NOT NULL,
  partition_positions bigint NOT NULL CHECK (partition_positions > 0),
  created_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE log.lane (
  lane    smallint PRIMARY KEY,
  head    bigint NOT NULL DEFAULT 0,
  last_at timestamptz NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE log.stream (
  stream_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant    int NOT NULL,
  category  text NOT NULL,
  key       text NOT NULL,
  partition text NOT NULL,
  lane      smallint NOT NULL, -- no REFERENCES: only log.append writes it, and the check costs 5 µs a stream
  version   int NOT NULL DEFAULT 0,
  first_pos bigint NOT NULL,
  state     smallint NOT NULL DEFAULT 0,
  UNIQUE (tenant, category, key)
) WITH (fillfactor = 70);

CREATE TABLE log.event_type (
  type_id    int PRIMARY KEY,
  name       text NOT NULL,
  schema_ver smallint NOT NULL,
  codec      smallint NOT NULL,
  schema     text NOT NULL,
  UNIQUE (name, schema_ver)
);

CREATE TABLE log.event (
  lane        smallint NOT NULL,
  pos         bigint NOT NULL,
  tenant      int NOT NULL,
  stream_id   bigint NOT NULL,
  version     int NOT NULL CHECK (version > 0),
  type_id     int NOT NULL,
  schema_ver  smallint NOT NULL,
  event_id    uuid NOT NULL,
  key_id      bigint,
  recorded_at timestamptz NOT NULL,
  meta        bytea,
  body        bytea NOT NULL,
  PRIMARY KEY (lane, pos)
) PARTITION BY LIST (lane);
CREATE INDEX event_stream ON log.event (lane, stream_id, version);

-- Only for appends without an expected version: what makes a repeated one harmless.
CREATE TABLE log.event_key (
  tenant   int NOT NULL,
  event_id uuid NOT NULL,
  lane     smallint NOT NULL,
  pos      bigint NOT NULL,
  PRIMARY KEY (tenant, event_id)
);

CREATE TABLE log.seal (
  lane smallint NOT NULL,
  pos  bigint NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (lane, pos)
);

CREATE TABLE log.snapshot (
  stream_id bigint,
  kind      text,
  code_hash bytea,
  version   int NOT NULL,
  state     bytea NOT NULL,
  PRIMARY KEY (stream_id, kind)
);

-- state: 0 built beside, 1 read by queries, 2 replaced and about to be forgotten.
CREATE TABLE log.subscription (
  name        text,
  generation  int,
  lane        smallint,
  shard       smallint,
  revision    int NOT NULL,
  state       smallint NOT NULL DEFAULT 0,
  incarnation uuid NOT NULL,
  pos         bigint NOT NULL DEFAULT 0,
  epoch       bigint NOT NULL DEFAULT 0,
  owner       text,
  lease_until timestamptz,
  last_error  text,
  PRIMARY KEY (name, generation, lane, shard)
) WITH (fillfactor = 50);

CREATE TABLE log.dead_event (
  name       text,
  generation int,
  lane       smallint,
  pos        bigint,
  attempts   int NOT NULL,
  error      text NOT NULL,
  PRIMARY KEY (name, generation, lane, pos)
);

CREATE TABLE log.instance (
  id          uuid PRIMARY KEY,
  epoch       bigint NOT NULL,
  lease_until timestamptz NOT NULL,
  acked       jsonb NOT NULL
) WITH (fillfactor = 50);
CREATE SEQUENCE log.instance_epoch;

-- A null key is a destroyed key: what it encrypted can never be read again.
CREATE TABLE keys.organisation (
  tenant  int PRIMARY KEY,
  wrapped bytea NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE keys.person (
  key_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant    int NOT NULL REFERENCES keys.organisation,
  person    uuid NOT NULL,
  wrapped   bytea,
  made_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  erased_at timestamptz,
  UNIQUE (tenant, person),
  CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);
-- Secrets of the log itself, sealed by the master key, e.g. what the values of uniqueness streams are hashed with.
CREATE TABLE keys.secret (
  name   text PRIMARY KEY,
  sealed bytea NOT NULL
);
