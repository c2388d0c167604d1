from django.conf import settings
from django.db import migrations, models

# How often a device should be heard is the shortest time in which one of its active sensors is expected. A
# logger that reports on change is expected at its heartbeat; a polled device is asked every interval, whatever
# is kept of it. Kept on the device, so that ten thousand are listed by their state without their sensors.
FUNCTION = """
CREATE FUNCTION telemetry_follow_rhythm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telemetry_device AS device SET heard_every_s = rhythm.interval_s
    FROM (
        SELECT told.id, coalesce(min(CASE told.protocol WHEN 'modbus' THEN sensor.expected_interval_s
                                     ELSE coalesce(sensor.heartbeat_s, sensor.expected_interval_s) END), 60) AS interval_s
        FROM telemetry_device AS told LEFT JOIN telemetry_sensor AS sensor ON sensor.device_id = told.id AND sensor.active
        WHERE told.id IN (SELECT device_id FROM changed) GROUP BY told.id
    ) AS rhythm
    WHERE device.id = rhythm.id AND device.heard_every_s <> rhythm.interval_s;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER telemetry_sensor_{event} AFTER {event} ON telemetry_sensor
REFERENCING {table} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION telemetry_follow_rhythm()
"""
TABLES = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
FOLLOW = [FUNCTION, *(TRIGGER.format(event=event, table=table) for event, table in TABLES.items())]
FORGET = [*(f"DROP TRIGGER telemetry_sensor_{event} ON telemetry_sensor" for event in TABLES),
          "DROP FUNCTION telemetry_follow_rhythm()"]
NOW = "UPDATE telemetry_sensor SET active = active"


class Migration(migrations.Migration):

    dependencies = [
        ('telemetry', '0003_alarms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='heard_every_s',
            field=models.FloatField(db_default=60, default=60, editable=False, help_text='How often it should be heard, seconds: the database reads it from the sensors.'),
        ),
        migrations.AlterField(
            model_name='alarmtemplate',
            name='quantity',
            field=models.CharField(blank=True, choices=[('pressure', 'Pressure'), ('flow', 'Flow'), ('level', 'Level'), ('volume', 'Volume'), ('energy', 'Energy'), ('power', 'Power'), ('voltage', 'Voltage'), ('current', 'Current'), ('state', 'State'), ('temperature', 'Temperature'), ('battery', 'Battery'), ('signal', 'Signal'), ('other', 'Other')], max_length=16),
        ),
        migrations.AlterField(
            model_name='sensor',
            name='quantity',
            field=models.CharField(choices=[('pressure', 'Pressure'), ('flow', 'Flow'), ('level', 'Level'), ('volume', 'Volume'), ('energy', 'Energy'), ('power', 'Power'), ('voltage', 'Voltage'), ('current', 'Current'), ('state', 'State'), ('temperature', 'Temperature'), ('battery', 'Battery'), ('signal', 'Signal'), ('other', 'Other')], max_length=16),
        ),
        migrations.AlterField(
            model_name='storagepolicy',
            name='quantity',
            field=models.CharField(blank=True, choices=[('pressure', 'Pressure'), ('flow', 'Flow'), ('level', 'Level'), ('volume', 'Volume'), ('energy', 'Energy'), ('power', 'Power'), ('voltage', 'Voltage'), ('current', 'Current'), ('state', 'State'), ('temperature', 'Temperature'), ('battery', 'Battery'), ('signal', 'Signal'), ('other', 'Other')], max_length=16, verbose_name='quantity'),
        ),
        migrations.AddIndex(
            model_name='deadletter',
            index=models.Index(fields=['device', '-received_at'], name='telemetry_letter_of_device'),
        ),
        migrations.RunSQL(FOLLOW, FORGET),
        migrations.RunSQL(NOW, migrations.RunSQL.noop),
    ]
