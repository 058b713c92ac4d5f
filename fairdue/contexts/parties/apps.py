from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "fairdue.contexts.parties"
    label = "parties"
