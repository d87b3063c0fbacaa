"""What is asked of the census."""

from django import forms


class TakeForm(forms.Form):
    """Ask for a snapshot of an instant; of this moment when none is named."""

    at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
