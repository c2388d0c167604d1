SELECT id FROM gis_node WHERE network_id = %(network)s ORDER BY id
