"""What a browser says of itself, as people call it."""

# Most name Chrome and Safari as well, so these two stand last; Android and iPhone name Linux and Mac OS
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "YaBrowser": "Yandex",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def called(device: str) -> str:
    """The browser and the system that these words of a browser mean, such as Firefox, Windows; empty for others."""
    known = (next((name for sign, name in signs.items() if sign in device), "") for signs in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, known))
