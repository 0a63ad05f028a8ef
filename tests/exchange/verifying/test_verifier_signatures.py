"""Ed25519 of the verifier: the vectors of RFC 8032, and what must be refused."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consultation.exchange.verifying import ballot_box_verifier as verifier
from tests.exchange.verifying.boxes import public_key

VECTORS = {  # section 7.1: public key, message, signature
    "empty": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"  # noqa: ISC004 - one number over two lines
        "24655141438e7a100b",
    ),
    "one byte": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"  # noqa: ISC004 - one number over two lines
        "eeb00d291612bb0c00",
    ),
    "two bytes": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2"  # noqa: ISC004 - one number over two lines
        "8dc027beceea1ec40a",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_of_the_standard(name):
    public, message, signature = (bytes.fromhex(each) for each in VECTORS[name])
    key = verifier.PublicKey(public)
    assert key.verifies(signature, message)
    assert not key.verifies(signature, message + b"\0")


def test_agrees_with_another_implementation_and_refuses_every_flipped_bit():
    source = random.Random(3)
    seed = source.randbytes(32)
    key = verifier.PublicKey(bytes.fromhex(public_key(seed)))
    for length in (0, 1, 64, 300):
        message = source.randbytes(length)
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(message)
        assert key.verifies(signature, message)
        for bit in source.sample(range(512), 40):
            flipped = bytearray(signature)
            flipped[bit // 8] ^= 1 << bit % 8
            assert not key.verifies(bytes(flipped), message)
    assert not verifier.PublicKey(bytes.fromhex(public_key(b"x" * 32))).verifies(signature, message)


def test_a_signature_has_one_form():
    public, message, signature = (bytes.fromhex(each) for each in VECTORS["one byte"])
    key = verifier.PublicKey(public)
    s = int.from_bytes(signature[32:], "little")
    again = signature[:32] + (s + verifier.ORDER).to_bytes(32, "little")
    assert [key.verifies(each, message) for each in (signature, again, signature + b"\0", signature[:63], b"")] == [
        True,
        *[False] * 4,
    ]


SMALL_ORDER = [  # all points whose order divides 8, in their canonical form
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
OTHER_FORMS = [
    "0100000000000000000000000000000000000000000000000000000000000080",  # x is 0, and said to be odd
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # y is P + 1
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # y is P
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0200000000000000000000000000000000000000000000000000000000000000",  # no point has this y
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f7075100",
    "d75a",
]


@pytest.mark.parametrize("public", [*SMALL_ORDER, *OTHER_FORMS])
def test_what_is_no_key_is_refused(public):
    with pytest.raises(ValueError, match="no Ed25519 public key"):
        verifier.PublicKey(bytes.fromhex(public))


def test_a_key_outside_the_group_is_refused():
    """A good key plus a point of small order: signatures under it can be made to hold in one reading of the standard
    and not in the other."""
    good = verifier.decoded(bytes.fromhex(VECTORS["empty"][0]))
    twisted = verifier.encoded(verifier.add(good, verifier.decoded(bytes.fromhex(SMALL_ORDER[4]))))
    with pytest.raises(ValueError, match="no Ed25519 public key"):
        verifier.PublicKey(twisted)
