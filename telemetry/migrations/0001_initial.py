import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# One partition a UTC day; `telemetry_reading_default` takes what has none and is watched. The range of a day is the
# only thing that prunes, so every query filters on `at`.
READINGS = """
CREATE TABLE telemetry_reading (
    sensor_id bigint NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    seq bigint,
    value double precision,
    quality smallint NOT NULL,
    PRIMARY KEY (sensor_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE telemetry_reading_default PARTITION OF telemetry_reading DEFAULT;
CREATE INDEX telemetry_reading_received ON telemetry_reading USING brin (received_at) WITH (pages_per_range = 16);
"""

APPEND_ONLY = """
CREATE TRIGGER telemetry_transition_append_only BEFORE UPDATE OR DELETE ON telemetry_alarmtransition
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

# Rows rewritten at every batch: free room on the page keeps the update off the indexes.
ROOM = """
ALTER TABLE telemetry_latestreading SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE telemetry_device SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE telemetry_alarmcondition SET (fillfactor = 60);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('gis', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Sensor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('geom', django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ('key', models.CharField(max_length=64)),
                ('code', models.CharField(max_length=130, unique=True)),
                ('quantity', models.CharField(choices=[('pressure', 'Pressure'), ('flow', 'Flow'), ('level', 'Level'), ('volume', 'Volume'), ('energy', 'Energy'), ('power', 'Power'), ('voltage', 'Voltage'), ('current', 'Current'), ('state', 'State'), ('temperature', 'Temperature'), ('other', 'Other')], max_length=16)),
                ('unit', models.CharField(max_length=16)),
                ('name_fr', models.CharField(blank=True, max_length=120)),
                ('name_ar', models.CharField(blank=True, max_length=120)),
                ('expected_interval_s', models.FloatField(default=60)),
                ('cumulative', models.BooleanField(default=False)),
                ('field', models.CharField(help_text="Key of the value in the device's payload.", max_length=64)),
                ('scale', models.FloatField(default=1)),
                ('offset', models.FloatField(default=0)),
                ('valid_min', models.FloatField(blank=True, null=True)),
                ('valid_max', models.FloatField(blank=True, null=True)),
                ('register', models.JSONField(blank=True, default=dict)),
                ('states', models.JSONField(blank=True, default=dict)),
                ('active', models.BooleanField(default=True)),
                ('connection_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gis.connectionpoint')),
            ],
            options={
                'verbose_name': 'sensor',
                'verbose_name_plural': 'sensors',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('geom', django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ('code', models.CharField(max_length=64, unique=True, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9_-]{1,64}\\Z', 'Letters, digits, hyphens and underscores, 64 at most.')])),
                ('name', models.CharField(blank=True, max_length=200)),
                ('protocol', models.CharField(choices=[('mqtt', 'MQTT'), ('modbus', 'Modbus TCP')], max_length=10)),
                ('family', models.CharField(blank=True, max_length=64)),
                ('modbus', models.JSONField(blank=True, default=dict)),
                ('active', models.BooleanField(default=True)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('last_seq', models.BigIntegerField(blank=True, null=True)),
                ('last_seq_at', models.DateTimeField(blank=True, null=True)),
                ('clock_skew_s', models.FloatField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('last_error_at', models.DateTimeField(blank=True, null=True)),
                ('connection_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gis.connectionpoint')),
                ('link', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gis.link')),
                ('node', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gis.node')),
            ],
            options={
                'verbose_name': 'device',
                'verbose_name_plural': 'devices',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='LatestReading',
            fields=[
                ('sensor', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='latest', serialize=False, to='telemetry.sensor')),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('seq', models.BigIntegerField(null=True)),
                ('value', models.FloatField(null=True)),
                ('quality', models.SmallIntegerField()),
                ('reason', models.CharField(blank=True, max_length=64)),
                ('stale', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='sensor',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sensors', to='telemetry.device'),
        ),
        migrations.AddField(
            model_name='sensor',
            name='link',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gis.link'),
        ),
        migrations.AddField(
            model_name='sensor',
            name='node',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gis.node'),
        ),
        migrations.CreateModel(
            name='AlarmRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('code', models.CharField(max_length=32)),
                ('kind', models.CharField(choices=[('high', 'High'), ('low', 'Low')], max_length=8)),
                ('limit', models.FloatField()),
                ('deadband', models.FloatField(default=0, validators=[django.core.validators.MinValueValidator(0)])),
                ('on_delay_s', models.FloatField(default=0, validators=[django.core.validators.MinValueValidator(0)])),
                ('off_delay_s', models.FloatField(default=0, validators=[django.core.validators.MinValueValidator(0)])),
                ('priority', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                ('response_fr', models.TextField(blank=True)),
                ('response_ar', models.TextField(blank=True)),
                ('consequence_fr', models.TextField(blank=True)),
                ('consequence_ar', models.TextField(blank=True)),
                ('active', models.BooleanField(default=True)),
                ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='telemetry.sensor')),
            ],
            options={
                'verbose_name': 'alarm rule',
                'verbose_name_plural': 'alarm rules',
            },
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('state', models.CharField(choices=[('normal', 'Normal'), ('active_unacknowledged', 'Active, not acknowledged'), ('active_acknowledged', 'Active, acknowledged'), ('cleared_unacknowledged', 'Cleared, not acknowledged'), ('shelved', 'Shelved'), ('suppressed', 'Suppressed by design'), ('out_of_service', 'Out of service')], default='normal', max_length=30)),
                ('priority', models.PositiveSmallIntegerField()),
                ('raised_at', models.DateTimeField(blank=True, null=True)),
                ('raised_value', models.FloatField(blank=True, null=True)),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
                ('shelved_until', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField()),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='telemetry.alarmrule')),
                ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='telemetry.sensor')),
            ],
            options={
                'verbose_name': 'alarm',
                'verbose_name_plural': 'alarms',
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(READINGS, 'DROP TABLE telemetry_reading')],
            state_operations=[
                migrations.CreateModel(
                    name='Reading',
                    fields=[
                        ('pk', models.CompositePrimaryKey('sensor_id', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField()),
                        ('received_at', models.DateTimeField()),
                        ('seq', models.BigIntegerField(null=True)),
                        ('value', models.FloatField(null=True)),
                        ('quality', models.SmallIntegerField()),
                        ('sensor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='telemetry.sensor')),
                    ],
                ),
                migrations.AddIndex(
                    model_name='reading',
                    index=django.contrib.postgres.indexes.BrinIndex(fields=['received_at'], name='telemetry_reading_received', pages_per_range=16),
                ),
            ],
        ),
        migrations.CreateModel(
            name='ReadingConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('seq', models.BigIntegerField(null=True)),
                ('value', models.FloatField(null=True)),
                ('quality', models.SmallIntegerField()),
                ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='telemetry.sensor')),
            ],
            options={
                'verbose_name': 'conflicting reading',
                'verbose_name_plural': 'conflicting readings',
            },
        ),
        migrations.CreateModel(
            name='SequenceGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('missing', models.JSONField()),
                ('detected_at', models.DateTimeField()),
                ('asks', models.PositiveSmallIntegerField(default=0)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('next_ask_at', models.DateTimeField(blank=True, null=True)),
                ('filled_at', models.DateTimeField(blank=True, null=True)),
                ('abandoned_at', models.DateTimeField(blank=True, null=True)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='telemetry.device')),
            ],
            options={
                'verbose_name': 'sequence gap',
                'verbose_name_plural': 'sequence gaps',
            },
        ),
        migrations.CreateModel(
            name='AlarmCondition',
            fields=[
                ('rule', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='condition', serialize=False, to='telemetry.alarmrule')),
                ('active', models.BooleanField(default=False)),
                ('pending_since', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('value', models.FloatField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='telemetry_condition_due')],
            },
        ),
        migrations.CreateModel(
            name='AlarmTransition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(max_length=30)),
                ('to_state', models.CharField(max_length=30)),
                ('reason', models.TextField(blank=True)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField()),
                ('until', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='telemetry.alarm')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('subject', 'version'), name='telemetry_transition_once')],
            },
        ),
        migrations.CreateModel(
            name='DeadLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('topic', models.TextField()),
                ('payload', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=32)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('first_received_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('occurrences', models.PositiveIntegerField(default=1)),
                ('replayed_at', models.DateTimeField(blank=True, null=True)),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='dead_letters', to='telemetry.device')),
            ],
            options={
                'verbose_name': 'dead letter',
                'verbose_name_plural': 'dead letters',
                'indexes': [models.Index(fields=['-received_at'], name='telemetry_letter_received')],
            },
        ),
        migrations.AddConstraint(
            model_name='sensor',
            constraint=models.UniqueConstraint(fields=('device', 'key'), name='telemetry_sensor_key_once_per_device'),
        ),
        migrations.AddConstraint(
            model_name='alarmrule',
            constraint=models.UniqueConstraint(fields=('sensor', 'code'), name='telemetry_rule_code_once_per_sensor'),
        ),
        migrations.AddConstraint(
            model_name='alarmrule',
            constraint=models.CheckConstraint(condition=models.Q(('deadband__gte', 0), ('off_delay_s__gte', 0), ('on_delay_s__gte', 0), ('priority__range', (1, 4))), name='telemetry_rule_in_range'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(condition=models.Q(('state', 'normal'), _negated=True), fields=['state', 'priority'], name='telemetry_alarm_open'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['-raised_at'], name='telemetry_alarm_raised'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'normal'), _negated=True), fields=('rule',), name='telemetry_one_open_alarm_per_rule'),
        ),
        migrations.AddConstraint(
            model_name='readingconflict',
            constraint=models.UniqueConstraint(fields=('sensor', 'at', 'value', 'quality'), name='telemetry_conflict_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='sequencegap',
            index=models.Index(condition=models.Q(('next_ask_at__isnull', False)), fields=['next_ask_at'], name='telemetry_gap_due'),
        ),
        migrations.AddIndex(
            model_name='sequencegap',
            index=models.Index(condition=models.Q(('filled_at__isnull', True)), fields=['device'], name='telemetry_gap_open'),
        ),
        migrations.RunSQL(APPEND_ONLY, 'DROP TRIGGER telemetry_transition_append_only ON telemetry_alarmtransition'),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
