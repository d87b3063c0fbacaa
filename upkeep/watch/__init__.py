"""Watching over the operation: what is wrong, in words; figures for Prometheus; logs without people."""
