-- What the hub has goes first when room is short: found without reading all that it has not.
CREATE INDEX proof_sent ON proof (seq) WHERE sent = 1;
