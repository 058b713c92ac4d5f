from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "fairdue.contexts.payments"
    label = "payments"
