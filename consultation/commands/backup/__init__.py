"""Backing the database up while it is used, and restoring it.

An archive is a ZIP file: a manifest, and for each table a file of JSON lines, one row a line. It is the same for SQLite
and PostgreSQL, so that a backup of one can be restored into the other. Keys are not in it: whoever has a contest's key
and a backup of while it was open can tell who cast which ballot.
"""
