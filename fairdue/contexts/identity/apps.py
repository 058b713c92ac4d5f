from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "fairdue.contexts.identity"
    label = "identity"
