"""`manage.py makemessages -l zh_Hans --no-location`: Django's own, which also finds `word(…)` and `lazy(…)`."""

from __future__ import annotations

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Collect the strings for translators."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=word", "--keyword=lazy"]
