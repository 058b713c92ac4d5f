"""Assignment to collectors: skill, language, limits, loyalty to promises, fair loads, few changes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.science.assignment import HARD, STICKY, Collector, Work, assign

ANNA, BO, CHEN = 1, 2, 3


def collector(staff_id, queues=("m1",), **more):
    return Collector(staff_id=staff_id, queues=frozenset(queues), **more)


def work(person_id, queue="m1", **more):
    return Work(person_id=person_id, queue=queue, language=more.pop("language", "zh"), **more)


def who(works, collectors):
    return {given.person_id: (given.staff_id, given.reason) for given in assign(works, collectors)}


class TestByHand:
    def test_cases_of_nobody_are_dealt_in_turn(self):
        answer = who([work(person) for person in range(1, 5)], [collector(ANNA), collector(BO)])
        assert answer == {n: (ANNA if n % 2 else BO, "lightest_load") for n in range(1, 5)}

    def test_who_holds_the_promise_keeps_the_case_though_somebody_else_has_it(self):
        answer = who([work(1, holder_id=BO, promise_to_id=ANNA)], [collector(ANNA), collector(BO)])
        assert answer == {1: (ANNA, "promise")}

    def test_who_is_away_gets_none_not_even_the_own_promise(self):
        away = collector(ANNA, is_absent=True)
        answer = who([work(1, holder_id=ANNA, promise_to_id=ANNA)], [away, collector(BO)])
        assert answer == {1: (BO, "lightest_load")}

    def test_a_case_that_nobody_may_take_is_nobodys(self):
        works = [work(1, queue="m4-m6"), work(2, language="en"), work(3, creditor_ids=frozenset({9}))]
        only = collector(ANNA, languages=frozenset({"zh"}), creditor_ids=frozenset({8}))
        assert who(works, [only]) == dict.fromkeys((1, 2, 3), (None, "nobody"))

    def test_a_case_of_an_agency_stays_with_its_people_and_they_get_no_other(self):
        works = [work(1, agency="ag1", holder_id=BO), work(2)]
        answer = who(works, [collector(ANNA), collector(BO, agency="ag1")])
        assert answer == {1: (BO, "held"), 2: (ANNA, "lightest_load")}

    def test_the_limit_on_hard_cases_holds_and_the_rest_goes_to_the_other(self):
        works = [work(n, is_hard=True) for n in range(1, 5)]
        answer = who(works, [collector(ANNA, max_hard=1), collector(BO)])
        assert [staff for staff, _why in answer.values()].count(ANNA) == 1

    def test_what_a_supervisor_decided_stays_and_so_does_who_spoke_latest(self):
        works = [work(1, holder_id=BO, is_by_hand=True, spoke_id=ANNA), work(2, holder_id=BO, spoke_id=ANNA)]
        answer = who(works, [collector(ANNA), collector(BO)])
        assert answer == {1: (BO, "by_hand"), 2: (ANNA, "spoke_latest")}

    def test_somebody_new_gets_as_few_cases_as_fairness_asks_for(self):
        works = [work(n, holder_id=ANNA if n <= 5 else BO) for n in range(1, 11)]
        answer = who(works, [collector(ANNA), collector(BO), collector(CHEN)])
        staff = [staff for staff, _why in answer.values()]
        assert (staff.count(ANNA), staff.count(BO), staff.count(CHEN)) == (4, 4, 2)
        assert [why for _staff, why in answer.values()].count("balance") == 2

    def test_the_same_night_again_moves_nobody(self):
        works = [work(n, is_hard=n % 3 == 0) for n in range(1, 30)]
        desks = [collector(ANNA), collector(BO), collector(CHEN, max_hard=2)]
        first = who(works, desks)
        again = who([work(n, is_hard=n % 3 == 0, holder_id=first[n][0]) for n in range(1, 30)], desks)
        assert {n: staff for n, (staff, _why) in again.items()} == {
            n: staff for n, (staff, _why) in first.items()
        }
        assert {why for _staff, why in again.values()} == {"held"}


@st.composite
def days(draw):
    queues = st.sampled_from(["m1", "m2", "m3"])
    staff = [
        Collector(
            staff_id=staff_id,
            queues=frozenset(draw(st.sets(queues, min_size=1))),
            languages=frozenset(draw(st.sets(st.sampled_from(["zh", "en"])))),
            max_cases=draw(st.none() | st.integers(0, 12)),
            max_hard=draw(st.none() | st.integers(0, 4)),
            is_absent=draw(st.booleans()) and draw(st.booleans()),
        )
        for staff_id in range(1, draw(st.integers(1, 5)) + 1)
    ]
    anybody = st.none() | st.integers(1, len(staff))
    works = [
        Work(
            person_id=person_id, queue=draw(queues), language=draw(st.sampled_from(["zh", "en"])),
            is_hard=draw(st.booleans()), rank=draw(st.integers(0, 3)), holder_id=draw(anybody),
            is_by_hand=draw(st.booleans()), promise_to_id=draw(anybody), spoke_id=draw(anybody),
        )
        for person_id in range(1, draw(st.integers(0, 30)) + 1)
    ]  # fmt: skip
    return works, staff


def may(who, work):
    return (
        not who.is_absent
        and work.queue in who.queues
        and (not who.languages or work.language in who.languages)
    )


class TestAlways:
    @settings(max_examples=150, deadline=None)
    @given(days())
    def test_limits_skills_loyalty_and_fairness_hold(self, day):
        works, staff = day
        by_person, by_id = {work.person_id: work for work in works}, {each.staff_id: each for each in staff}
        answer = assign(works, staff)
        assert [given.person_id for given in answer] == sorted(by_person)
        has = {each.staff_id: [] for each in staff}
        for given_case in answer:
            if given_case.staff_id is not None:
                has[given_case.staff_id].append(by_person[given_case.person_id])
                assert may(by_id[given_case.staff_id], by_person[given_case.person_id])
        for each in staff:
            assert each.max_cases is None or len(has[each.staff_id]) <= each.max_cases
            assert each.max_hard is None or sum(w.is_hard for w in has[each.staff_id]) <= each.max_hard
        load = {who: sum(w.units for w in mine) for who, mine in has.items()}

        def has_room(each, work):
            mine = has[each.staff_id]
            hard = sum(w.is_hard for w in mine)
            fits = each.max_cases is None or len(mine) < each.max_cases
            return fits and (not work.is_hard or each.max_hard is None or hard < each.max_hard)

        for given_case in answer:
            case = by_person[given_case.person_id]
            if given_case.staff_id is None:
                assert not any(may(each, case) and has_room(each, case) for each in staff)
            elif given_case.reason not in STICKY:
                for each in staff:
                    if may(each, case) and has_room(each, case):
                        assert load[given_case.staff_id] - load[each.staff_id] <= HARD
            promised = by_id.get(case.promise_to_id)
            if promised and may(promised, case) and given_case.staff_id != promised.staff_id:
                assert not (promised.max_cases is None and promised.max_hard is None)

    @settings(max_examples=50, deadline=None)
    @given(days(), st.randoms())
    def test_the_order_of_the_cases_decides_nothing(self, day, chance):
        works, staff = day
        shuffled = list(works)
        chance.shuffle(shuffled)
        assert assign(shuffled, list(reversed(staff))) == assign(works, staff)
