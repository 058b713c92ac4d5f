from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "fairdue.jobs"
    label = "jobs"
