"""Backup and restore: one file, encrypted to a key whose other half is not on the machine.

Inside the encryption stands a line that says what it is, a line of JSON (the manifest) and PostgreSQL's own custom
format. The encryption is age's (age-encryption.org), so that `age --decrypt` opens it without Reception.
"""
