"""What the arms of an experiment came to, compared honestly, on any day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.science.sequential import Difference, Sample, difference

WINDOWS = (7, 30)
"""Days from a person's first night in the experiment, that day included, in which payments count."""

MEASURES = ("contacts", "promises", "payers_7", "paid_7", "payers_30", "paid_30", "complaints")
"""What is counted of each person: contacts; 1 with a promise; 1 who paid and what they paid, in minor units, within 7
and 30 days; 1 who complained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One arm: its persons, the sample of every measure, and how far it is above the first arm.

    Payments count for persons whose window is over only; `samples[...].count` says how many these are.
    """

    arm: decisions.ArmCard
    persons: int
    samples: Mapping[str, Sample]
    against: Mapping[str, Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentResult:
    """The arms in order, the first being what the others are compared with."""

    experiment: decisions.ExperimentCard
    as_of: date
    arms: tuple[ArmResult, ...]


_RESULTS = f"""
WITH exposed AS MATERIALIZED ({decisions.EXPOSURES_SQL}),
contacts AS (
  SELECT exposed.person_id, count(*)::float8 AS value
    FROM exposed JOIN ({law.MADE_CONTACTS_SQL}) AS contact
      ON contact.person_id = exposed.person_id AND contact.business_date BETWEEN exposed.first_date AND %(as_of)s
   GROUP BY exposed.person_id),
promises AS (
  SELECT DISTINCT exposed.person_id, 1::float8 AS value
    FROM exposed JOIN ({cases.PROMISES_MADE_SQL}) AS promise
      ON promise.person_id = exposed.person_id AND promise.business_date BETWEEN exposed.first_date AND %(as_of)s),
complaints AS (
  SELECT DISTINCT exposed.person_id, 1::float8 AS value
    FROM exposed JOIN ({law.COMPLAINTS_SQL}) AS complaint
      ON complaint.person_id = exposed.person_id
     AND complaint.business_date BETWEEN exposed.first_date AND %(as_of)s),
paid AS (
  SELECT exposed.person_id,
         coalesce(sum(amount_minor) FILTER (WHERE effective_date < first_date + 7), 0)::float8 AS paid_7,
         coalesce(sum(amount_minor) FILTER (WHERE effective_date < first_date + 30), 0)::float8 AS paid_30
    FROM exposed JOIN ({ledger.PERSON_PAYMENTS_SQL}) AS payment
      ON payment.person_id = exposed.person_id
     AND payment.effective_date >= exposed.first_date AND payment.effective_date < exposed.first_date + 30
   WHERE payment.effective_date <= %(as_of)s
   GROUP BY exposed.person_id),
persons AS (
  SELECT exposed.arm, coalesce(contacts.value, 0) AS contacts, coalesce(promises.value, 0) AS promises,
         coalesce(complaints.value, 0) AS complaints,
         CASE WHEN first_date + 6 <= %(as_of)s THEN coalesce(paid_7, 0) END AS paid_7,
         CASE WHEN first_date + 29 <= %(as_of)s THEN coalesce(paid_30, 0) END AS paid_30
    FROM exposed LEFT JOIN contacts USING (person_id) LEFT JOIN promises USING (person_id)
    LEFT JOIN complaints USING (person_id) LEFT JOIN paid USING (person_id)
   WHERE first_date <= %(as_of)s),
measured AS (
  SELECT arm, contacts, promises, complaints, paid_7, paid_30,
         (paid_7 > 0)::int::float8 AS payers_7, (paid_30 > 0)::int::float8 AS payers_30 FROM persons)
SELECT arm, count(*), {", ".join(f"count({each}), sum({each}), sum({each} * {each})" for each in MEASURES)}
  FROM measured GROUP BY arm
"""


def experiment_results(*, code: str, as_of: date) -> ExperimentResult:
    """Return what each arm of an experiment came to as of a date, and how far it is above the first arm.

    1. A person counts in the arm that was dealt to them from the first night that decided them, whatever was done to
       them afterwards: so the arms stay comparable.
    2. Differences come with intervals that are valid whenever one looks (`engine/science/sequential`); below 100
       persons an arm there are none.

    :raises ExperimentUnknown: if there is no such experiment
    """
    card = decisions.experiment_by_code(code)
    found = dict(_samples(code, as_of))
    nothing = Sample(count=0, total=0.0, squares=0.0)
    empty = (0, dict.fromkeys(MEASURES, nothing))
    control = found.get(card.arms[0].code, empty)[1]
    return ExperimentResult(
        experiment=card,
        as_of=as_of,
        arms=tuple(
            _arm(arm, *found.get(arm.code, empty), None if place == 0 else control)
            for place, arm in enumerate(card.arms)
        ),
    )


def _arm(
    arm: decisions.ArmCard, persons: int, samples: Mapping[str, Sample], control: Mapping[str, Sample] | None
) -> ArmResult:
    against = {
        each: found
        for each in MEASURES
        if control is not None and (found := difference(samples[each], control[each])) is not None
    }
    return ArmResult(arm=arm, persons=persons, samples=samples, against=against)


def _samples(code: str, as_of: date) -> Iterator[tuple[str, tuple[int, dict[str, Sample]]]]:
    with connection.cursor() as cursor:
        cursor.execute(_RESULTS, {"experiment": code, "as_of": as_of})
        for arm, persons, *numbers in cursor.fetchall():
            triples = zip(*(iter(numbers),) * 3, strict=True)
            yield (
                arm,
                (
                    persons,
                    {
                        measure: Sample(count=count, total=total or 0.0, squares=squares or 0.0)
                        for measure, (count, total, squares) in zip(MEASURES, triples, strict=True)
                    },
                ),
            )
