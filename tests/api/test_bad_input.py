"""Bad input is answered with what is wrong and where; it is never a 500 and never half a write."""

import base64
import json
import re
import uuid

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from centre.models import Act
from registrations.models import GateCount, Household, Individual
from tests.api.conftest import API, Machine, intake, member
from tests.build import make_user

LONG = "Ա" * 10_000
A_PLACE = base64.b64encode(f"p={uuid.UUID(int=6)}".encode()).decode()  # a cursor of a list, which goes on by keys
DEEP = "[" * 100_000 + "]" * 100_000


def nothing_was_written() -> bool:
    return not (Household.objects.exists() or Individual.objects.exists() or Act.objects.exists())


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"not json", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"\xef\xbb\xbf{}", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"7", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"NaN", "application/json", 400),
        (b'{"people": NaN}', "application/json", 400),
        (b'{"people": 1e400}', "application/json", 400),
        (b'{"people": ' + b"9" * 5000 + b"}", "application/json", 400),
        (DEEP.encode(), "application/json", 400),
        (('{"a":' * 50_000 + "1" + "}" * 50_000).encode(), "application/json", 400),
        (('{"members":' + "[" * 40 + "]" * 40 + "}").encode(), "application/json", 400),
        (b'{"a\\u0000b": 1}', "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 400),
        (b'{"going": "\\ud800"}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/xml", 415),
        (b"going=shelter", "application/x-www-form-urlencoded", 415),
        (b"{}", "", 415),
        (b"{}", "multipart/form-data; boundary=x", 415),
        (b"{}", "application/json; charset=bz2_codec", 400),
        (b"{}", "application/json; charset=nonsense", 400),
    ],
)
def test_a_body_that_is_no_json_object(volunteer, raw, kind, status):
    answer = volunteer.send("intakes/", raw, kind)
    assert answer.status_code == status, answer.content[:300]
    assert isinstance(answer.json(), dict)
    assert nothing_was_written()


def test_a_body_of_ten_megabytes_is_too_large(volunteer):
    answer = volunteer.send("intakes/", json.dumps(intake(vehicle="x" * 10_000_000)))
    assert answer.status_code == 413
    assert nothing_was_written()


def test_a_body_larger_than_it_says_is_not_read(volunteer):
    body = b'{"vehicle": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    answer = volunteer.client.generic(
        "POST", f"{API}intakes/", body, "application/json", headers=volunteer.headers, CONTENT_LENGTH="100"
    )
    assert answer.status_code == 400
    assert nothing_was_written()


SITE, AT, CARD = "site", "at", "card"
WRONG = [
    ({"id": None}, "id"),
    ({"id": "7"}, "id"),
    ({"id": 7}, "id"),
    ({"id": True}, "id"),
    ({"id": "{" + str(uuid.uuid4()) + "}"}, "id"),
    ({AT: "2023-09-28T14:05:00"}, AT),
    ({AT: "yesterday"}, AT),
    ({AT: 1695900000}, AT),
    ({AT: "9999-12-31T23:59:59+00:00"}, AT),
    ({AT: "0001-01-01T00:00:00+14:00"}, AT),
    ({AT: "2023-13-45T00:00:00Z"}, AT),
    ({AT: None}, AT),
    ({AT: {}}, AT),
    ({SITE: "nowhere"}, SITE),
    ({SITE: str(uuid.uuid4())}, SITE),
    ({SITE: None}, SITE),
    ({SITE: True}, SITE),
    ({SITE: ["goris"]}, SITE),
    ({SITE: "x" * 10_000}, SITE),
    ({CARD: "4127"}, CARD),
    ({CARD: "1 B"}, CARD),
    ({CARD: 4127}, CARD),
    ({CARD: "١٢٣K"}, CARD),
    ({CARD: "9" * 19 + "K"}, CARD),
    ({"going": "nowhere"}, "going"),
    ({"going": True}, "going"),
    ({"going": ["shelter"]}, "going"),
    ({"going": "stays", "destination_marz": "AM-KT"}, "destination_marz"),
    ({"going": "own_address", "destination_marz": "AM-XX"}, "destination_marz"),
    ({"phones": "091123456"}, "phones"),
    ({"phones": ["12"]}, "phones[0]"),
    ({"phones": ["091123456", "not a phone"]}, "phones[1]"),
    ({"phones": [91123456]}, "phones[0]"),
    ({"phones": ["091123456"] * 50}, "phones"),
    ({"last_residence": "Stepanakert"}, "last_residence"),
    ({"last_residence": {"district": "XXX"}}, "last_residence.district"),
    ({"last_residence": {"settlement": LONG}}, "last_residence.settlement"),
    ({"last_residence": {"village": "x"}}, "last_residence.village"),
    ({"vehicle": "a\u0000b"}, "vehicle"),
    ({"vehicle": "a\u009bb"}, "vehicle"),
    ({"vehicle": {"plate": 1}}, "vehicle"),
    ({"destination": "own_address"}, "destination"),
    ({"members": []}, "members"),
    ({"members": {}}, "members"),
    ({"members": "Anna"}, "members"),
    ({"members": [None]}, "members[0]"),
    ({"members": ["Anna"]}, "members[0]"),
    ({"members": [member() for _ in range(101)]}, "members"),
]


