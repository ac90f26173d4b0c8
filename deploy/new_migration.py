"""Write the next migration from the difference between the models and the schema: NAME as argument."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from suanbei.registry.database import Database, alembic_config

VERSIONS = Path("registry/migrations/versions")


def main(message: str) -> None:
    """Migrate an empty database to the newest revision, then autogenerate the next."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        database.migrate()
        config: Config = alembic_config()
        with database.engine.connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
            command.revision(config, message=message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
