from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "fairdue.contexts.care"
    label = "care"
