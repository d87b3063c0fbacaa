"""PostgreSQL and Valkey of one's own: the wheels' programs, started and stopped by one supervisor.

`addresses` says where they answer and costs nothing to import; `running.engines` is the door for tests and
the bench; `manage.py serve` is the door for people.
"""
