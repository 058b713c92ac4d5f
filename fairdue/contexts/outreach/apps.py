from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "fairdue.contexts.outreach"
    label = "outreach"
