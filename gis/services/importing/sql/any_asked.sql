SELECT host_id FROM asked_host LIMIT 1
