"""What was looked up in a form or an address is noted, whichever way it was looked up."""

import copy

import pytest
from django import forms
from django.http import QueryDict

from tests.promises.looked_up import ALL, HOW_MANY, is_the_same, noting

WAYS = {
    "get": (lambda sent: sent.get("site"), "site"),
    "key": (lambda sent: sent["site"], "site"),
    "getlist": (lambda sent: sent.getlist("site"), "site"),
    "in": (lambda sent: "site" in sent, "site"),
    "absent": (lambda sent: sent.get("room"), "room"),
    "whether": (bool, HOW_MANY),
    "form": (lambda sent: forms.CharField().widget.value_from_datadict(sent, {}, "site"), "site"),
    "list": (list, ALL),
    "items": (lambda sent: list(sent.items()), ALL),
    "lists": (lambda sent: list(sent.lists()), ALL),
    "values": (lambda sent: list(sent.values()), ALL),
    "dict": (lambda sent: sent.dict(), ALL),
    "merged": (lambda sent: {**sent}, ALL),
    "urlencode": (lambda sent: sent.urlencode(), ALL),
    "copy": (lambda sent: sent.copy(), ALL),
    "copied": (copy.copy, ALL),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_looked_up_is_noted(way):
    look, noted = WAYS[way]
    looked_up: set[str] = set()
    sent = noting(QueryDict("site=goris&number=7"), looked_up)
    assert (sent, looked_up - {HOW_MANY, ALL}) == (QueryDict("site=goris&number=7"), set())
    looked_up.clear()
    look(sent)
    assert noted in looked_up


def test_two_are_the_same_to_who_looked_up_what_is_the_same_in_both():
    one, other = {"site": "goris", "room": "7"}, {"site": "goris", "room": "8"}
    assert is_the_same(one, other, {"site", "nothing", HOW_MANY})
    assert not is_the_same(one, other, {"site", "room"})
    assert not is_the_same(one, {"site": "goris"}, {HOW_MANY})
    assert not is_the_same(one, other, {ALL})
