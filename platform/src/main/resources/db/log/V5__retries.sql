-- Somebody has asked that the facts a projection had set aside be tried again; whoever feeds it sees it here.
ALTER TABLE log.dead_event ADD COLUMN retry boolean NOT NULL DEFAULT false;
