from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "fairdue.contexts.ledger"
    label = "ledger"
