-- Alarms that were not normal at an instant, in the state that their last change by then gave them.
SELECT alarm.id, alarm.sensor_id, alarm.priority, state.to_state, alarm.raised_at, rule.kind
FROM telemetry_alarm AS alarm
JOIN telemetry_alarmrule AS rule ON rule.id = alarm.rule_id
CROSS JOIN LATERAL (
    SELECT to_state FROM telemetry_alarmtransition AS changed
    WHERE changed.subject_id = alarm.id AND changed.occurred_at <= %(at)s
    ORDER BY changed.version DESC LIMIT 1
) AS state
WHERE alarm.raised_at <= %(at)s AND (alarm.state <> 'normal' OR alarm.updated_at > %(at)s)
  AND state.to_state <> 'normal' AND alarm.sensor_id = ANY(%(sensor_ids)s)
ORDER BY alarm.priority, alarm.raised_at LIMIT %(limit)s
