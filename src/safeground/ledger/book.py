"""The book: balances of all accounts after each entry, and the rules that no entry may break."""

from __future__ import annotations

from collections.abc import Iterable

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.invariant import invariant
from safeground.records.land import Account, EntryState, LandEntry
from safeground.records.vocabulary import LandStatus

_FREE = (LandStatus.OUTSIDE, LandStatus.UNEXPLAINED)


class LandBook:
    """Balances in cm² by account; pending entries change none but reserve what they would take.

    Conserves: all balances together, the other side of the openings included, are 0.
    """

    def __init__(self) -> None:
        self._balance: dict[Account, int] = {}
        self._by_area: dict[str, dict[LandStatus, int]] = {}
        self._reserved: dict[Account, int] = {}
        self._pending: dict[str, LandEntry] = {}
        self._posted: dict[str, LandEntry] = {}
        self._ids: set[str] = set()
        self._reversed: set[str] = set()

    @classmethod
    def from_entries(cls, entries: Iterable[LandEntry]) -> LandBook:
        """Return the book that entries make, in their order."""
        book = cls()
        for entry in entries:
            book.add(entry)
        return book

    def balance(self, account: Account) -> int:
        """Return an account's balance, cm²."""
        return self._balance.get(account, 0)

    def held(self, area_id: str) -> dict[LandStatus, int]:
        """Return what an area's accounts hold, cm² by status; empty ones and the outside left out."""
        return {status: amount for status, amount in self._by_area.get(area_id, {}).items()
                if amount and status is not LandStatus.OUTSIDE}

    def available(self, account: Account) -> int:
        """Return what an account holds beyond what pending entries would take, cm²."""
        return self.balance(account) - self._reserved.get(account, 0)

    def opening(self, area_id: str) -> int:
        """Return the area that was opened for an area, cm²."""
        return -self.balance(Account(area_id, LandStatus.OUTSIDE))

    def pending(self) -> tuple[LandEntry, ...]:
        """Return the entries that nobody has decided."""
        return tuple(self._pending.values())

    def pending_entry(self, entry_id: str) -> LandEntry:
        """Return an undecided entry.

        Raises
        ------
        RequestError : there is none of this id (``SG-LEDGER-001``).
        """
        if entry_id not in self._pending:
            raise RequestError("SG-LEDGER-001", entry_id, "is no pending entry.", "List the pending entries.")
        return self._pending[entry_id]

    def posted_entry(self, entry_id: str) -> LandEntry:
        """Return a posted entry.

        Raises
        ------
        RequestError : there is none of this id (``SG-LEDGER-001``).
        """
        if entry_id not in self._posted:
            raise RequestError("SG-LEDGER-001", entry_id, "is no posted entry.", "List the entries.")
        return self._posted[entry_id]

    def total(self) -> int:
        """Return the sum of all accounts, cm²: 0, whatever was booked."""
        return sum(self._balance.values())

    def add(self, entry: LandEntry) -> None:
        """Add an entry, or refuse it and change nothing.

        Raises
        ------
        RequestError : its id is taken, or what it decides or reverses is not there (``SG-LEDGER-001``, ``-003``).
        RefusedError : an account would fall below zero (``SG-LEDGER-002``).
        """
        invariant(sum(p.amount_cm2 for p in entry.postings) == 0, f"entry {entry.id} does not sum to 0",
                  subject=entry.id)
        self._check_references(entry)
        if entry.state is EntryState.PENDING:
            self._check_amounts(entry, ())
            self._reserve(entry, 1)
            self._pending[entry.id] = entry
        else:
            decided = self._pending.get(entry.decides)
            if entry.state is EntryState.POSTED:
                self._check_amounts(entry, (decided,) if decided is not None else ())
                self._move(entry)
            if decided is not None:
                self._reserve(decided, -1)
                del self._pending[entry.decides]
        self._ids.add(entry.id)

    def _check_references(self, entry: LandEntry) -> None:
        if entry.id in self._ids:
            raise RequestError("SG-LEDGER-001", entry.id, "is in the book already.", "Nothing needs to be done.")
        if entry.decides and entry.decides not in self._pending:
            raise RequestError("SG-LEDGER-003", entry.decides, "is not pending, or was decided before.",
                               "List the pending entries.")
        if entry.reverses:
            if entry.reverses not in self._posted:
                raise RequestError("SG-LEDGER-001", entry.reverses, "is no posted entry.", "List the entries.")
            if entry.reverses in self._reversed:
                raise RequestError("SG-LEDGER-003", entry.reverses, "was reversed before.", "Look at its reversal.")

    def _check_amounts(self, entry: LandEntry, released: tuple[LandEntry, ...]) -> None:
        """Refuse an entry that takes more than an account has free; what it decides is free for it."""
        free: dict[Account, int] = {}
        for decided in released:
            for posting in decided.postings:
                if posting.amount_cm2 < 0:
                    free[posting.account] = free.get(posting.account, 0) - posting.amount_cm2
        taken: dict[Account, int] = {}
        for posting in entry.postings:
            taken[posting.account] = taken.get(posting.account, 0) + posting.amount_cm2
        for account, amount in taken.items():
            there = self.available(account) + free.get(account, 0)
            if amount < 0 and account.status not in _FREE and there + amount < 0:
                raise RefusedError(
                    "SG-LEDGER-002", account.hazardous_area_id, f"{account.status} has {there:,} cm² free, "
                    f"{-amount:,} cm² are asked for.", "Ask for less, or decide the pending entries first.",
                    criterion="no account falls below zero", clause="land book, rule 2")

    def _reserve(self, entry: LandEntry, sign: int) -> None:
        for posting in entry.postings:
            if posting.amount_cm2 < 0:
                self._reserved[posting.account] = self._reserved.get(posting.account, 0) - sign * posting.amount_cm2

    def _move(self, entry: LandEntry) -> None:
        for posting in entry.postings:
            account, amount = posting.account, posting.amount_cm2
            self._balance[account] = self._balance.get(account, 0) + amount
            accounts = self._by_area.setdefault(account.hazardous_area_id, {})
            accounts[account.status] = accounts.get(account.status, 0) + amount
        self._posted[entry.id] = entry
        if entry.reverses:
            self._reversed.add(entry.reverses)
