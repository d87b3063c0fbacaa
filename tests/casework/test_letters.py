"""A letter or photo kept with a case: by its content, sealed, saved as a file, and gone when its time is over."""

import base64
import uuid
from collections import Counter
from datetime import timedelta
from io import BytesIO

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from PIL import Image

from casework.actions import close_case, reopen_case, void_step
from casework.errors import AlreadyClosed
from casework.kinds import LETTERS_KEPT
from casework.letter_actions import keep_letter
from casework.models import Case, Letter, Step
from casework.reading_letters import MOST_ASIDE, MOST_BYTES, MOST_SCANS, read_base64, read_sheet
from casework.tasks import discard
from centre.access import Role
from centre.limits import FILES
from centre.models import LogLine
from tests.build import STAFF, make_user

PDF = b"%PDF-1.4\nburns on both hands\n%%EOF\n"
BOMB = 5_000, 4_000
THREAD = 1, MOST_ASIDE + 1


def picture(kind="JPEG", size=(40, 30), **said):
    drawn = BytesIO()
    Image.new("RGB", size, "red").save(drawn, kind, **said)
    return drawn.getvalue()


def scanned(times):
    """A photo that goes over itself so often to become sharp."""
    head, *scans = picture(size=(16, 16), progressive=True).split(b"\xff\xda")
    more = times - len(scans)
    return b"\xff\xda".join([head, *scans[:-1], *[scans[-1].removesuffix(b"\xff\xd9")] * more, scans[-1]])


def keep(case, officer, content=PDF, words="Letter of the burn centre"):
    said = keep_letter(case, sheet=read_sheet(content), words=words, by=officer)
    return Letter.objects.get(pk=said.step)


def taken_somewhere():
    exif = Image.Exif()
    exif[0x010E] = "taken at the safe house"
    exif[0x0112] = 6  # a quarter turn
    return picture(size=(40, 30), exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_jpeg_whatever_it_was(kind):
    sheet = read_sheet(picture(kind))
    assert sheet.media_type == "image/jpeg"
    assert Image.open(BytesIO(sheet.content)).size == (40, 30)


def test_what_a_camera_wrote_beside_a_photo_is_not_kept_and_the_photo_stands_upright():
    content = taken_somewhere()
    assert b"safe house" in content
    kept = read_sheet(content).content
    assert b"safe house" not in kept
    assert Image.open(BytesIO(kept)).size == (30, 40)


def test_what_is_hung_on_a_picture_is_not_kept():
    assert b"<script>" not in read_sheet(picture() + b"<script>alert(1)</script>").content


def test_a_large_photo_is_made_as_small_as_a_page():
    assert Image.open(BytesIO(read_sheet(picture(size=(5_000, 2_500))).content)).size == (2_400, 1_200)


def test_a_page_of_two_colours_is_made_small_with_the_shades_between():
    page = Image.new("1", (4_800, 4))
    page.putdata([at % 2 for at in range(4_800 * 4)])
    drawn = BytesIO()
    page.save(drawn, "PNG")
    small = Image.open(BytesIO(read_sheet(drawn.getvalue()).content)).convert("L")
    assert small.width == 2_400
    assert 100 < small.getpixel((1_200, 0)) < 160


def test_a_photo_that_becomes_sharp_in_some_turns_is_kept():
    assert Image.open(BytesIO(read_sheet(scanned(MOST_SCANS)).content)).size == (16, 16)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of what is damaged
def test_a_photo_in_which_anything_is_damaged_is_kept_or_is_none():
    whole, became = taken_somewhere(), Counter()
    for place in range(whole.index(b"Exif"), whole.index(b"safe house")):
        for wrong in (0, 1, 12, 255):
            try:
                sheet = read_sheet(whole[:place] + bytes([wrong]) + whole[place + 1 :])
            except ValidationError as refused:
                became[refused.code] += 1
            else:
                became[sheet.media_type] += 1
    assert became.keys() <= {"image/jpeg", "no_sheet"}
    assert became["image/jpeg"] > 0


@pytest.mark.parametrize("text", ["Գոհար", "no base64!"])
def test_letters_beyond_ascii_are_no_base64(text):
    with pytest.raises(ValidationError) as refused:
        read_base64(text)
    assert refused.value.code == "no_base64"


@pytest.mark.parametrize("address", ["/cases/{}/letter/", "/api/v1/cases/{}/letter/"])
def test_uploads_are_bounded_before_they_are_read(client, case, officer, address):
    client.force_login(officer)
    cache.set(f"limit:{FILES.name}:{officer.pk}", FILES.most, FILES.within)
    facts, api = {"id": str(uuid.uuid4()), "words": "Passport", "sheet": "a"}, address.startswith("/api/")
    answer = client.post(address.format(case.pk), facts, **({"content_type": "application/json"} if api else {}))
    assert answer.status_code == 429


@pytest.mark.parametrize("address", ["/cases/letters/{}/", "/api/v1/case-letters/{}/file/"])
def test_letters_that_are_taken_out_are_bounded(client, case, officer, address):
    letter = keep(case, officer)
    client.force_login(officer)
    cache.set(f"limit:{FILES.name}:{officer.pk}", FILES.most, FILES.within)
    assert client.get(address.format(letter.pk)).status_code == 429
    assert not LogLine.objects.filter(fields=["letter"]).exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.4" + b"0" * MOST_BYTES + b"%%EOF", "too_large"),
        (picture(size=BOMB), "too_large"),
        (picture("PNG", size=THREAD), "too_large"),
        (picture("WEBP", size=BOMB), "too_large"),
        (scanned(MOST_SCANS + 1), "too_large"),
        (b"%PDF-1.4 and no end", "no_sheet"),
        (b"GIF89a" + b"\0" * 40, "no_sheet"),
        (picture("BMP"), "no_sheet"),
        (picture()[:200], "no_sheet"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_sheet"),
        (b"MZ\x90\x00", "no_sheet"),
        ("Գոհար".encode(), "no_sheet"),
    ],
)
def test_what_is_no_letter_is_not_kept(content, code):
    with pytest.raises(ValidationError) as refused:
        read_sheet(content)
    assert refused.value.code == code


