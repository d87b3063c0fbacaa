"""Two administrators against each other at once: one always stays."""

import uuid

import pytest

from centre.access import Role
from centre.models import Assignment, User
from tests.build import make_user
from tests.servers import at_once

pytestmark = pytest.mark.races

RUNS = 30


@pytest.mark.parametrize("how", ["block", "end"])
def test_two_administrators_against_each_other_leave_one(server, how):
    for _ in range(RUNS):
        Assignment.objects.all().delete()
        pair = [make_user(Role.ADMINISTRATOR) for _ in range(2)]
        desks = [server.sign_in(user) for user in pair]
        answers = at_once(
            desk.posting(address_of(how, other), {"id": uuid.uuid4()})
            for desk, other in zip(desks, reversed(pair), strict=True)
        )
        statuses = sorted(answer.status for answer in answers)
        assert 303 in statuses
        assert max(statuses) < 500
        stay = User.objects.filter(is_active=True, assignments__role=Role.ADMINISTRATOR)
        assert len([user for user in stay if user.roles()]) == 1


def address_of(how, user):
    """Where the one ends what the other may do."""
    page = f"/settings/staff/{user.pk}/"
    return f"{page}sign-in/" if how == "block" else f"{page}roles/{user.assignments.get().pk}/end/"
