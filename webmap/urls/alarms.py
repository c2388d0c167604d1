"""The pages of alarms, under `/telemetry/alarms/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views.telemetry import (
    alarm_aside,
    alarm_calls,
    alarm_figures,
    alarm_journal,
    alarm_rules,
    alarm_templates,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("rules/", alarm_rules.rules, name="telemetry_alarm_rules"),
    path("rules/new/", alarm_rules.new, name="telemetry_alarm_rule_new"),
    path("rules/<int:rule_id>/", alarm_rules.rule, name="telemetry_alarm_rule"),
    path("rules/<int:rule_id>/change/", alarm_rules.change, name="telemetry_alarm_rule_change"),
    path("rules/<int:rule_id>/give-back/", alarm_rules.give_back, name="telemetry_alarm_rule_give_back"),
    path("templates/new/", alarm_templates.new, name="telemetry_alarm_template_new"),
    path("templates/of/<slug:code>/", alarm_templates.template, name="telemetry_alarm_template"),
    path("templates/of/<slug:code>/change/", alarm_templates.change, name="telemetry_alarm_template_change"),
    path("templates/of/<slug:code>/end/", alarm_templates.end, name="telemetry_alarm_template_end"),
    path("calls/", alarm_calls.calls, name="telemetry_alarm_calls"),
    path("calls/escalations/", alarm_calls.escalate, name="telemetry_alarm_escalate"),
    path("calls/duties/", alarm_calls.duty, name="telemetry_alarm_duty_new"),
    path("calls/duties/<int:duty_id>/", alarm_calls.duty, name="telemetry_alarm_duty"),
    path("calls/duties/<int:duty_id>/end/", alarm_calls.end, name="telemetry_alarm_duty_end"),
    path("figures/", alarm_figures.figures, name="telemetry_alarm_figures"),
    path("journal/", alarm_journal.journal, name="telemetry_alarm_journal"),
    path("journal.csv", alarm_journal.journal_file, name="telemetry_alarm_journal_file"),
    path("aside/", alarm_aside.aside, name="telemetry_alarm_aside"),
    path("aside/<int:alarm_id>/take-back/", alarm_aside.take_back, name="telemetry_alarm_take_back"),
    path("quiet/", alarm_aside.quiet, name="telemetry_alarm_quiet"),
    path("quiet/<int:suppression_id>/lift/", alarm_aside.lift, name="telemetry_alarm_lift"),
]
