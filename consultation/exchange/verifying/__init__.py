"""The stand-alone verifier: one file of standard-library Python that imports nothing of this program.

Whoever checks a result should not have to trust the program that made it, so the file shares no code with it: not its
digests, not its signatures, not its counting. It is one file, longer than others here, because it is downloaded, read
and run by itself (decision 18).
"""

import hashlib
from functools import cache
from pathlib import Path

VERIFIER = "ballot_box_verifier.py"


@cache
def verifier_file() -> tuple[bytes, str]:
    """The file as people download it, and its SHA-256."""
    content = Path(__file__).with_name(VERIFIER).read_bytes()
    return content, hashlib.sha256(content).hexdigest()
