"""How the rooms of a house are named in one field."""

import tracemalloc

import pytest
from django.core.exceptions import ValidationError

from shelter.inventory_forms import MOST_ROOMS, read_room_names


def test_names_and_ranges_are_read():
    assert read_room_names("12, 14-16, hall") == ["12", "14", "15", "16", "hall"]
    assert len(read_room_names(f"1-{MOST_ROOMS}")) == MOST_ROOMS


def test_ranges_too_many_are_refused_before_they_are_written_out():
    tracemalloc.start()
    try:
        with pytest.raises(ValidationError) as refused:
            read_room_names(",".join(["1-99999"] * 50))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert refused.value.messages == [f"Name between 1 and {MOST_ROOMS} rooms."]
