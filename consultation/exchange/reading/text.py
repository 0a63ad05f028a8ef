"""Text as the platform keeps it: Markdown source in NFC with LF line ends, and no HTML.

Text without HTML passes through unchanged but for line ends, normalization, control characters and outer space; a
stray ``<`` or ``&`` stays. Where an element of HTML stands in a text, all of it is parsed as HTML (by html5ever,
through nh3, as a browser would) and written down again as paragraphs, lists, quotations and links.
"""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

from consultation.exchange.reading.reasons import Reason

TITLE_LIMIT = 200
DEEPEST = 6  # levels of lists and quotations that are written as such

_ELEMENTS = (
    "a|abbr|acronym|address|applet|area|article|aside|audio|b|base|bdi|bdo|big|blockquote|body|br|button|canvas|"
    "caption|center|cite|code|col|colgroup|data|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|"
    "figcaption|figure|font|footer|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|"
    "legend|li|link|main|map|mark|marquee|math|meta|meter|nav|noscript|object|ol|optgroup|option|output|p|param|"
    "picture|pre|progress|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|"
    "table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr"
)
# An element with nothing in it but its name, or with at least one attribute that has a value: `a <b and c> d` is
# neither. Each part stops at the next `<`, `>` or the first `=`, so that matching takes linear time.
_HTML = re.compile(rf"</?(?:{_ELEMENTS})(?:\s*/?>|[\s/][^<>=]*=[^<>]*>)|<!doctype\s", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters but tab and line feed; marks of byte order; lone surrogates, which no database stores.
_UNSHOWABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060"
_SENTENCE_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s+[\"'«“‘(\[¿¡]*[^\W\d_a-zà-öø-ÿ]|\s*\n|\s*$)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(.])(?:\w|[Mm]rs?|[Mm]s|[Mm]me|[Mm]lle|[Dd]ra?|[Ss]ra?|[Ss]ta?e?|[Nn]o|[Aa]rt|vs|etc|p\.\s?ex|[Ee]\.g|[Ii]\.e)\.$"
)
_MARKER = re.compile(r"^\s*(?:[-*+]\s+|#{1,6}\s+|>\s*|\d{1,3}[.)]\s+)+")

_KEPT = {
    "p",
    "div",
    "br",
    "ul",
    "ol",
    "li",
    "a",
    "blockquote",
    "pre",
    "table",
    "tr",
    "td",
    "th",
    "hr",
    "dl",
    "dt",
    "dd",
}
_KEPT |= {f"h{level}" for level in range(1, 7)}
_BLOCKS = _KEPT - {"a", "br", "li", "td", "th", "hr"}
# These end a block too; nh3 would join the words on their two sides.
_AS_BLOCKS = {
    "section",
    "article",
    "header",
    "footer",
    "aside",
    "main",
    "figure",
    "figcaption",
    "address",
    "center",
}


def clean_text(raw: str) -> tuple[str, tuple[Reason, ...]]:
    """A text of many lines, empty when nothing in it can be seen, and what was done to it."""
    text, removed = _characters(raw)
    reasons = [Reason.CHARACTERS_REMOVED] if removed else []
    if _HTML.search(text) or "-->" in text.partition("<!--")[2]:
        text = _from_html(text)
        reasons.append(Reason.HTML_CLEANED)
    return _visible(text), tuple(reasons)


def clean_line(raw: str) -> tuple[str, tuple[Reason, ...]]:
    """A text of one line (a title, a name): as ``clean_text``, with entities resolved and white space joined."""
    text, reasons = clean_text(raw)
    if Reason.HTML_CLEANED in reasons:
        text = _MARKER.sub("", text)
    elif _ENTITY.search(text):
        text = _visible(_ENTITY.sub(lambda match: html.unescape(match[0]), text))
        reasons = (*reasons, Reason.HTML_CLEANED)
    return " ".join(text.split()), reasons


def storable(raw: str) -> str:
    """A source text as it is, but for what no database stores (NUL and lone surrogates), marked where it stood."""
    return _UNSTORABLE.sub("\ufffd", raw)


def shorten(line: str, limit: int = TITLE_LIMIT) -> str:
    """A line of at most ``limit`` characters, cut between words, with an ellipsis where it was cut."""
    if len(line) <= limit:
        return line
    head = line[:limit]
    words = head[: head.rfind(" ")] if " " in head[limit // 2 :] else head[:-1]
    return words.rstrip(" ,;:–—-.") + "…"


def derive_title(text: str) -> str:
    """The first sentence of a text as a title, without its full stop; shortened between words when it is long."""
    body = _MARKER.sub("", text.strip())
    paragraph = re.split(r"\n\s*\n", body, maxsplit=1)[0]
    end = len(paragraph)
    for match in _SENTENCE_END.finditer(paragraph[: 4 * TITLE_LIMIT]):
        if not _ABBREVIATED.search(paragraph[: match.end()]):
            end = match.end()
            break
    line = " ".join(paragraph[:end].split())
    if line.endswith(".") and not line.endswith(".."):
        line = line[:-1]
    return shorten(line.rstrip(" :") or " ".join(body.split()))


def _characters(raw: str) -> tuple[str, bool]:
    text = _LINE_ENDS.sub("\n", raw)
    if text.startswith("\ufeff"):
        text = text[1:]
    shown = _UNSHOWABLE.sub("", text)
    return unicodedata.normalize("NFC", shown), shown != text


def _visible(text: str) -> str:
    """Without outer space; empty when only invisible characters are left."""
    stripped = text.strip()
    return stripped if stripped.strip(_INVISIBLE + " \t\n\u00a0") else ""


def _from_html(text: str) -> str:
    import nh3

    for name in _AS_BLOCKS:
        text = re.sub(rf"(</?){name}(?=[\s/>])", r"\1div", text, flags=re.IGNORECASE)
    safe = nh3.clean(
        text,
        tags=_KEPT,
        clean_content_tags={"script", "style", "template", "noscript", "title", "iframe", "textarea"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    writer = _Markdown()
    writer.feed(safe)
    writer.close()
    return unicodedata.normalize("NFC", _characters(writer.text())[0])


class _Markdown(HTMLParser):
    """Writes well-formed HTML of the elements in ``_KEPT`` as Markdown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._line = ""
        self._lists: list[int | None] = []
        self._marker = ""
        self._quotes = 0
        self._preformatted = 0
        self._links: list[tuple[str, int]] = []

    def text(self) -> str:
        self._end_block()
        written: list[str] = []
        for before, block in zip(["", *self._blocks], self._blocks, strict=False):
            written += ["" if not before else "\n" if _is_item(before) and _is_item(block) else "\n\n", block]
        return "".join(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._line += "\n"
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._line)))
        elif tag in {"td", "th"}:
            self._line += " | " if self._line.strip() else ""
        elif tag == "li":
            self._end_block()
            if self._lists and isinstance(self._lists[-1], int):
                self._lists[-1] += 1
                self._marker = f"{self._lists[-1]}. "
            else:
                self._marker = "- "
        else:
            self._end_block()
            if tag in {"ul", "ol"}:
                self._lists.append(0 if tag == "ol" else None)
            self._quotes += tag == "blockquote"
            self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, start = self._links.pop()
            self._line = self._line[:start] + _link(self._line[start:], href)
        elif tag == "li" or tag in _BLOCKS:
            self._end_block()
            if tag == "li":
                self._marker = ""
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
            self._quotes -= tag == "blockquote"
            self._preformatted -= tag == "pre"

    def handle_data(self, data: str) -> None:
        # A no-break space is French punctuation and stays; it is not among these.
        self._line += data if self._preformatted else re.sub(r"[ \t\n\f]+", " ", data)

    def _end_block(self) -> None:
        lines = [line.strip(" \t") for line in self._line.split("\n")]
        self._line = ""
        self._links = [(href, 0) for href, _ in self._links]
        content = "\n".join(lines).strip()
        if not content.strip("\u00a0 \n"):
            return
        if self._marker or self._lists:
            outer = self._lists[:-1][:DEEPEST]
            depth = sum(3 if isinstance(counter, int) else 2 for counter in outer)
            width = len(self._marker) or (3 if self._lists and isinstance(self._lists[-1], int) else 2)
            hang = " " * (depth + width)
            content = " " * depth + self._marker.ljust(width) + content.replace("\n", "\n" + hang)
            self._marker = ""
        prefix = "> " * min(self._quotes, DEEPEST)
        self._blocks.append("\n".join((prefix + line).rstrip() for line in content.split("\n")))


def _is_item(block: str) -> bool:
    return re.match(r"(?:> )*\s*(?:- |\d+\. )", block) is not None


def _link(label: str, href: str) -> str:
    words = label.strip()
    if not href or not re.match(r"(?:https?://|mailto:)", href, re.IGNORECASE):
        return label
    address = href.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    if not words or words in {href, address, href.removeprefix("mailto:")} or "\n" in words:
        return label if words else address
    lead = label[: len(label) - len(label.lstrip())]
    tail = label[len(label.rstrip()) :]
    return f"{lead}[{words.replace('[', '(').replace(']', ')')}]({address}){tail}"
