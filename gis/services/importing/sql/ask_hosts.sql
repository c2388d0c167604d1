CREATE TEMPORARY TABLE asked_host ON COMMIT DROP AS
SELECT DISTINCT host_id, false AS redrawn FROM near_host
