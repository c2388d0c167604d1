"""Maps to take away: one file each, opened with the network off."""
