from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "fairdue.contexts.cases"
    label = "cases"
