"""Sending the worker for a better plan. The solver is loaded by the worker alone, so its task is called by name."""

from celery import current_app
from kombu.exceptions import OperationalError as BrokerAway

from plans.errors import SearchAway
from plans.models import Plan

TASK = "plans.tasks.search_for_plan"


def send_for_search(plan: Plan) -> None:
    """Let the worker search for a better plan; refuses with SearchAway when it cannot be sent for."""
    try:
        current_app.send_task(TASK, [str(plan.pk)], retry=False)
    except BrokerAway as error:
        raise SearchAway from error
