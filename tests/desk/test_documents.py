"""The documents that a person showed: written, corrected and taken out on the person's page."""

import pytest
from django.test import Client

from centre.access import Role
from centre.models import LogLine
from desk.correcting import Said, correct
from desk.errors import AskCoordinator
from registrations.models import Individual
from tests.build import make_user, person, register_family

pytestmark = pytest.mark.django_db

PASSPORT = {"kind": "passport", "number": "AM0123456", "issuer": "070"}


def page_of(goris, client, role, documents=()):
    """The page of a person with these documents, opened by somebody of this role."""
    family = register_family(goris, make_user(Role.VOLUNTEER, goris), person("Anna", documents=tuple(documents)))
    client.force_login(make_user(role, goris))
    return f"/families/{str(family).replace(' ', '')}/correct/{Individual.objects.get().pk}/"


def sent(client, address, **typed):
    """What stands on the page is sent with what is typed otherwise."""
    form = client.get(address).context["form"]
    drawn = {name: form[name].value() or "" for name in form.fields}
    named = {name.replace("_", "-") if name.startswith("document") else name: typed[name] for name in typed}
    return client.post(address, drawn | named)


def test_a_document_is_written_on_the_page(client, goris):
    address = page_of(goris, client, Role.COORDINATOR)
    assert sent(client, address, document_0_kind="  Տեղեկանք 12 ", document_0_number="AM0123456").status_code == 303
    assert Individual.objects.get().documents == [{"kind": "Տեղեկանք 12", "number": "AM0123456"}]


@pytest.mark.parametrize("words", ["Birth certificate", "birth CERTIFICATE", "birth_certificate"])
def test_a_common_kind_is_kept_as_its_code_and_read_in_words(client, goris, words):
    address = page_of(goris, client, Role.COORDINATOR)
    assert sent(client, address, document_0_kind=words, document_0_number="12").status_code == 303
    assert Individual.objects.get().documents == [{"kind": "birth_certificate", "number": "12"}]
    form = client.get(address).context["form"]
    assert form["document-0-kind"].value() == "Birth certificate"
    assert "Military book" in form.document_kinds


@pytest.mark.parametrize("stands", ["birth certificate", "Passport"])
def test_a_word_that_an_api_sent_stands_until_another_is_typed(client, goris, stands):
    address = page_of(goris, client, Role.COORDINATOR, [{"kind": stands, "number": "1"}])
    assert sent(client, address, document_0_number="2", reason="misread").status_code == 303
    assert Individual.objects.get().documents == [{"kind": stands, "number": "2"}]


def test_one_is_corrected_another_added_and_one_taken_out(client, goris):
    birth = {"kind": "birth certificate", "number": "ԱԲ 12"}
    address = page_of(goris, client, Role.PROTECTION, [PASSPORT, birth])
    emptied = {"document_1_kind": "", "document_1_number": ""}
    sent(client, address, document_0_number="AM0123457", document_2_kind="visa", reason="misread", **emptied)
    assert Individual.objects.get().documents == [PASSPORT | {"number": "AM0123457"}, {"kind": "visa"}]


def test_nothing_changed_says_so(client, goris):
    answer = sent(client, page_of(goris, client, Role.COORDINATOR, [PASSPORT]))
    assert answer.context["form"].non_field_errors() == ["Nothing was changed here."]


def test_a_number_without_its_document_is_asked_back_beside_it(client, goris):
    answer = sent(client, page_of(goris, client, Role.COORDINATOR), document_0_number="AM0123456")
    assert answer.status_code == 422
    assert answer.context["form"].errors["document-0-kind"] == ["Say which document this is."]
    assert Individual.objects.get().documents == []


def test_no_more_rows_than_documents_that_are_kept(client, goris):
    address = page_of(goris, client, Role.COORDINATOR, [PASSPORT | {"number": str(row)} for row in range(5)])
    assert len(client.get(address).context["form"].documents) == 5


def test_who_may_not_see_documents_neither_reads_nor_writes_them(client, goris):
    address = page_of(goris, client, Role.VOLUNTEER, [PASSPORT])
    assert "AM0123456" not in client.get(address).content.decode()
    sent(client, address, family_name="Petrosyan", document_0_number="AM0000000", reason="as in the passport")
    one = Individual.objects.get()
    assert (one.family_name, one.documents) == ("Petrosyan", [PASSPORT])


def test_somebody_else_meanwhile_is_not_overwritten(client, goris):
    address = page_of(goris, client, Role.COORDINATOR, [PASSPORT])
    form = client.get(address).context["form"]
    early = {name: form[name].value() or "" for name in form.fields}
    sent(client, address, document_0_number="AM0000001")
    client.post(address, early | {"document-0-number": "AM0000002"})
    assert Individual.objects.get().documents == [PASSPORT | {"number": "AM0000001"}]
    assert Individual.objects.get().conflicts.get().now == [PASSPORT | {"number": "AM0000002"}]


def test_whose_documents_were_shown_stands_in_the_log(client, goris):
    address = page_of(goris, client, Role.COORDINATOR, [PASSPORT])
    client.get(address)
    line = LogLine.objects.get(subject="individual")
    assert (line.subject_id, line.fields) == (str(Individual.objects.get().pk), ["documents"])


def test_two_desks_that_differ_tell_no_list_the_numbers(client, goris):
    address = page_of(goris, client, Role.COORDINATOR, [PASSPORT])
    form = client.get(address).context["form"]
    early = {name: form[name].value() or "" for name in form.fields}
    sent(client, address, document_0_number="AM0000001")
    client.post(address, early | {"document-0-number": "AM0000002"})
    for role in (Role.VOLUNTEER, Role.COORDINATOR):
        desk = Client()
        desk.force_login(make_user(role, goris))
        answer = desk.get("/api/v1/conflicts/")
        (row,) = answer.json()["results"]
        assert (row["field"], row["was"], row["now"]) == ("documents", None, None)
    assert LogLine.objects.filter(subject="conflict", verb="searched").count() == 2


def test_nobody_corrects_documents_that_they_may_not_see(client, goris):
    page_of(goris, client, Role.VOLUNTEER, [PASSPORT])
    one, desk = Individual.objects.get(), make_user(Role.VOLUNTEER, goris)
    for was in ([PASSPORT], []):
        with pytest.raises(AskCoordinator):
            correct(one.memberships.get().household, said=[Said("documents", [], was, one.pk)], by=desk)
    assert Individual.objects.get().documents == [PASSPORT]


def test_what_was_read_of_one_person_is_nothing_of_another(client, goris):
    address = page_of(goris, client, Role.COORDINATOR, [PASSPORT])
    other = register_family(goris, make_user(Role.VOLUNTEER, goris), person("Mane"))
    theirs = f"/families/{str(other).replace(' ', '')}/correct/{other.memberships.get().individual_id}/"
    form = client.get(address).context["form"]
    drawn = {name: form[name].value() or "" for name in form.fields}
    assert client.post(theirs, drawn | {"document-0-number": "AM0000002"}).status_code == 400
