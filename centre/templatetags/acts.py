"""What a button of its own carries."""

import uuid

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def act_id() -> SafeString:
    """A hidden field with the id of an act to come, an own one for each button of a list."""
    return format_html('<input type="hidden" name="id" value="{}">', uuid.uuid4())
