"""Adapters to the outside world. Only the dispatcher imports them: nothing else in the house can send."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.conf import settings

from fairdue.contexts.outreach.channels.base import Channel
from fairdue.contexts.outreach.channels.inapp import InApp
from fairdue.contexts.outreach.channels.sms_http import HttpProvider
from fairdue.contexts.outreach.channels.smtp import Smtp


class ChannelUnknown(LookupError):
    """No adapter is configured for the channel or provider."""

    code = "outreach.channel.unknown"


def provider_for(channel: str) -> str:
    """Return the code of the provider that carries a channel in this installation.

    :raises ChannelUnknown: if none does
    """
    if channel == "inapp":
        return InApp.code
    if channel == "email" and settings.SMTP_URL:
        return Smtp.code
    if channel in ("sms", "email"):
        return HttpProvider.code
    raise ChannelUnknown(f"nothing carries the channel {channel!r}")


def open_channel(provider: str) -> Channel:
    """Return the adapter of a provider, to be used as a context manager.

    :raises ChannelUnknown: if the provider is not configured
    """
    if provider == InApp.code:
        return InApp()
    if provider == HttpProvider.code:
        return HttpProvider(url=settings.SMS_PROVIDER_URL, key=settings.SMS_PROVIDER_KEY)
    if provider == Smtp.code and settings.SMTP_URL:
        return _smtp(settings.SMTP_URL)
    raise ChannelUnknown(f"the provider {provider!r} is not configured")


def _smtp(url: str) -> Smtp:
    """Read `smtp://user:password@host:port`; `smtps://` wraps the connection, `?starttls=1` upgrades it."""
    parts = urlsplit(url)
    return Smtp(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_wrapped=parts.scheme == "smtps",
        is_upgraded="starttls=1" in parts.query,
        sender=settings.MAIL_FROM,
        unsubscribe_url=f"{settings.PUBLIC_URL}/my/",
    )
