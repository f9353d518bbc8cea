"""The frozen District that every later stage reads."""

from dataclasses import dataclass

import pandas as pd

from netplan.inputs.model import AccessSettings, Inputs, Planning, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A school district as one frozen thing.

    ``table`` hands out a copy-on-write view, so that whatever a caller does
    to the frame it gets, the district stays as it was read.
    """

    inputs: Inputs

    @property
    def name(self) -> str:
        """The district's name."""
        return self.inputs.settings.name

    @property
    def settings(self) -> Settings:
        """The ``[district]`` section."""
        return self.inputs.settings

    @property
    def planning(self) -> Planning:
        """The ``[planning]`` section."""
        return self.inputs.planning

    @property
    def access(self) -> AccessSettings:
        """What access.toml says."""
        return self.inputs.access

    def table(self, name: str) -> pd.DataFrame:
        """Give one validated table, sorted by its key.

        Parameters
        ----------
        name
            A table of the column reference, such as ``schools`` or ``links``.

        Raises
        ------
        KeyError
            No table has that name.
        """
        return self.inputs.tables[name].copy(deep=False)
