from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "fairdue.web.portal"
    label = "portal"
