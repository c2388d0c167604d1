SELECT start_node_id, end_node_id FROM gis_link WHERE network_id = %(network)s
