"""`make chaos`: the processes are killed one after the other while desks work; then everything is counted."""
