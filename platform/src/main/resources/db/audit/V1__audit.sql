-- Who did what to what, newest first, for each organisation: made of facts, so it can always be made again.
CREATE TABLE audit.entry (
  generation  int NOT NULL,
  tenant      int NOT NULL,           -- 0: the installation itself
  at          timestamptz NOT NULL,
  lane        smallint NOT NULL,
  pos         bigint NOT NULL,
  action      text NOT NULL,          -- the name of the fact; of a refusal what was refused
  actor       text NOT NULL,          -- the id of a key or a session, or the name of a part
  person      uuid,                   -- whom the fact itself names as acting
  target_kind text,                   -- the category of the stream
  target      text,                   -- which one of it
  reason      text,                   -- why it was refused; null: it was done
  times       int NOT NULL,
  network     text,                   -- roughly where from, of refusals
  correlation uuid NOT NULL,
  fact        uuid NOT NULL,
  PRIMARY KEY (generation, tenant, at, lane, pos)
);
CREATE INDEX entry_all ON audit.entry (generation, at, lane, pos);
CREATE INDEX entry_actor ON audit.entry (generation, actor, at);
CREATE INDEX entry_target ON audit.entry (generation, target, at);

-- Which person acts by a key or a session.
CREATE TABLE audit.actor (
  generation int NOT NULL,
  actor      text NOT NULL,
  person     uuid NOT NULL,
  PRIMARY KEY (generation, actor)
);
CREATE INDEX actor_person ON audit.actor (generation, person);
