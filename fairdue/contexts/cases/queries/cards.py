"""Signatures first; filled in a moment."""

from __future__ import annotations

def case_card(*, case_id, actor): raise NotImplementedError
def case_of_person(*, person_id, actor): raise NotImplementedError
def open_promise(*, case_id): raise NotImplementedError
def open_work_items(*, case_id): raise NotImplementedError
def outcomes_of(*, case_id, before=None, limit=50): raise NotImplementedError
def promises_of(*, case_id, limit=50): raise NotImplementedError
def scoped_case_ids(*, person_ids, actor): raise NotImplementedError
