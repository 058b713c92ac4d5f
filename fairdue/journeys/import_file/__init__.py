"""Import one file of a lender: judge every row, land what is right, write down what is not."""

from __future__ import annotations

from .importing import CreditorForbidden, KindUnknown, import_file
from .report import ImportReport

__all__ = ["CreditorForbidden", "ImportReport", "KindUnknown", "import_file"]
