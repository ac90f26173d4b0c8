"""A command line that loads what a command needs when it is called: most need little of it all."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup


class LazyCommands(TyperGroup):
    """A group of commands, some of them in modules that are not loaded yet.

    Such a module has `register(app: typer.Typer)`, which adds its commands. A subclass says in
    `modules` which commands are in which, in the order in which they are listed; its commands come
    before those that are there already.
    """

    modules: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands."""
        return [*(name for names in self.modules.values() for name in names), *self.commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name, None if there is none; its module is loaded."""
        for module, names in self.modules.items():
            if cmd_name in names:
                return _commands_of(module)[cmd_name]
        return super().get_command(ctx, cmd_name)


def _commands_of(module: str) -> Mapping[str, Any]:
    part = typer.Typer()
    import_module(module).register(part)
    commands: Mapping[str, Any] = typer.main.get_group(part).commands
    return commands
