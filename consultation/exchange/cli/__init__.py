"""Commands that bring data in and take data out."""

from consultation.exchange.cli.exporting import export_group
from consultation.exchange.cli.importing import import_group
from consultation.exchange.cli.verifying import verify

__all__ = ["export_group", "import_group", "verify"]
