"""The stand-alone verifier: one file of standard-library Python that imports nothing of this program.

Whoever checks a result should not have to trust the program that made it, so the file shares no code with it: not its
digests, not its signatures, not its counting. It is one file, longer than others here, because it is downloaded, read
and run by itself.
"""