@pytest.mark.parametrize(("facts", "path"), WRONG)
def test_a_wrong_field_is_named(volunteer, facts, path):
    answer = volunteer.post("intakes/", intake(**facts))
    assert answer.status_code == 400, answer.content[:300]
    assert [name for name in answer.json() if name == path or name.startswith(f"{path}[")], answer.json()
    assert nothing_was_written()


WRONG_MEMBERS = [
    ({"given_name": None}, "given_name"),
    ({"given_name": LONG}, "given_name"),
    ({"given_name": "щ" * 81}, "given_name"),
    ({"given_name": "12345"}, "given_name"),
    ({"given_name": 12345}, "given_name"),
    ({"given_name": "An\u0000na"}, "given_name"),
    ({"given_name": "An\ud800na"}, "given_name"),
    ({"given_name": "An\u001bna"}, "given_name"),
    ({"family_name": ["Hakobyan"]}, "family_name"),
    ({"fathers_name": {"name": "Aram"}}, "fathers_name"),
    ({"sex": "W"}, "sex"),
    ({"sex": True}, "sex"),
    ({"birth_date": "2999-01-01"}, "birth_date"),
    ({"birth_date": "9999-12-31"}, "birth_date"),
    ({"birth_date": "0000-01-01"}, "birth_date"),
    ({"birth_date": "0001-01-01"}, "birth_date"),
    ({"birth_date": "1989-02-30"}, "birth_date"),
    ({"birth_date": "04.05.1989"}, "birth_date"),
    ({"birth_date": "١٩٨٩-٠٥-٠٤"}, "birth_date"),
    ({"birth_date": 19890504}, "birth_date"),
    ({"birth_date": None, "birth_year": 0}, "birth_year"),
    ({"birth_date": None, "birth_year": 1}, "birth_year"),
    ({"birth_date": None, "birth_year": 2999}, "birth_year"),
    ({"birth_date": None, "birth_year": "1989"}, "birth_year"),
    ({"birth_date": None, "birth_year": 1989.0}, "birth_year"),
    ({"birth_date": None, "age": -1}, "age"),
    ({"birth_date": None, "age": 121}, "age"),
    ({"birth_date": None, "age": 2**70}, "age"),
    ({"birth_date": None, "age": True}, "age"),
    ({"birth_date": None, "age": "34"}, "age"),
    ({"birth_date": None, "age_group": "0-99"}, "age_group"),
    ({"age": 34}, "age"),
    ({"relationship": None}, "relationship"),
    ({"relationship": "boss"}, "relationship"),
    ({"needs": "SM-CC"}, "needs"),
    ({"needs": ["XX"]}, "needs[0]"),
    ({"needs": ["SM-CC", "SV"]}, "needs[1]"),
    ({"needs": [7]}, "needs[0]"),
    ({"documents": {}}, "documents"),
    ({"documents": ["passport"]}, "documents[0]"),
    ({"documents": [{"kind": "passport", "number": "x" * 100}]}, "documents[0].number"),
    ({"documents": [{"kind": "passport", "photo": "x"}]}, "documents[0].photo"),
    ({"carer": str(uuid.uuid4())}, "carer"),
    ({"carer": "member"}, "carer"),
    ({"carer": 1}, "carer"),
    ({"id": "1"}, "id"),
    ({"nickname": "Ani"}, "nickname"),
    ({"x" * 10_000: 1}, "x" * 60),
]


