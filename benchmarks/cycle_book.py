"""A book of any size made inside the database, for the night's benchmark and its tests.

Ninety in a hundred accounts are current with a due date within thirty days; five are in M1, the rest
later, in fixed shares. Personal values are placeholders: the night never opens one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

CREDITOR = """
insert into book_creditor (id, code, name_zh, name_en, institution_kind, institution_group, contact_phone)
values (1, 'bench', '基准银行', 'Bench Bank', 'bank', 'bench', '') on conflict do nothing
"""

PRODUCT = """
insert into book_product (id, creditor_id, code, name_zh, name_en, kind, currency, dpd_origin, bucket_edges,
                          allocation_policy)
values (1, 1, 'card', '信用卡', 'Card', 'credit_card', 'CNY', 'due_plus_1', '[]', 'cn-card')
on conflict do nothing
"""

PERSONS = """
insert into parties_person (id, name_sealed, name_masked, name_hash, preferred_channel, recorded_at)
select i, '\\x00', '张**', decode(md5(i::text), 'hex'),
       (array['', '', '', 'sms', 'email', 'inapp'])[i %% 6 + 1], now()
from generate_series(1, %(persons)s) i
"""

POINTS = """
insert into parties_contactpoint (person_id, medium, value_sealed, value_masked, value_hash, recorded_at)
select i, medium, '\\x00', '138****0000', decode(md5(medium || i), 'hex'), now()
from generate_series(1, %(persons)s) i, unnest(array['mobile', 'email']) medium
where medium = 'mobile' or i %% 3 = 0
"""

ACCOUNTS = """
insert into book_account (id, creditor_id, product_id, person_id, external_ref, currency, opened_date,
                          balance_date, recorded_at)
select i, 1, 1, (i - 1) %% %(persons)s + 1, 'B' || i, 'CNY', date '2020-01-01', date '2020-01-01', now()
from generate_series(1, %(accounts)s) i
"""

SHAPES = """
create temporary table bench_shape as
select i as account_id, (i - 1) %% %(persons)s + 1 as person_id,
       case when r < 900 then null when r < 950 then 1 + n %% 30 when r < 975 then 31 + n %% 30
            when r < 985 then 61 + n %% 30 when r < 995 then 91 + n %% 90
            else 181 + n %% 200 end::integer as days,
       (1 + n %% 30)::integer as ahead, 10000 + (n %% 990000) as amount
from (select i, (i * 7919) %% 1000 as r, (i * 104729) %% 1000003 as n
      from generate_series(1::bigint, %(accounts)s) i) numbers
"""

DUES = """
insert into ledger_dueitem (account_id, person_id, due_ref, due_date, component, amount_minor, asked_minor,
                            paid_minor, currency, recorded_at)
select account_id, person_id, 'S1', %(as_of)s::date - days, 'principal', amount, amount, 0, 'CNY', now()
from bench_shape where days is not null
union all
select account_id, person_id, 'S2', %(as_of)s::date + ahead, 'principal', amount, amount, 0, 'CNY', now()
from bench_shape
"""

STATES = """
insert into ledger_accountstate (account_id, person_id, creditor_id, currency, balance_date, balance_minor,
                                 oldest_unpaid_due_date, recorded_at)
select account_id, person_id, 1, 'CNY', date '2020-01-01',
       case when days is null then amount else 2 * amount end,
       case when days is null then %(as_of)s::date + ahead else %(as_of)s::date - days end, now()
from bench_shape
"""

CONTACTS = """
insert into law_contact (person_id, institution_group, made_by, channel, mode, direction, purpose, result,
                         occurred_at, recorded_at)
select i, 'bench', 'lender', case when i %% 2 = 0 then 'sms' else 'call' end, 'interactive', 'outbound', 'collect',
       case when i %% 2 = 0 then 'delivered' else 'no_answer' end,
       %(as_of)s::timestamptz - (1 + i %% 50) * interval '1 day', now()
from generate_series(1, %(persons)s) i where i %% 4 = 0 or i %% 7 = 1
"""

HOLDS = """
insert into law_hold (person_id, kind, reason, permitted_purposes, started_at, placed_by)
select i, 'dispute', 'bench', '[]', now(), 'bench' from generate_series(1, %(persons)s) i where i %% 100 = 3
"""

CONSENTS = """
insert into parties_consent (person_id, channel, kind, detail, source, occurred_at, recorded_at)
select i, '', case when i %% 50 = 7 then 'opt_out' else 'opt_in' end, '{}', 'bench', now(), now()
from generate_series(1, %(persons)s) i where i %% 5 = 2
"""

HISTORY = (CONTACTS, HOLDS, CONSENTS)
STATEMENTS = (CREDITOR, PRODUCT, PERSONS, POINTS, ACCOUNTS, SHAPES, DUES, STATES)


def fill_book(connection: Any, *, accounts: int, as_of: date, has_history: bool = False) -> int:
    """Fill an empty, migrated database and return the number of persons: nine for ten accounts.

    With a history, two in five persons were contacted in the last fifty days, one in a hundred is under a
    hold, and one in five has said something about being contacted, a tenth of them "stop".
    """
    persons = max(accounts * 9 // 10, 1)
    values = {"accounts": accounts, "persons": persons, "as_of": as_of}
    with connection.cursor() as cursor:
        for statement in (*STATEMENTS, *(HISTORY if has_history else ())):
            cursor.execute(statement, values)
        cursor.execute("drop table bench_shape")
        for table in (
            "parties_person",
            "parties_contactpoint",
            "book_account",
            "ledger_dueitem",
            "ledger_accountstate",
        ):
            cursor.execute(f"analyze {table}")
        for table in ("parties_person", "book_account", "book_creditor", "book_product"):
            cursor.execute(
                f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"
            )
    return persons
