"""Keeping the registry: copies between databases, backups, and what proves them equal."""

from suanbei.registry.backup.backup import Backup, restore_backup, write_backup
from suanbei.registry.backup.copy import Fingerprint, copy_registry, fingerprint

__all__ = [
    "Backup",
    "Fingerprint",
    "copy_registry",
    "fingerprint",
    "restore_backup",
    "write_backup",
]
