"""A family of five as a practised volunteer types it, key by key; counted by the test, timed by the bench."""

from dataclasses import dataclass

from playwright.sync_api import Page

FAMILY = (
    # family name (carried where empty), given name, father's name, sex, born, to the head, needs
    ("Հակոբյան", "Սուրեն", "Արամի", "m", "04.05.1979", "h", False),
    ("", "Աննա", "Վարդանի", "f", "12.11.1983", "s", False),
    ("", "Նարեկ", "Սուրենի", "m", "03.2012", "so", False),
    ("", "Մանե", "Սուրենի", "f", "2019", "d", False),
    ("", "Սեդա", "Գրիգորի", "f", "1948", "p", True),
)


@dataclass
class Keys:
    """A keyboard that counts what is pressed beyond the letters of names and the digits of dates."""

    page: Page
    each: float = 0  # milliseconds a key takes
    count: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(self.each)
        self.count += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text, delay=self.each)


def type_family(page: Page, each: float = 0) -> int:
    """From the empty intake to the last key before the number; how many keys it took beyond names and dates."""
    keys = Keys(page, each)
    page.locator("#id_member-0-family_name").focus()  # a family without a card begins here: the key is counted below
    keys.count += 1
    for family, given, father, sex, born, relation, need in FAMILY:
        if family:
            keys.write(family)
            keys.press("Enter")
        keys.write(given)
        keys.press("Enter")
        keys.write(father)
        keys.press("Enter")
        keys.press(sex)
        keys.press("Enter")
        keys.write(born)
        keys.press("Enter")
        for letter in relation:
            keys.press(letter)
        keys.press("Enter")
        if need:
            keys.press("Space")  # opens the needs
            keys.press("Tab")
            keys.press("Space")
            keys.press("Enter")
        else:
            keys.press("Enter")
    keys.press("Control+Enter")
    return keys.count
