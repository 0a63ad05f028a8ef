"""The shape of what people hand in to check it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from consultation.exchange.receipts import LONGEST


class ReceiptForm(FlaskForm):  # type: ignore[misc]
    receipt = TextAreaField(
        _l("Your receipt"),
        [Optional(), Length(max=LONGEST)],
        description=_l("All of the text or of the file, as you kept it."),
    )
    file = FileField(_l("Or the file"), description="receipt-….json, receipt-….txt")

    def text(self) -> str:
        """What was pasted, or else what the file says."""
        pasted = (self.receipt.data or "").strip()
        upload: Any = self.file.data
        if pasted or not upload:
            return pasted
        return str(upload.stream.read(LONGEST).decode("utf-8", errors="replace")).strip()

    def refuse(self, sentence: Any) -> None:
        """Add an error to the field."""
        self.receipt.errors = [*self.receipt.errors, sentence]
