"""Imports that wait until they are needed, one at a time.

Two threads that are the first to need a package, each by another of its modules, wait for what the
other has begun; Python then refuses one of them (`_DeadlockError`), and a request fails.
"""

from threading import RLock

importing = RLock()
"""To be held around an import within a function: `with importing: import …`."""
