"""What is counted while people work, for Prometheus: kinds and codes, never people, sites or addresses."""

from prometheus_client import Counter

ACTS = Counter("reception_acts_total", "Acts carried out, each once.", ["kind"])
REFUSALS = Counter("reception_refusals_total", "Acts refused, by reason.", ["kind", "code"])
