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
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")
