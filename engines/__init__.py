"""What serving rests on: PostgreSQL and Valkey of one's own, under one supervisor, and the web server's workers.

`addresses` says where they answer and costs nothing to import; `running.engines` is the door for tests and
the bench; `manage.py serve` is the door for people.
"""
