from django.apps import AppConfig


class ArrangementsConfig(AppConfig):
    name = "fairdue.contexts.arrangements"
    label = "arrangements"
