from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "fairdue.contexts.reporting"
    label = "reporting"
