import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The same key as readings: one sensor's history is one range of the index, time prunes partitions. Minutes are
# partitioned by UTC day, quarters by month, hours by year; days are few enough to lie in one table.
_ROLLUP = """
CREATE TABLE telemetry_rollup_{name} (
    sensor_id bigint NOT NULL,
    start timestamptz NOT NULL,
    low double precision,
    high double precision,
    total double precision,
    first double precision,
    last double precision,
    covered_s double precision NOT NULL,
    count integer NOT NULL,
    good integer NOT NULL,
    used integer NOT NULL,
    PRIMARY KEY (sensor_id, start)
){partitioned};
"""
_DEFAULT = "CREATE TABLE telemetry_rollup_{name}_default PARTITION OF telemetry_rollup_{name} DEFAULT;"
ROLLUPS = "".join(
    _ROLLUP.format(name=name, partitioned=" PARTITION BY RANGE (start)") + _DEFAULT.format(name=name)
    for name in ("1m", "15m", "1h")
) + _ROLLUP.format(name="1d", partitioned="")
DROP_ROLLUPS = "DROP TABLE telemetry_rollup_1m, telemetry_rollup_15m, telemetry_rollup_1h, telemetry_rollup_1d"

# What was stored before there were roll-ups waits like anything new: one entry a sensor and hour, one row a day.
HISTORY = """
INSERT INTO telemetry_rollupdirt (level, created_at, sensors, hours, masks)
SELECT 0, now(), array_agg(sensor_id), array_agg(hour), array_agg(mask)
FROM (
    SELECT sensor_id, (extract(epoch FROM at)::bigint / 3600)::int AS hour,
           bit_or(1::bigint << (extract(minute FROM at AT TIME ZONE 'UTC'))::int) AS mask
    FROM telemetry_reading GROUP BY 1, 2
) AS touched
GROUP BY hour / 24;
"""