def test_a_letter_lies_sealed_in_the_table(case, officer):
    letter = keep(case, officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM casework_letter")
        assert b"burns" not in bytes(cursor.fetchone()[0])
    assert letter.content == PDF
    assert letter.size == len(PDF)


def test_a_letter_is_read_after_the_keys_change(case, officer, settings):
    letter = keep(case, officer)
    new = Fernet.generate_key()
    settings.CASE_KEYS = [new, settings.CASE_KEYS[0]]
    call_command("seal_anew")
    settings.CASE_KEYS = [new]
    assert Letter.objects.get(pk=letter.pk).content == PDF


def test_under_another_key_the_file_says_so(case, officer, client, settings):
    letter = keep(case, officer)
    settings.CASE_KEYS = [Fernet.generate_key()]
    client.force_login(officer)
    assert client.get(case.get_absolute_url()).status_code == 200
    answer = client.get(f"/cases/letters/{letter.pk}/")
    assert answer.status_code == 409
    assert "sealed with a key that this server does not have" in answer.content.decode()


@pytest.mark.parametrize("role", STAFF)
def test_a_letter_is_a_file_for_who_follows_the_case_alone(role, client, goris, sisian, case, officer):
    letter = keep(case, officer)
    for site in (goris, sisian):
        client.force_login(make_user(role, site))
        follows = role == Role.PROTECTION and site == goris
        for address in (f"/cases/letters/{letter.pk}/", f"/api/v1/case-letters/{letter.pk}/file/"):
            before = LogLine.objects.filter(fields=["letter"]).count()
            answer = client.get(address)
            assert answer.status_code in ((200,) if follows else (403, 404))
            assert (answer.content == PDF) is follows
            assert (LogLine.objects.filter(fields=["letter"]).count() > before) is follows
            if follows:
                assert answer["Content-Disposition"] == f'attachment; filename="letter-{str(letter.pk)[-8:]}.pdf"'
                assert answer["X-Content-Type-Options"] == "nosniff"
                assert "no-store" in answer["Cache-Control"]


def test_a_letter_is_put_in_at_the_page_and_stands_in_the_file(client, case, officer):
    client.force_login(officer)
    facts = {"id": uuid.uuid4(), "words": "Passport", "sheet": SimpleUploadedFile("անձնագիր.exe", picture())}
    answer = client.post(f"/cases/{case.pk}/letter/", facts)
    assert answer.status_code == 303
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Passport" in page
    assert f"/cases/letters/{Letter.objects.get().pk}/" in page
    fold = page.partition("<summary>Take this letter back</summary>")[2].partition("</details>")[0]
    assert "destroyed for good" in fold
    assert "/void/" in fold
    assert page.count("/void/") == fold.count("/void/")


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "This file is empty"), (b"no", "Only a photo"), (None, "required")]
)
def test_what_cannot_be_kept_is_said_beside_the_field(client, case, officer, content, said):
    client.force_login(officer)
    facts = {"id": uuid.uuid4(), "words": "Passport"}
    if content is not None:
        facts["sheet"] = SimpleUploadedFile("a.jpg", content)
    answer = client.post(f"/cases/{case.pk}/letter/", facts)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Letter.objects.exists()


