"""The ledger: nobody slips under a cap, nothing that may have been spent is forgotten."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.directory_store import DirectoryStore
from resources.ledger import TOKENS_VARIABLE, USD_VARIABLE, Caps, Ledger
from resources.media_store import MediaStore
from resources.store_errors import StoreError
from shortform_assets.errors import InputError
from shortform_assets.ports.spending import OverBudget


@pytest.fixture
def store(either_store: MediaStore) -> MediaStore:
    return either_store


def test_only_the_true_cost_of_a_settled_call_counts(store: MediaStore) -> None:
    ledger = Ledger(store, "talk-1", Caps(1.0, 1000))
    with ledger.reserve("panel", 0.5, 400) as charge:
        assert ledger.spent() == (0.5, 400)
        charge.settle(0.024, 17)
    assert Ledger(store, "talk-1").spent() == (0.024, 17)
    (entry,) = ledger.entries()
    assert (entry.what, entry.settled, entry.reserved_micro_usd, entry.micro_usd) == (
        "panel",
        True,
        500_000,
        24_000,
    )
    assert Ledger(store, "talk-2").spent() == (0.0, 0)


def test_a_call_over_a_cap_is_refused_and_leaves_nothing_behind(store: MediaStore) -> None:
    ledger = Ledger(store, "k", Caps(0.10, 100))
    with ledger.reserve("one", 0.06, 60):
        pass
    for usd, tokens, variable in ((0.05, 0, USD_VARIABLE), (0.0, 41, TOKENS_VARIABLE)):
        with pytest.raises(OverBudget, match=variable), ledger.reserve("two", usd, tokens):
            pytest.fail("it was let through")
    assert len(list(store.list("ledger/k/"))) == 1
    with ledger.reserve("exactly the rest", 0.04, 40):
        pass
    with ledger.reserve("free", 0.0):
        pass
    assert ledger.spent() == (0.1, 100)


def test_what_was_not_settled_counts_in_full_unless_it_was_free(store: MediaStore) -> None:
    ledger = Ledger(store, "k", Caps(1.0, 100))
    with pytest.raises(RuntimeError), ledger.reserve("crash", 0.3, 5):
        raise RuntimeError
    with suppress(RuntimeError), ledger.reserve("refused", 0.6, 5) as charge:
        charge.settle(0)
        raise RuntimeError
    assert Ledger(store, "k").spent() == (0.3, 5)
    assert [entry.settled for entry in ledger.entries()] == [False, True]


def test_a_call_that_cost_more_than_was_set_aside_counts_with_all_of_it(tmp_path: Path) -> None:
    ledger = Ledger(MediaStore.local(tmp_path), "k", Caps(1.0, 100))
    with ledger.reserve("tokens", 0.1, 10) as charge:
        charge.settle(0.95, 99)
    with pytest.raises(OverBudget), ledger.reserve("next", 0.06):
        pass


class _SlowStore(DirectoryStore):
    """As far away as a bucket."""

    def create(self, key: str, data: bytes) -> bool:
        time.sleep(0.005)
        return super().create(key, data)


def _spend(path: Path, worker: int) -> int:
    ledger = Ledger(_SlowStore(path), "race", Caps(0.10, 10**6))
    let = 0
    for _ in range(8):
        try:
            with ledger.reserve(f"worker {worker}", 0.01) as charge:
                let += 1
                if worker % 2:
                    charge.settle(0.005)
        except OverBudget:
            pass
    return let


def test_racing_processes_never_share_the_same_money(tmp_path: Path) -> None:
    store = MediaStore.local(tmp_path / "store")
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(3)
    with ProcessPoolExecutor(3, mp_context=spawn, initializer=together.wait) as pool:
        let = list(pool.map(_spend, [tmp_path / "store"] * 3, range(3)))
    entries = Ledger(store, "race").entries()
    assert sum(let) == len(entries)
    assert 0.09 <= Ledger(store, "race").spent()[0] <= 0.10


def test_racing_threads_with_ledgers_of_their_own_fill_the_cap_exactly(store: MediaStore) -> None:
    start = threading.Barrier(6)

    def spend(_: int) -> int:
        ledger, let = Ledger(store, "race", Caps(0.05, 10)), 0
        start.wait()
        for _ in range(3):
            try:
                with ledger.reserve("call", 0.01):
                    let += 1
            except OverBudget:
                pass
        return let

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(spend, range(6))) == 5
    assert Ledger(store, "race").spent() == (0.05, 0)


def test_an_entry_that_was_written_twice_by_a_retrying_client_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MediaStore.local(tmp_path)
    create = type(store).create

    def twice(self: MediaStore, key: str, data: bytes) -> bool:
        create(self, key, data)
        return create(self, key, data)

    monkeypatch.setattr(type(store), "create", twice)
    ledger = Ledger(store, "k", Caps(0.02, 10))
    with ledger.reserve("call", 0.02) as charge:
        charge.settle(0.02)
    assert len(ledger.entries()) == 1
    assert Ledger(store, "k").spent() == (0.02, 0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40_000), st.none() | st.integers(0, 40_000), st.booleans(), st.sampled_from([0, 1])
        ),
        max_size=25,
    )
)
def test_the_sum_is_always_what_stands(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, int | None, bool, int]]
) -> None:
    """Against a plain sum, with two ledgers that take turns; what is let through never passes the cap."""
    store = MediaStore.local(tmp_path_factory.mktemp("ledger"))
    cap, total = 100_000, 0
    ledgers = [Ledger(store, "k", Caps(cap / 1e6, 10)) for _ in range(2)]
    for micro, cost, crash, who in calls:
        try:
            with ledgers[who].reserve("call", micro / 1e6) as charge:
                assert total + micro <= cap or micro == 0
                if cost is not None:
                    charge.settle(cost / 1e6)
                if crash:
                    raise KeyError
        except OverBudget:
            assert total + micro > cap
            continue
        except KeyError:
            pass
        total += micro if cost is None else cost
    assert [round(ledger.spent()[0] * 1e6) for ledger in ledgers] == [total, total]


def test_a_damaged_ledger_is_no_reason_to_spend_again(tmp_path: Path) -> None:
    store = MediaStore.local(tmp_path)
    ledger = Ledger(store, "k", Caps(1.0, 10))
    for _ in range(3):
        with ledger.reserve("call", 0.1):
            pass
    store.delete("ledger/k/000002.json")
    with pytest.raises(StoreError, match=r"000002.*not there"):
        Ledger(store, "k").spent()
    store.create("ledger/k/000002.json", b"{}")
    with pytest.raises(StoreError, match=r"000002.*cannot be read"):
        Ledger(store, "k").spent()


def test_entries_hold_whole_numbers_and_one_line_of_text(tmp_path: Path) -> None:
    store = MediaStore.local(tmp_path)
    with Ledger(store, "k", Caps(1.0, 10)).reserve("two\nlines " + "x" * 500, 0.1 + 0.2):
        pass
    stored = json.loads(store.read("ledger/k/000001.json"))
    assert stored["micro_usd"] == 300_000
    assert stored["what"].startswith("two lines x")
    assert len(stored["what"]) == 200


@pytest.mark.parametrize("usd", [-0.01, float("nan"), float("inf")])
def test_what_is_no_amount_is_a_mistake_of_the_caller(tmp_path: Path, usd: float) -> None:
    ledger = Ledger(MediaStore.local(tmp_path), "k", Caps(1.0, 10))
    with pytest.raises(ValueError, match="no amount"), ledger.reserve("call", usd):
        pass


def test_caps_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(USD_VARIABLE, raising=False)
    monkeypatch.delenv(TOKENS_VARIABLE, raising=False)
    assert Caps.from_environment() == Caps(10.0, 2_000_000)
    monkeypatch.setenv(USD_VARIABLE, "2.5")
    monkeypatch.setenv(TOKENS_VARIABLE, "500")
    assert Caps.from_environment() == Caps(2.5, 500)
    for variable, good in ((USD_VARIABLE, "1"), (TOKENS_VARIABLE, "1")):
        for bad in ("-1", "nan", "inf", "much"):
            monkeypatch.setenv(variable, bad)
            with pytest.raises(InputError, match=variable):
                Caps.from_environment()
        monkeypatch.setenv(variable, good)


@pytest.mark.parametrize("scope", ["", "a/b"])
def test_a_scope_is_one_plain_name(tmp_path: Path, scope: str) -> None:
    with pytest.raises(InputError, match="plain key"):
        Ledger(MediaStore.local(tmp_path), scope)