@pytest.mark.parametrize(("facts", "name"), WRONG_MEMBERS)
def test_a_wrong_field_of_a_member_is_named_by_its_path(volunteer, facts, name):
    wrong = member("Ani", relationship="sibling") | facts
    wrong = {key: value for key, value in wrong.items() if value is not None}
    answer = volunteer.post("intakes/", intake(member(), wrong))
    assert answer.status_code == 400, answer.content[:300]
    assert list(answer.json()) == [f"members[1].{name}"]
    assert nothing_was_written()


def test_two_heads_are_refused(volunteer):
    answer = volunteer.post("intakes/", intake(member(), member("Ani")))
    assert (answer.status_code, list(answer.json())) == (400, ["members[1].relationship"])


def test_a_family_without_a_head_is_refused(volunteer):
    answer = volunteer.post("intakes/", intake(member(relationship="sibling")))
    assert (answer.status_code, list(answer.json())) == (400, ["members"])


def test_one_id_for_two_members_is_refused(volunteer):
    first = member()
    answer = volunteer.post("intakes/", intake(first, member("Ani", relationship="sibling", id=first["id"])))
    assert (answer.status_code, list(answer.json())) == (400, ["members[1].id"])


def test_someone_is_not_their_own_carer(volunteer):
    child = member("Mane", relationship="niece_nephew", birth_date="2015-01-01")
    answer = volunteer.post("intakes/", intake(member(), child | {"carer": child["id"]}))
    assert (answer.status_code, list(answer.json())) == (400, ["members[1].carer"])


@pytest.mark.parametrize("letter", ["щ", "ﷺ", "\u0344", "🜚", "ա\u0301", "ß"])
def test_letters_that_grow_when_they_are_folded_are_stored(volunteer, letter):
    name = (f"Ա{letter}" * 80)[:80]
    answer = volunteer.post("intakes/", intake(member(name, family_name=name, fathers_name=name)))
    assert answer.status_code == 201, answer.content[:300]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"people": -1}, "people"),
        ({"people": 2**70}, "people"),
        ({"people": True}, "people"),
        ({"people": "12"}, "people"),
        ({"people": 1.5}, "people"),
        ({"people": None}, "people"),
        ({"people": 0, "vehicles": 0}, "people"),
        ({"people": 1, "vehicles": -1}, "vehicles"),
        ({}, "people"),
    ],
)
def test_a_gate_count_is_a_whole_number(volunteer, facts, name):
    answer = volunteer.post("gate-counts/", site="goris", **facts)
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert not GateCount.objects.exists()


def test_ids_that_nobody_has(coordinator):
    nobody = str(uuid.uuid4())
    household = coordinator.post("intakes/", intake()).json()["household"]
    for key in (nobody, "7", "not-a-uuid", "%00", "a" * 5000, "%ff%fe", "%D5%A1"):
        for address in ("households/{}/", "stays/{}/", "cases/{}/", "handouts/{}/", "individuals/{}/"):
            assert coordinator.get(address.format(key)).status_code == 404
        for act in ("households/{}/place/", "stays/{}/move/", "movements/{}/void/", "handouts/{}/reverse/"):
            assert coordinator.post(act.format(key)).status_code == 404
    for rooms, path in (([nobody], "rooms[0]"), (["x"], "rooms[0]"), ([], "rooms"), ("x", "rooms"), ([[]], "rooms[0]")):
        answer = coordinator.post(f"households/{household}/place/", rooms=rooms)
        assert (answer.status_code, list(answer.json())) == (400, [path])
    answer = coordinator.post(f"households/{household}/depart/", site="goris", destination="abroad", members=[nobody])
    assert (answer.status_code, list(answer.json())) == (400, ["members[0]"])
    answer = coordinator.post("handouts/", distribution=nobody, number="4127K")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("households/", {"site": "nowhere"}),
        ("households/", {"number": "4127"}),
        ("households/", {"going": "nowhere"}),
        ("households/", {"registered": "perhaps"}),
        ("households/", {"site": "\x00"}),
        ("stays/", {"room": str(uuid.uuid4()).replace("-", "")}),
        ("households/", {"search": "\x00"}),
        ("households/", {"search": "x" * 101}),
        ("households/", {"sitee": "goris"}),
        ("households/", {"site": ""}),
        ("households/", {"cursor": "garbage"}),
        ("households/", {"cursor": "ձ"}),
        ("households/", {"cursor": base64.b64encode(b"p=not-a-uuid").decode()}),
        ("households/", {"cursor": base64.b64encode(b"p=%00").decode()}),
        ("households/", {"cursor": base64.b64encode(b"o=-1&r=x").decode()}),
        ("gate-counts/", {"cursor": base64.b64encode(b"p=1").decode()}),
        ("individuals/", {"search": "Anna", "cursor": A_PLACE}),
        ("waiting/", {"cursor": A_PLACE}),
        ("households/", {"page_size": "0"}),
        ("households/", {"page_size": "-1"}),
        ("households/", {"page_size": "501"}),
        ("households/", {"page_size": "1e9"}),
        ("households/", {"page_size": "٣"}),
        ("individuals/", {"household": "7"}),
        ("individuals/", {"sex": "W"}),
        ("presences/", {"at": "yesterday"}),
        ("presences/", {"at": "9999-12-31T23:59:59Z"}),
        ("presences/", {"at": "2023-09-28T14:05:00"}),
        ("stays/", {"kind": "bed"}),
        ("stays/", {"room": "\x00"}),
        ("handouts/", {"number": "x"}),
    ],
)
def test_garbage_in_a_query_is_named(coordinator, address, query):
    answer = coordinator.get(address, **query)
    assert answer.status_code == 400, answer.content[:300]
    assert set(answer.json()) <= set(query)


