from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "fairdue.web.ui"
    label = "ui"
