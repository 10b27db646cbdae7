-- Keys with which a device signed codes before its present one. They go on to be taken for a while: the
-- device may not have heard yet that the hub has the new one.
CREATE TABLE former_key (
    device     TEXT NOT NULL REFERENCES device (id),
    public_key TEXT NOT NULL,
    until      INTEGER NOT NULL,
    PRIMARY KEY (device, public_key)
) STRICT, WITHOUT ROWID;
