"""The only module of care that others import.

Operations (all keyword-only; `actor` and `now` as everywhere):

- `open_matter(person_id, kind, account_ids, words, channel, details, actor, now, cause="", reference="", received_at=None,
  about_staff_ids=()) -> MatterCard`; who opens one from a page calls the journey `journeys.open_matter.open_matter` with the
  same arguments, which also lets the ledger, consents and contact points follow.
- `hand_over(matter_id, to_staff_id, reason, actor, now)`, `take(matter_id, actor, now)`, `add_words(matter_id, words, …)`,
  `answer(matter_id, outcome, parts: AnswerParts, actor, now) -> AnswerCard`, `approve_answer`, `return_answer`,
  `close(matter_id, reason, actor, now)`, `withdraw(matter_id, person_id, reason, actor, now)`.
- `add_document(matter_id, name, claimed_type, file, actor, now, person_id=None) -> DocumentCard`,
  `document(document_id, actor, now, person_id=None) -> DocumentContent` (logged), `document_cards(matter_id, …)`.
- Reads: `matters_of(person_id, now, actor=None)`, `matter(matter_id, actor, now)`, `matter_of_person(matter_id, person_id,
  now)`, `matter_queue(actor, now, kind="", state="unanswered", mine=False, after=None, limit=50) -> MatterPage`,
  `matter_figures(from_date, to_date, actor) -> tuple[MatterFigures, ...]`, `kind_terms() -> dict[kind, KindTerms]`.
"""

from __future__ import annotations