@pytest.mark.parametrize("odd", ["\x00", "goris\x00", "x" * 10_000, "\ufffe", "-1", "9" * 40, "[]", "%", A_PLACE])
def test_no_parameter_of_any_door_breaks_it(coordinator, odd):
    """Every parameter of every list and question, as the schema names them."""
    asked = 0
    for path, verbs in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        door = re.sub(r"\{[a-z]+\}", str(uuid.UUID(int=6)), path).removeprefix(API)
        for one in verbs.get("get", {}).get("parameters", ()):
            if one["in"] == "query" and not door.startswith("/"):
                asked += 1
                answer = coordinator.get(door, **{one["name"]: odd})
                assert answer.status_code < 500, (path, one["name"])
                assert "\x00" not in odd or answer.status_code != 400 or list(answer.json()) == [one["name"]]
    assert asked > 50


def test_a_parameter_whose_name_has_a_nul_is_refused(coordinator):
    answer = coordinator.get("households/", **{"si\x00te": "goris"})
    assert (answer.status_code, list(answer.json())) == (400, ["si\ufffdte"])


def test_searching_for_odd_things_finds_nobody(volunteer):
    for query in ("👩‍👩‍👦", "%", "_", "\\", "' OR 1=1 --", "ա" * 100, "1 K", ". . .", "\u202e", "\ufffe"):
        answer = volunteer.get("individuals/", search=query)
        assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer garbage",
        "Bearer \xff\xfe\x00",
        "Bearer " + "x" * 10_000,
        "Basic dXNlcjpwYXNz",
        "\xe9",
    ],
)
def test_without_a_token_that_holds_nobody_gets_in(client, db, header):
    headers = {"HTTP_AUTHORIZATION": header} if header is not None else {}
    for answer in (
        client.get(f"{API}households/", **headers),
        client.post(f"{API}intakes/", b"x" * 10, "application/json", **headers),
        client.get("/api/nowhere/", **headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_address_that_leads_nowhere_answers_in_json(volunteer):
    for answer in (
        volunteer.get("nowhere/"),
        volunteer.post("nowhere/"),
        volunteer.get("households"),
        volunteer.get("households/a/b/c/"),
        volunteer.get("households/x.y/"),
    ):
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])


def test_a_method_that_is_not_there(volunteer):
    answer = volunteer.client.put(f"{API}households/", "{}", "application/json", headers=volunteer.headers)
    assert answer.status_code == 405
    assert volunteer.client.delete(f"{API}sites/x/", headers=volunteer.headers).status_code == 405


def test_a_repeat_by_somebody_else_is_refused(volunteer, coordinator):
    body = intake()
    volunteer.post("intakes/", body)
    answer = coordinator.post("intakes/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "changed")


def test_tokens_of_accounts_that_ended_hold_no_more(goris):
    machine = Machine(make_user(site=goris))
    machine.user.is_active = False
    machine.user.save()
    assert machine.get("sites/").status_code == 401
