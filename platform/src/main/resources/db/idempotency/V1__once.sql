-- Requests that are to be done once: who asked what, and the answer to give again. Kept for a day.
CREATE TABLE idempotency.request (
  scope  bytea PRIMARY KEY,          -- SHA-256 of caller, route and key
  body   bytea NOT NULL,             -- SHA-256 of the body
  begun  timestamptz NOT NULL DEFAULT now(),
  ended  boolean NOT NULL DEFAULT false,
  answer bytea                       -- sealed; null: unknown, or not there yet
);
CREATE INDEX request_begun ON idempotency.request (begun);
