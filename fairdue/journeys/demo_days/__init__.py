"""The demonstration's recent past: files that came night by night, and collectors at their telephones.

Nothing here writes a figure. Creditor's files, nights, calls, promises and messages go through the operations that a
lender's own would; what the dashboards show was counted from them.
"""

from fairdue.journeys.demo_days.calls import Desk, work_a_day
from fairdue.journeys.demo_days.files import Paid, files_until, nights_before
from fairdue.journeys.demo_days.morning import at_work, listen, overload, send_away

__all__ = [
    "Desk",
    "Paid",
    "at_work",
    "files_until",
    "listen",
    "nights_before",
    "overload",
    "send_away",
    "work_a_day",
]