def test_a_letter_is_kept_by_the_api_once(client, case, officer):
    client.force_login(officer)
    facts = {"id": str(uuid.uuid4()), "words": "Referral", "sheet": base64.b64encode(PDF).decode()}
    answers = [client.post(f"/api/v1/cases/{case.pk}/letter/", facts, "application/json") for _turn in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    letter = Letter.objects.get()
    row = client.get(f"/api/v1/case-letters/{letter.pk}/").json()
    of = {"id": str(letter.pk), "case": str(case.pk)}
    assert row == of | {"media_type": "application/pdf", "size": len(PDF), "gone_at": None}
    wrong = facts | {"id": str(uuid.uuid4())}
    for sheet in ("no base64!", "Գոհար", base64.b64encode(b"no").decode(), "", 5):
        refused = client.post(f"/api/v1/cases/{case.pk}/letter/", wrong | {"sheet": sheet}, "application/json")
        assert refused.status_code == 400
        assert "sheet" in refused.json()
    changed = facts | {"sheet": base64.b64encode(PDF + b"%%EOF").decode()}
    assert client.post(f"/api/v1/cases/{case.pk}/letter/", changed, "application/json").status_code == 409


def test_a_letter_that_is_taken_back_is_gone_at_once(client, case, officer):
    letter = keep(case, officer)
    void_step(letter.step, words="another family's", by=officer)
    letter.refresh_from_db()
    assert letter.content == b""
    client.force_login(officer)
    assert client.get(f"/cases/letters/{letter.pk}/").status_code == 409
    assert client.get(f"/api/v1/case-letters/{letter.pk}/file/").status_code == 409
    assert f"/cases/letters/{letter.pk}/" not in client.get(case.get_absolute_url()).content.decode()


def test_letters_go_when_the_time_of_their_case_is_over(case, officer):
    letter = keep(case, officer)
    discard()
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    discard()
    letter.refresh_from_db()
    assert letter.gone_at is None
    Case.objects.update(closed_at=timezone.now() - LETTERS_KEPT + timedelta(hours=1))
    discard()
    letter.refresh_from_db()
    assert letter.content == PDF
    Case.objects.update(closed_at=timezone.now() - LETTERS_KEPT)
    discard()
    letter.refresh_from_db()
    assert letter.content == b""
    assert letter.step.words == "Letter of the burn centre"


def test_letters_of_a_case_that_goes_on_stay(case, officer):
    letter = keep(case, officer)
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    reopen_case(case, by=officer)
    discard()
    letter.refresh_from_db()
    assert letter.content == PDF


def test_a_closed_case_takes_no_letter(case, officer):
    close_case(case, outcome="helped", happened_anyway="she is well", by=officer)
    with pytest.raises(AlreadyClosed):
        keep(case, officer)
    assert not Step.objects.filter(kind="letter").exists()


@pytest.mark.parametrize("change", ["content = 'x'", "size = 1", "gone_at = NULL", "gone_at = now()"])
def test_the_database_keeps_a_letter_as_it_is(case, officer, change):
    letter = keep(case, officer)
    if "NULL" in change:
        Letter.objects.filter(pk=letter.pk).discard(timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE casework_letter SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM casework_letter")
