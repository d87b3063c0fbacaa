"""What a page may say of a form that it draws again."""

from django import forms, template

register = template.Library()

EMPTIED = (forms.PasswordInput, forms.FileInput)  # what was in them is not sent back


@register.filter
def is_kept(form: forms.BaseForm) -> bool:
    """Whether something that was typed or chosen is in the form still: a button alone holds nothing."""
    fields = [field for field in form.visible_fields() if not isinstance(field.field.widget, EMPTIED)]
    return bool(getattr(form, "wrong_cells", ())) or any(field.value() for field in fields)
