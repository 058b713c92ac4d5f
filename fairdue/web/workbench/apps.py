from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "fairdue.web.workbench"
    label = "workbench"
