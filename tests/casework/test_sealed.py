"""What is said in a case lies in the database under a key that does not; another key opens nothing."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from casework.actions import note
from casework.letter_actions import keep_letter
from casework.models import Step
from casework.reading_letters import MediaType, Sheet
from centre.sealing import SealBroken, is_under_another_key, seal, unseal

WORDS = "զոհված է նրա մայրը, beaten at home"


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM casework_step WHERE kind = 'known'")
        return [row[0] for row in cursor.fetchall()]


def test_the_words_are_not_in_the_table_and_are_read_from_it(case, officer):
    note(case, words=WORDS, by=officer)
    (raw,) = kept()
    assert "beaten" not in raw
    assert "մայրը" not in raw
    assert Step.objects.get(kind="known").words == WORDS


def test_the_same_words_are_sealed_otherwise_each_time():
    assert seal(WORDS) != seal(WORDS)
    assert (seal(""), unseal("")) == ("", "")


def test_another_key_opens_nothing():
    sealed = seal(WORDS)
    with override_settings(CASE_KEYS=[Fernet.generate_key()]), pytest.raises(SealBroken):
        unseal(sealed)


def test_under_another_key_the_file_says_so_and_nothing_is_written_over(case, officer, client, settings):
    note(case, words=WORDS, by=officer)
    before = kept()
    settings.CASE_KEYS = [Fernet.generate_key()]
    client.force_login(officer)
    page = client.get(case.get_absolute_url())
    assert page.status_code == 200
    assert "sealed with a key that this server does not have" in page.content.decode()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("seal_anew")
    assert kept() == before


def test_a_key_that_is_missing_for_the_first_or_the_last_words_or_file_is_noticed(case, officer, settings):
    assert not is_under_another_key()
    of_before, of_today = settings.CASE_KEYS[0], Fernet.generate_key()
    for tell in (
        lambda: note(case, words=WORDS, by=officer),
        lambda: keep_letter(case, sheet=Sheet(b"%PDF-", MediaType.PDF), words="", by=officer),
    ):
        settings.CASE_KEYS = [of_before]
        tell()
        assert not is_under_another_key()
        settings.CASE_KEYS = [of_today]
        assert is_under_another_key()
        tell()
        assert is_under_another_key(), "what was said first"
        settings.CASE_KEYS = [of_before]
        assert is_under_another_key(), "what was said last"
        settings.CASE_KEYS = [of_today, of_before]
        assert not is_under_another_key()
        call_command("seal_anew")
        of_before, of_today = of_today, Fernet.generate_key()


def test_keys_change_and_nothing_is_lost(case, officer, settings):
    note(case, words=WORDS, by=officer)
    (before,) = kept()
    old, new = settings.CASE_KEYS[0], Fernet.generate_key()
    settings.CASE_KEYS = [new, old]
    assert Step.objects.get(kind="known").words == WORDS
    call_command("seal_anew")
    settings.CASE_KEYS = [new]
    assert Step.objects.get(kind="known").words == WORDS
    assert kept() != [before]
