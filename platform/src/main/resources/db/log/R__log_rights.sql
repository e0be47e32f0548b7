-- What the runtime role may do, and no more: read the log, write it through its functions, keep its own place.
GRANT USAGE ON SCHEMA log, keys TO ${runtime};
GRANT SELECT ON ALL TABLES IN SCHEMA log, keys TO ${runtime};
GRANT INSERT ON keys.organisation, keys.person, keys.secret TO ${runtime};
GRANT INSERT, UPDATE, DELETE ON log.subscription, log.dead_event, log.instance, log.snapshot TO ${runtime};
GRANT USAGE ON SEQUENCE log.instance_epoch TO ${runtime};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA log TO ${runtime};
