from django.apps import AppConfig


class LawConfig(AppConfig):
    name = "fairdue.contexts.law"
    label = "law"
