UPDATE telemetry_device AS device
SET clock_skew_s = coalesce(seen.skew_s, device.clock_skew_s),
    out_of_order = device.out_of_order + seen.out_of_order,
    quarantined = device.quarantined + seen.aside,
    clock_quarantined_at = CASE WHEN seen.reason = '' THEN device.clock_quarantined_at
                                ELSE coalesce(device.clock_quarantined_at, %s::timestamptz) END,
    clock_reason = CASE WHEN seen.reason = '' THEN device.clock_reason ELSE seen.reason END
FROM unnest(%s::bigint[], %s::float8[], %s::bigint[], %s::bigint[], %s::text[])
    AS seen (id, skew_s, out_of_order, aside, reason)
WHERE device.id = seen.id
  AND (seen.skew_s IS DISTINCT FROM device.clock_skew_s OR seen.out_of_order + seen.aside > 0 OR seen.reason <> '')
