"""Forms in the house style: an invalid field says so in place and is named in a summary."""

from __future__ import annotations

from typing import Any

from django import forms


class DeskForm(forms.Form):
    """A form without the browser's own required marks; `{% field form.name %}` renders each part."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class DateInput(forms.DateInput):
    """The browser's own date picker; its latest day lets the year take four digits, so that a date can be typed through."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"max": "9999-12-31"} | attrs, format="%Y-%m-%d")


class MinuteInput(forms.DateTimeInput):
    """The browser's own picker of a day and a minute, on whatever clock the label names."""

    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"max": "9999-12-31T23:59"} | attrs, format="%Y-%m-%dT%H:%M")
