"""`deploy/try.sh`: run the whole on this machine until Ctrl-C."""

import signal
import sys
import time

from deploy.trial.topology import topology


def main() -> int:
    """Start everything, say where it is, and wait for Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # put away what was started then too
    try:
        with topology() as whole:
            ports = ", ".join(map(str, whole.servers))
            sys.stdout.write(
                f"Suanbei is ready: {whole.proxy}\n  servers on {ports}; {len(whole.watchers)} watchers\n"
                f"  database {whole.settings['DATABASE_URL']}\n  logs in {whole.folder}\nCtrl-C ends it.\n"
            )
            sys.stdout.flush()
            while True:
                time.sleep(3600)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
