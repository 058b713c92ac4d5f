from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "fairdue.contexts.decisions"
    label = "decisions"
