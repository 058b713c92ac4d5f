from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "fairdue.contexts.audit"
    label = "audit"
