"""Keeping the registry: copies between databases, backups, and what proves them equal."""

from registry.keeping.backup import Backup, restore_backup, write_backup
from registry.keeping.copy import copy_registry
from registry.keeping.fingerprint import Fingerprint, fingerprint

__all__ = [
    "Backup",
    "Fingerprint",
    "copy_registry",
    "fingerprint",
    "restore_backup",
    "write_backup",
]
