from django.apps import AppConfig


class BookConfig(AppConfig):
    name = "fairdue.contexts.book"
    label = "book"