# A queue: rows live for seconds.
QUEUE = """
ALTER TABLE telemetry_rollupdirt SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE telemetry_rollupdirt ALTER COLUMN masks SET STORAGE MAIN;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('telemetry', '0004_families'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('rows', models.BigIntegerField(default=0)),
                ('items', models.JSONField(default=list)),
                ('error', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'retention run',
                'verbose_name_plural': 'retention runs',
                'ordering': ['-started_at'],
            },
        ),
        migrations.AddField(
            model_name='device',
            name='clock_quarantined_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='device',
            name='clock_reason',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='device',
            name='conflicts',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='device',
            name='duplicates',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='device',
            name='out_of_order',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='device',
            name='quarantined',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='sensor',
            name='deadband',
            field=models.FloatField(blank=True, help_text='Of a polled value: smaller changes are not kept in the history.', null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='sensor',
            name='heartbeat_s',
            field=models.FloatField(blank=True, help_text='Kept at least this often even where it does not change, seconds.', null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AlterField(
            model_name='device',
            name='clock_skew_s',
            field=models.FloatField(blank=True, help_text='Device time minus time of receipt, seconds.', null=True),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ROLLUPS, DROP_ROLLUPS)],
            state_operations=[
                migrations.CreateModel(
                    name='DayRollup',
                    fields=[
                        ('pk', models.CompositePrimaryKey('sensor_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('start', models.DateTimeField()),
                        ('count', models.IntegerField(help_text='readings, of whatever quality')),
                        ('good', models.IntegerField(help_text='readings of good quality')),
                        ('used', models.IntegerField(help_text='usable readings: good or uncertain, with a value')),
                        ('low', models.FloatField(null=True)),
                        ('high', models.FloatField(null=True)),
                        ('total', models.FloatField(null=True)),
                        ('first', models.FloatField(null=True)),
                        ('last', models.FloatField(null=True)),
                        ('covered_s', models.FloatField(help_text='seconds that the readings stand for, bucket length at most')),
                        ('sensor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='telemetry.sensor')),
                    ],
                    options={
                        'db_table': 'telemetry_rollup_1d',
                    },
                ),
                migrations.CreateModel(
                    name='HourRollup',
                    fields=[
                        ('pk', models.CompositePrimaryKey('sensor_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('start', models.DateTimeField()),
                        ('count', models.IntegerField(help_text='readings, of whatever quality')),
                        ('good', models.IntegerField(help_text='readings of good quality')),
                        ('used', models.IntegerField(help_text='usable readings: good or uncertain, with a value')),
                        ('low', models.FloatField(null=True)),
                        ('high', models.FloatField(null=True)),
                        ('total', models.FloatField(null=True)),
                        ('first', models.FloatField(null=True)),
                        ('last', models.FloatField(null=True)),
                        ('covered_s', models.FloatField(help_text='seconds that the readings stand for, bucket length at most')),
                        ('sensor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='telemetry.sensor')),
                    ],
                    options={
                        'db_table': 'telemetry_rollup_1h',
                    },
                ),
                migrations.CreateModel(
                    name='MinuteRollup',
                    fields=[
                        ('pk', models.CompositePrimaryKey('sensor_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('start', models.DateTimeField()),
                        ('count', models.IntegerField(help_text='readings, of whatever quality')),
                        ('good', models.IntegerField(help_text='readings of good quality')),
                        ('used', models.IntegerField(help_text='usable readings: good or uncertain, with a value')),
                        ('low', models.FloatField(null=True)),
                        ('high', models.FloatField(null=True)),
                        ('total', models.FloatField(null=True)),
                        ('first', models.FloatField(null=True)),
                        ('last', models.FloatField(null=True)),
                        ('covered_s', models.FloatField(help_text='seconds that the readings stand for, bucket length at most')),
                        ('sensor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='telemetry.sensor')),
                    ],
                    options={
                        'db_table': 'telemetry_rollup_1m',
                    },
                ),
                migrations.CreateModel(
                    name='QuarterRollup',
                    fields=[
                        ('pk', models.CompositePrimaryKey('sensor_id', 'start', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('start', models.DateTimeField()),
                        ('count', models.IntegerField(help_text='readings, of whatever quality')),
                        ('good', models.IntegerField(help_text='readings of good quality')),
                        ('used', models.IntegerField(help_text='usable readings: good or uncertain, with a value')),
                        ('low', models.FloatField(null=True)),
                        ('high', models.FloatField(null=True)),
                        ('total', models.FloatField(null=True)),
                        ('first', models.FloatField(null=True)),
                        ('last', models.FloatField(null=True)),
                        ('covered_s', models.FloatField(help_text='seconds that the readings stand for, bucket length at most')),
                        ('sensor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='telemetry.sensor')),
                    ],
                    options={
                        'db_table': 'telemetry_rollup_15m',
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='RollupDirt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.SmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('sensors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('hours', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('masks', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                'indexes': [models.Index(fields=['level', 'id'], name='telemetry_dirt_next')],
            },
        ),
        migrations.CreateModel(
            name='StoragePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('family', models.CharField(blank=True, max_length=64, verbose_name='family')),
                ('quantity', models.CharField(blank=True, choices=[('pressure', 'Pressure'), ('flow', 'Flow'), ('level', 'Level'), ('volume', 'Volume'), ('energy', 'Energy'), ('power', 'Power'), ('voltage', 'Voltage'), ('current', 'Current'), ('state', 'State'), ('temperature', 'Temperature'), ('other', 'Other')], max_length=16, verbose_name='quantity')),
                ('raw_days', models.PositiveIntegerField(blank=True, default=400, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='readings, days')),
                ('minute_days', models.PositiveIntegerField(blank=True, default=800, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='1 minute, days')),
                ('quarter_days', models.PositiveIntegerField(blank=True, default=1900, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='15 minutes, days')),
                ('hour_days', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='1 hour, days')),
                ('day_days', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='1 day, days')),
            ],
            options={
                'verbose_name': 'storage policy',
                'verbose_name_plural': 'storage policies',
                'ordering': ['family', 'quantity'],
                'constraints': [models.UniqueConstraint(fields=('family', 'quantity'), name='telemetry_policy_once_per_class')],
            },
        ),
        migrations.CreateModel(
            name='QuarantinedReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('seq', models.BigIntegerField(null=True)),
                ('value', models.FloatField(null=True)),
                ('quality', models.SmallIntegerField()),
                ('reason', models.CharField(max_length=32)),
                ('state', models.CharField(choices=[('held', 'Held'), ('released', 'Released'), ('discarded', 'Discarded')], default='held', max_length=10)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('stored_at', models.DateTimeField(blank=True, null=True)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quarantine', to='telemetry.device')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='telemetry.sensor')),
            ],
            options={
                'verbose_name': 'quarantined reading',
                'verbose_name_plural': 'quarantined readings',
                'indexes': [models.Index(condition=models.Q(('state', 'held')), fields=['device', 'id'], name='telemetry_quarantine_held')],
                'constraints': [models.UniqueConstraint(fields=('sensor', 'at', 'value', 'quality'), name='telemetry_quarantined_once', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL(HISTORY, migrations.RunSQL.noop),
        migrations.RunSQL(QUEUE, migrations.RunSQL.noop),
    ]
