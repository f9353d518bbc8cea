"""The `netplan` command: a group of thin commands, and how errors become exit codes."""

import signal
import sys
from types import FrameType

import click

from netplan._version import __version__
from netplan.cli import commands
from netplan.cli.cost import cost
from netplan.cli.sweep import sweep
from netplan.cli.upgrade import upgrade
from netplan.cli.whatif import whatif
from netplan.errors import InputError, NetplanError

#: In the order in which the help lists them, the main one first.
COMMANDS = (
    *(commands.plan, commands.check, commands.gap, commands.access),
    *(upgrade, whatif, sweep, cost),
    *(commands.map, commands.report, commands.validate, commands.init, commands.synth),
)


class _InOrder(click.Group):
    """A group that lists its commands in the order of ``COMMANDS``, the main one first."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [command.name or "" for command in COMMANDS]


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="netplan")
def cli() -> None:
    """Plan a school district's network, from spreadsheets to a page to open.

    \b
    Example: netplan plan data/schools/harbor-county

    Exit codes: 0 done; 1 done, and --fail-on found what it looks for; 2 bad input or usage;
    3 no feasible plan; 4 an outside source failed.
    """


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Run the command line; a NetplanError becomes words and an exit code, a bug a traceback."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = cli.main(standalone_mode=False)
    except NetplanError as error:
        _explain(error)
        code = error.exit_code
    except click.Abort:
        click.echo(
            "netplan: stopped; nothing was half written. Run the same command again.", err=True
        )
        code = 130
    except click.ClickException as error:
        error.show()
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    """Treat a request to end like the Ctrl-C key, so that unfinished output is removed."""
    raise KeyboardInterrupt


def _explain(error: NetplanError) -> None:
    if isinstance(error, InputError):
        from netplan.report.terminal import print_problems, stderr_console

        print_problems(error.problems, stderr_console())
    else:
        click.echo(f"netplan: {error}", err=True)
